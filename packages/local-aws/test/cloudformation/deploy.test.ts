import { ListSubscriptionsCommand } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { deploy } from '../../src/cloudformation/deploy';
import { readTemplate } from '../../src/cloudformation/template';
import { type Endpoint, startEndpoint } from '../../src/endpoint/endpoint';
import { createLocalServices, type LocalServices } from '../../src/local-services';
import { DEFAULT_PLACE } from '../../src/place';
import { directoryOf, remove } from '../../src/testing/files';
import { policyOf, trustPolicy } from '../../src/testing/roles';

let data: string;
let services: LocalServices;
let endpoint: Endpoint;

beforeEach(async () => {
  data = directoryOf();
  services = await createLocalServices({
    ...DEFAULT_PLACE,
    dataDirectory: data,
    bundles: { lambdaRuntime: '', parentWatch: '' },
    endpoint: () => endpoint.url,
    log: () => {},
  });
  endpoint = await startEndpoint({ services: services.served, webApis: services.httpApis });
});
afterEach(async () => {
  services.disconnect();
  await endpoint.close();
  remove(data);
});

const ASSETS = {
  files: { c0de: { source: { path: 'asset.c0de' } } },
  dockerImages: { '1ma9e': { source: { directory: 'asset.1ma9e' } } },
};

async function deployed(Resources: object, more: object = {}) {
  const directory = directoryOf({
    'Trial.template.json': JSON.stringify({ Resources, ...more }),
    'Trial.assets.json': JSON.stringify(ASSETS),
  });
  try {
    const { template, assets } = readTemplate(directory, 'Trial');
    return await deploy({
      stack: 'Trial',
      template,
      assets,
      place: { ...DEFAULT_PLACE, endpoint: endpoint.url },
      services,
    });
  } finally {
    remove(directory);
  }
}

const queue = { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'files' } };
const bucket = (target: unknown) => ({
  Type: 'AWS::S3::Bucket',
  Properties: {
    BucketName: { 'Fn::Join': ['-', ['trial', { Ref: 'AWS::AccountId' }]] },
    NotificationConfiguration: {
      QueueConfigurations: [
        {
          Event: 's3:ObjectCreated:*',
          Queue: target,
          Filter: { S3Key: { Rules: [{ Name: 'prefix', Value: 'input/' }] } },
        },
      ],
    },
  },
});
const role = (Service: string, fields: object = {}) => ({
  Type: 'AWS::IAM::Role',
  Properties: { AssumeRolePolicyDocument: trustPolicy(Service), ...fields },
});
const queuePolicy = (...statements: object[]) => ({
  Type: 'AWS::SQS::QueuePolicy',
  Properties: { Queues: [{ Ref: 'Queue' }], PolicyDocument: policyOf(...statements) },
});
const FROM_THE_BUCKET = {
  Principal: { Service: 's3.amazonaws.com' },
  Action: 'sqs:SendMessage',
  Resource: { 'Fn::GetAtt': ['Queue', 'Arn'] },
  Condition: { ArnEquals: { 'aws:SourceArn': 'arn:aws:s3:::trial-000000000000' } },
};
const lambda = {
  Type: 'AWS::Lambda::Function',
  Properties: {
    FunctionName: 'greet',
    Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
    Runtime: 'nodejs24.x',
    Handler: 'index.handler',
    Code: { S3Bucket: { 'Fn::Sub': 'assets' }, S3Key: 'c0de.zip' },
    Environment: { Variables: { QUEUE_URL: { Ref: 'Queue' } } },
    ReservedConcurrentExecutions: 1,
  },
};
const machine = (definition: object, DefinitionSubstitutions: object = {}) => ({
  Type: 'AWS::StepFunctions::StateMachine',
  Properties: {
    StateMachineName: 'flow',
    RoleArn: { 'Fn::GetAtt': ['Machines', 'Arn'] },
    DefinitionString: JSON.stringify(definition),
    DefinitionSubstitutions,
  },
});

test('creates resources in the order of their references and returns the outputs', async () => {
  const { outputs, notifications } = await deployed(
    {
      Bucket: { ...bucket({ 'Fn::GetAtt': ['Queue', 'Arn'] }), DependsOn: ['Policy'] },
      Policy: queuePolicy(FROM_THE_BUCKET),
      Function: lambda,
      Queue: {
        Type: 'AWS::SQS::Queue',
        Properties: {
          QueueName: 'files',
          VisibilityTimeout: 60,
          RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] }, maxReceiveCount: 5 },
        },
      },
      Dead: { Type: 'AWS::SQS::Queue', Properties: {} },
      Role: role('lambda.amazonaws.com', { RoleName: 'greeter' }),
    },
    { Outputs: { Url: { Value: { Ref: 'Queue' } }, Bucket: { Value: { Ref: 'Bucket' } } } },
  );
  expect(outputs).toEqual({
    Url: `${endpoint.url}/000000000000/files`,
    Bucket: 'trial-000000000000',
  });
  const queueArn = 'arn:aws:sqs:us-east-1:000000000000:files';
  expect(notifications).toEqual([{ bucket: 'trial-000000000000', queueArn }]);
  expect(services.functions.config('greet')).toMatchObject({
    environment: { QUEUE_URL: outputs.Url },
    roleArn: 'arn:aws:iam::000000000000:role/greeter',
    codeDirectory: expect.stringMatching(/asset\.c0de$/),
    reservedConcurrency: 1,
    timeoutSeconds: 3,
  });
});

test('deploying again keeps messages and tables', async () => {
  const table = {
    Type: 'AWS::DynamoDB::Table',
    Properties: {
      TableName: 'kpis',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'day', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'day', KeyType: 'HASH' }],
    },
  };
  await deployed({ Queue: queue, Table: table });
  await services.sqs.send('arn:aws:sqs:us-east-1:000000000000:files', 'kept');
  await deployed({ Queue: queue, Table: table });
  expect(services.sqs.bodies('files')).toEqual(['kept']);
});

test('subscribes a queue to a topic, once', async () => {
  const resources = {
    Queue: queue,
    Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'told' } },
    Subscription: {
      Type: 'AWS::SNS::Subscription',
      Properties: {
        TopicArn: { Ref: 'Topic' },
        Protocol: 'sqs',
        Endpoint: { 'Fn::GetAtt': ['Queue', 'Arn'] },
      },
    },
  };
  await deployed(resources);
  await deployed(resources);
  const { Subscriptions } = await services.snsClient().send(new ListSubscriptionsCommand({}));
  expect(Subscriptions).toHaveLength(1);
});

test('omits a resource whose condition is false', async () => {
  const { outputs } = await deployed(
    { Queue: queue, Other: { Type: 'AWS::Nope::Nope', Condition: 'Never' } },
    {
      Parameters: { Stage: { Type: 'String', Default: 'test' } },
      Conditions: { Never: { 'Fn::Equals': [{ Ref: 'Stage' }, 'production'] } },
      Outputs: { Other: { Value: { Ref: 'Other' }, Condition: 'Never' } },
    },
  );
  expect(outputs).toEqual({});
});

const pass = { StartAt: 'A', States: { A: { Type: 'Pass', End: true } } };
const runs = (Resource: string) => ({
  StartAt: 'A',
  States: { A: { Type: 'Task', Resource, End: true } },
});
const passWith = (text: string) => ({
  StartAt: 'A',
  States: { A: { Type: 'Pass', Result: text, End: true } },
});
const target = {
  Arn: 'arn:aws:lambda:us-east-1:000000000000:function:greet',
  RoleArn: { 'Fn::GetAtt': ['Clock', 'Arn'] },
};
const Clock = role('scheduler.amazonaws.com');
const Machines = role('states.amazonaws.com');

const MAPPING = {
  Type: 'AWS::Lambda::EventSourceMapping',
  Properties: {
    EventSourceArn: { 'Fn::GetAtt': ['Queue', 'Arn'] },
    FunctionName: { Ref: 'F' },
    BatchSize: 5,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
  },
};
const consumer = (...Action: string[]) =>
  role('lambda.amazonaws.com', {
    Policies: [{ PolicyName: 'consume', PolicyDocument: policyOf({ Action, Resource: '*' }) }],
  });

const httpApi = (properties: { api?: object; integration?: object; route?: object; stage?: object }) => ({
  Api: {
    Type: 'AWS::ApiGatewayV2::Api',
    Properties: { Name: 'events', ProtocolType: 'HTTP', ...properties.api },
  },
  Integration: {
    Type: 'AWS::ApiGatewayV2::Integration',
    Properties: {
      ApiId: { Ref: 'Api' },
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: 'arn:aws:lambda:us-east-1:000000000000:function:greet',
      PayloadFormatVersion: '2.0',
      ...properties.integration,
    },
  },
  Route: {
    Type: 'AWS::ApiGatewayV2::Route',
    Properties: {
      ApiId: { Ref: 'Api' },
      RouteKey: 'POST /events',
      Target: { 'Fn::Join': ['/', ['integrations', { Ref: 'Integration' }]] },
      AuthorizationType: 'NONE',
      ...properties.route,
    },
  },
  Stage: {
    Type: 'AWS::ApiGatewayV2::Stage',
    Properties: {
      ApiId: { Ref: 'Api' },
      StageName: '$default',
      AutoDeploy: true,
      DefaultRouteSettings: { ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200 },
      ...properties.stage,
    },
  },
});

test.each<[string, object, string]>([
  [
    'an unsupported type',
    { Thing: { Type: 'AWS::KinesisFirehose::DeliveryStream' } },
    'template, Thing (AWS::KinesisFirehose::DeliveryStream): resources of this type are not supported locally',
  ],
  [
    'a notification to a missing queue',
    { Bucket: bucket('arn:aws:sqs:us-east-1:000000000000:typo') },
    'there is no queue arn:aws:sqs:us-east-1:000000000000:typo',
  ],
  [
    'a circle',
    { A: { ...queue, DependsOn: 'B' }, B: { ...queue, DependsOn: ['A'] } },
    'depends on itself: A -> B -> A',
  ],
  [
    'code that is not an asset',
    {
      Role: role('lambda.amazonaws.com'),
      F: {
        ...lambda,
        Properties: { ...lambda.Properties, Environment: undefined, Code: { S3Bucket: 'b', S3Key: 'x.zip' } },
      },
    },
    'expected the hash of a file of Trial.assets.json, got x',
  ],
  [
    'a substitution without a value',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a placeholder of the definition
    { Machines, M: machine(passWith('${Missing}')) },
    '{Missing}, which has no value',
  ],
  [
    'an unused substitution',
    { Machines, M: machine(pass, { Extra: 'x' }) },
    'the definition does not use Extra',
  ],
  [
    'an event pattern beyond exact values',
    {
      R: {
        Type: 'AWS::Events::Rule',
        Properties: {
          EventPattern: { source: [{ prefix: 'aws' }] },
          Targets: [{ Arn: target.Arn, Id: 'T' }],
        },
      },
    },
    'R (AWS::Events::Rule): event pattern, $.source: expected a list of exact values',
  ],
  [
    'a rule on a schedule',
    {
      R: {
        Type: 'AWS::Events::Rule',
        Properties: { ScheduleExpression: 'rate(1 day)', Targets: [{ Arn: target.Arn, Id: 'T' }] },
      },
    },
    'Unrecognized key: "ScheduleExpression"',
  ],
  [
    'a schedule that runs once',
    {
      Clock,
      S: {
        Type: 'AWS::Scheduler::Schedule',
        Properties: { ScheduleExpression: 'at(2025-03-01T00:00:00)', Target: target },
      },
    },
    'S (AWS::Scheduler::Schedule).ScheduleExpression: expected rate(...) or cron(...), got at(2025-03-01T00:00:00)',
  ],
  [
    'a schedule on the last day of the month',
    {
      Clock,
      S: {
        Type: 'AWS::Scheduler::Schedule',
        Properties: { ScheduleExpression: 'cron(0 1 L * ? *)', Target: target },
      },
    },
    'expected values from 1 to 31 as day-of-month, got L',
  ],
  [
    'a schedule in local time',
    {
      Clock,
      S: {
        Type: 'AWS::Scheduler::Schedule',
        Properties: {
          ScheduleExpression: 'cron(0 1 * * ? *)',
          ScheduleExpressionTimezone: 'Europe/Berlin',
          Target: target,
        },
      },
    },
    'ScheduleExpressionTimezone',
  ],
  [
    'a schedule with an unsupported target',
    {
      Clock,
      S: {
        Type: 'AWS::Scheduler::Schedule',
        Properties: {
          ScheduleExpression: 'rate(1 day)',
          Target: { ...target, Arn: 'arn:aws:ecs:us-east-1:000000000000:cluster/c' },
        },
      },
    },
    'expected a Lambda function, or an ECS cluster with EcsParameters',
  ],
  [
    'a task schedule whose input is not JSON',
    {
      Clock,
      S: {
        Type: 'AWS::Scheduler::Schedule',
        Properties: {
          ScheduleExpression: 'rate(1 day)',
          Target: {
            ...target,
            Arn: 'arn:aws:ecs:us-east-1:000000000000:cluster/c',
            Input: 'now',
            EcsParameters: { TaskDefinitionArn: 'arn:d' },
          },
        },
      },
    },
    "expected the task's overrides as JSON, got now",
  ],
  [
    'a bucket whose queue does not allow its messages',
    {
      Bucket: { ...bucket({ 'Fn::GetAtt': ['Queue', 'Arn'] }), DependsOn: ['Policy'] },
      Queue: queue,
      Policy: queuePolicy({
        ...FROM_THE_BUCKET,
        Condition: { ArnEquals: { 'aws:SourceArn': 'arn:aws:s3:::another' } },
      }),
    },
    'User: s3.amazonaws.com is not authorized to perform: sqs:SendMessage on resource: arn:aws:sqs:us-east-1:000000000000:files because no resource-based policy allows the sqs:SendMessage action',
  ],
  [
    'a function whose role trusts another service',
    { Role: role('ecs-tasks.amazonaws.com'), Queue: queue, F: lambda },
    'lambda.amazonaws.com cannot assume the role arn:aws:iam::000000000000:role/Trial-Role: User: lambda.amazonaws.com is not authorized to perform: sts:AssumeRole',
  ],
  [
    'a function whose role is not in the template',
    { F: { ...lambda, Properties: { ...lambda.Properties, Role: 'arn:r', Environment: undefined } } },
    'lambda.amazonaws.com cannot assume the role arn:r: the template has no such role',
  ],
  [
    'a state machine whose role cannot create the managed rule',
    { Machines, M: machine(runs('arn:aws:states:::ecs:runTask.sync')) },
    'is not authorized to perform: events:PutTargets on resource: arn:aws:events:us-east-1:000000000000:rule/StepFunctionsGetEventsForECSTaskRule',
  ],
  [
    'a state machine whose role cannot deliver logs',
    {
      Machines,
      M: {
        ...machine(pass),
        Properties: { ...machine(pass).Properties, LoggingConfiguration: { Level: 'ALL' } },
      },
    },
    'is not authorized to perform: logs:CreateLogDelivery',
  ],
  [
    'an unsupported AWS managed policy',
    {
      Role: role('lambda.amazonaws.com', {
        ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'],
      }),
    },
    'the managed policy arn:aws:iam::aws:policy/AdministratorAccess is not known locally',
  ],
  [
    'a policy with NotAction',
    {
      Role: role('lambda.amazonaws.com', {
        Policies: [
          {
            PolicyName: 'all-but',
            PolicyDocument: policyOf({ NotAction: 's3:DeleteObject', Resource: '*' }),
          },
        ],
      }),
    },
    'template, Role (AWS::IAM::Role): all-but: ',
  ],
  [
    'an event source mapping whose role may not receive messages',
    { Role: consumer('sqs:DeleteMessage'), Queue: queue, F: lambda, M: MAPPING },
    'M (AWS::Lambda::EventSourceMapping): The provided execution role does not have permissions to call ReceiveMessage on SQS',
  ],
  [
    'an event source mapping with a setting that has no effect locally',
    {
      Role: consumer('sqs:*'),
      Queue: queue,
      F: lambda,
      M: { ...MAPPING, Properties: { ...MAPPING.Properties, FilterCriteria: { Filters: [] } } },
    },
    'Unrecognized key: "FilterCriteria"',
  ],
  [
    'a WebSocket API',
    httpApi({ api: { ProtocolType: 'WEBSOCKET' } }),
    'only HTTP APIs are supported locally',
  ],
  [
    'an integration with a URL',
    httpApi({ integration: { IntegrationUri: 'https://shop.example' } }),
    'Integration (AWS::ApiGatewayV2::Integration): ✖ expected the ARN of a function',
  ],
  [
    'a route with an authorizer',
    httpApi({ route: { AuthorizationType: 'JWT' } }),
    'authorizers are not supported locally',
  ],
  [
    'a malformed route',
    httpApi({ route: { RouteKey: 'SEND /events' } }),
    'Route (AWS::ApiGatewayV2::Route).RouteKey: expected "METHOD /path" or "$default"',
  ],
  [
    'a stage that is deployed by hand',
    httpApi({ stage: { AutoDeploy: false } }),
    'expected true: deployments are not supported locally',
  ],
  [
    'two containers in a task',
    {
      T: {
        Type: 'AWS::ECS::TaskDefinition',
        Properties: {
          ContainerDefinitions: [
            { Name: 'a', Image: 'r:1ma9e' },
            { Name: 'b', Image: 'r:1ma9e' },
          ],
        },
      },
    },
    'expected one container',
  ],
])('refuses %s', async (_, resources, message) => {
  await expect(deployed(resources)).rejects.toThrow(message);
});

test('a mapping of a Kafka topic has the settings of the API', async () => {
  const { EventSourceArn, ...properties } = MAPPING.Properties;
  const Properties = {
    ...properties,
    Topics: ['clicks'],
    StartingPosition: 'TRIM_HORIZON',
    SelfManagedEventSource: { Endpoints: { KafkaBootstrapServers: ['127.0.0.1:9092'] } },
  };
  await deployed({ Role: consumer('sqs:*'), Queue: queue, F: lambda, M: { ...MAPPING, Properties } });
  expect(services.eventSources.all()).toMatchObject([
    {
      settings: {
        Topics: ['clicks'],
        SelfManagedEventSource: { Endpoints: { KAFKA_BOOTSTRAP_SERVERS: ['127.0.0.1:9092'] } },
      },
    },
  ]);
});

test('a stream keeps its records, and its number of shards', async () => {
  const stream = (ShardCount: number) => ({
    Stream: {
      Type: 'AWS::Kinesis::Stream',
      Properties: { Name: 'clicks', ShardCount, StreamEncryption: { EncryptionType: 'KMS' } },
    },
  });
  await deployed(stream(2));
  const arn = 'arn:aws:kinesis:us-east-1:000000000000:stream/clicks';
  services.kinesis.find(arn)?.shards[0]?.log.append([{ arrivedAt: 1, partitionKey: 'k', data: '' }]);
  await deployed(stream(2));
  expect(services.kinesis.find(arn)?.shards[0]?.log.read(0, 10, 1000)).toHaveLength(1);
  await expect(deployed(stream(3))).rejects.toThrow(
    'Stream (AWS::Kinesis::Stream).ShardCount: the stream clicks has 2 shards, and resharding is not supported locally',
  );
});

test('an HTTP API answers at its endpoint', async () => {
  const outputs = { Outputs: { Url: { Value: { 'Fn::GetAtt': ['Api', 'ApiEndpoint'] } } } };
  const { outputs: found } = await deployed(httpApi({}), outputs);
  expect(found.Url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/_aws\/execute-api\/[0-9a-f]{10}$/);
  // The function does not exist.
  expect((await fetch(`${found.Url}/events`, { method: 'POST' })).status).toBe(500);
  expect((await fetch(`${found.Url}/other`)).status).toBe(404);
});

test('an event source mapping keeps its id', async () => {
  const resources = { Role: consumer('sqs:*'), Queue: queue, F: lambda, M: MAPPING };
  const outputs = { Outputs: { Id: { Value: { Ref: 'M' } } } };
  const first = await deployed(resources, outputs);
  expect(services.eventSources.get(first.outputs.Id ?? '')).toMatchObject({
    functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:greet',
    settings: { EventSourceArn: 'arn:aws:sqs:us-east-1:000000000000:files', BatchSize: 5 },
  });
  expect((await deployed(resources, outputs)).outputs).toEqual(first.outputs);
  expect(services.eventSources.all()).toHaveLength(1);
});

test('a queue has its policy as an attribute', async () => {
  const { outputs } = await deployed(
    { Queue: queue, Policy: queuePolicy(FROM_THE_BUCKET) },
    { Outputs: { Url: { Value: { Ref: 'Queue' } } } },
  );
  const sqs = new SQSClient({
    endpoint: endpoint.url,
    region: DEFAULT_PLACE.region,
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
  });
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: outputs.Url, AttributeNames: ['Policy'] }),
  );
  sqs.destroy();
  const [statement] = JSON.parse(Attributes?.Policy ?? '{}').Statement;
  expect(statement).toMatchObject({
    ...FROM_THE_BUCKET,
    Resource: 'arn:aws:sqs:us-east-1:000000000000:files',
  });
});

test('names the missing file if nothing was synthesized', () => {
  expect(() => readTemplate(data, 'Trial')).toThrow('Trial.template.json: cannot be read');
});

test('a secret is generated once, and kept by later deployments and when the template no longer has it', async () => {
  const resources = {
    Key: {
      Type: 'AWS::SecretsManager::Secret',
      Properties: { Name: 'shop/key', GenerateSecretString: { PasswordLength: 64 } },
    },
  };
  const outputs = { Outputs: { Key: { Value: { Ref: 'Key' } } } };
  const first = await deployed(resources, outputs);
  const { value, arn } = services.secrets.find('shop/key') ?? {};
  expect(value).toHaveLength(64);
  expect(first.outputs).toEqual({ Key: arn });
  await deployed({});
  expect((await deployed(resources, outputs)).outputs).toEqual({ Key: arn });
  expect(services.secrets.find('shop/key')?.value).toBe(value);
});

test('a secret with a value and the order to generate one is refused', async () => {
  const Properties = { SecretString: 'a', GenerateSecretString: {} };
  await expect(deployed({ Key: { Type: 'AWS::SecretsManager::Secret', Properties } })).rejects.toThrow(
    'keep one of the two',
  );
});
