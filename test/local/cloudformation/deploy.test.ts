import { ListSubscriptionsCommand } from '@aws-sdk/client-sns';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../../../domain/names';
import { deploy } from '../../../local/cloudformation/deploy';
import { readTemplate } from '../../../local/cloudformation/template';
import { type Endpoint, startEndpoint } from '../../../local/endpoint/endpoint';
import { createLocalServices, type LocalServices } from '../../../local/local-services';
import { directoryOf, remove } from '../built';

let data: string;
let services: LocalServices;
let endpoint: Endpoint;
const place = { account: LOCAL_ACCOUNT, region: LOCAL_REGION };

beforeEach(async () => {
  data = directoryOf();
  services = await createLocalServices({
    dataDirectory: data,
    endpoint: () => endpoint.url,
    log: () => {},
    onExecution: () => {},
  });
  endpoint = await startEndpoint({ host: '127.0.0.1', port: 0, services: services.served, ...place });
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
      place: { ...place, endpoint: endpoint.url },
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
const lambda = {
  Type: 'AWS::Lambda::Function',
  Properties: {
    FunctionName: 'greet',
    Runtime: 'nodejs24.x',
    Handler: 'index.handler',
    Code: { S3Bucket: { 'Fn::Sub': 'assets' }, S3Key: 'c0de.zip' },
    Environment: { Variables: { QUEUE_URL: { Ref: 'Queue' }, ROLE: { 'Fn::GetAtt': ['Role', 'Arn'] } } },
    ReservedConcurrentExecutions: 1,
  },
};
const machine = (definition: object, DefinitionSubstitutions: object = {}) => ({
  Type: 'AWS::StepFunctions::StateMachine',
  Properties: {
    StateMachineName: 'flow',
    RoleArn: 'arn:role',
    DefinitionString: JSON.stringify(definition),
    DefinitionSubstitutions,
  },
});

test('creates resources after those they refer to, and gives the outputs', async () => {
  const { outputs, notifications } = await deployed(
    {
      Bucket: bucket({ 'Fn::GetAtt': ['Queue', 'Arn'] }),
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
      Role: { Type: 'AWS::IAM::Role', Properties: { Anything: { 'Fn::GetAtt': ['Queue', 'Arn'] } } },
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
    environment: { QUEUE_URL: outputs.Url, ROLE: expect.stringMatching(/^arn:aws:iam::000000000000:role\//) },
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

test('leaves out a resource whose condition does not hold', async () => {
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
const passWith = (text: string) => ({
  StartAt: 'A',
  States: { A: { Type: 'Pass', Result: text, End: true } },
});
const target = { Arn: 'arn:aws:lambda:us-east-1:000000000000:function:greet', Id: 'T' };

test.each<[string, object, string]>([
  [
    'a type that is not served',
    { Thing: { Type: 'AWS::Kinesis::Stream' } },
    'template, Thing (AWS::Kinesis::Stream): resources of this type are not served locally',
  ],
  [
    'a notification to a queue that is not there',
    { Bucket: bucket('arn:aws:sqs:us-east-1:000000000000:typo') },
    'there is no queue arn:aws:sqs:us-east-1:000000000000:typo',
  ],
  [
    'a circle',
    { A: { ...queue, DependsOn: 'B' }, B: { ...queue, DependsOn: ['A'] } },
    'depends on itself: A -> B -> A',
  ],
  [
    'code that is no asset',
    {
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
    { M: machine(passWith('${Missing}')) },
    '{Missing}, which has no value',
  ],
  ['a substitution without a use', { M: machine(pass, { Extra: 'x' }) }, 'the definition does not use Extra'],
  [
    'an event pattern beyond exact values',
    {
      R: {
        Type: 'AWS::Events::Rule',
        Properties: { EventPattern: { source: [{ prefix: 'aws' }] }, Targets: [target] },
      },
    },
    'R (AWS::Events::Rule): event pattern, $.source: expected a list of exact values',
  ],
  [
    'a rule on a schedule',
    {
      R: { Type: 'AWS::Events::Rule', Properties: { ScheduleExpression: 'rate(1 day)', Targets: [target] } },
    },
    'Unrecognized key: "ScheduleExpression"',
  ],
  [
    'a schedule by cron',
    {
      S: {
        Type: 'AWS::Scheduler::Schedule',
        Properties: { ScheduleExpression: 'cron(0 1 * * ? *)', Target: target },
      },
    },
    'expected rate(...)',
  ],
  [
    'a schedule of a target that is neither function nor task',
    {
      S: {
        Type: 'AWS::Scheduler::Schedule',
        Properties: {
          ScheduleExpression: 'rate(1 day)',
          Target: { Arn: 'arn:aws:ecs:us-east-1:000000000000:cluster/c' },
        },
      },
    },
    'expected a Lambda function, or an ECS cluster with EcsParameters',
  ],
  [
    'a schedule that a timer cannot wait for',
    {
      S: {
        Type: 'AWS::Scheduler::Schedule',
        Properties: { ScheduleExpression: 'rate(25 days)', Target: { Arn: target.Arn } },
      },
    },
    'expected rate(...) of at most 24 days',
  ],
  [
    'a task schedule whose input is no JSON',
    {
      S: {
        Type: 'AWS::Scheduler::Schedule',
        Properties: {
          ScheduleExpression: 'rate(1 day)',
          Target: {
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

test('says what is missing where nothing was synthesized', () => {
  expect(() => readTemplate(data, 'Trial')).toThrow('Trial.template.json: cannot be read');
});
