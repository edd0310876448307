import { Match, type Template } from 'aws-cdk-lib/assertions';
import { DEFAULT_EVENTS } from '../../infra/events/event-options';
import { ALL_EVENTS } from './all-events';
import { flat, list } from './checks/check';
import { synthesize } from './template';

let byDefault: Template;
let withAll: Template;
beforeAll(() => {
  byDefault = synthesize('dev-', { events: DEFAULT_EVENTS });
  withAll = synthesize('dev-', { events: ALL_EVENTS });
});

interface Statement {
  Effect: string;
  Action: string | string[];
  Resource: unknown;
}

/** What a function may do, without logs and traces: `action on resource`. */
function rightsOf(template: Template, name: 'collect' | 'ingest'): string[] {
  const [policy] = Object.entries(template.findResources('AWS::IAM::Policy')).filter(([id]) =>
    id.startsWith(`Events${name}role`),
  );
  const statements: Statement[] = policy?.[1].Properties.PolicyDocument.Statement;
  return statements
    .flatMap(({ Action, Resource }) =>
      list(Action).map((action) => `${action} on ${flat(Resource).replaceAll(/[0-9A-F]{8}(?=[.>])/g, '')}`),
    )
    .filter((right) => !/^(logs|xray):/.test(right))
    .sort();
}

const variablesOf = (template: Template, name: string) =>
  Object.values(template.findResources('AWS::Lambda::Function')).find(
    ({ Properties }) => Properties.FunctionName === name,
  )?.Properties.Environment.Variables;

test('without events there is nothing of them, and nothing that costs', () => {
  const none = synthesize();
  const resources = Object.values(none.toJSON().Resources) as { Type: string }[];
  expect(Object.keys(none.toJSON().Resources).filter((id) => id.startsWith('Events'))).toEqual([]);
  for (const { Type } of resources)
    expect(Type).not.toMatch(/ApiGateway|EventSourceMapping|Kinesis|SecretsManager/);
  expect(Object.keys(none.toJSON().Outputs).filter((name) => name.startsWith('Event'))).toEqual([]);
  expect(
    none.findResources('AWS::CloudWatch::Alarm', {
      Properties: { AlarmName: Match.stringLikeRegexp('events') },
    }),
  ).toEqual({});
});

test('by default an HTTP API passes POST /events to collect, which sends to the queue', () => {
  byDefault.hasResourceProperties('AWS::ApiGatewayV2::Route', { RouteKey: 'POST /events' });
  byDefault.hasResourceProperties('AWS::ApiGatewayV2::Integration', { PayloadFormatVersion: '2.0' });
  byDefault.resourceCountIs('AWS::Kinesis::Stream', 0);
  byDefault.resourceCountIs('AWS::Lambda::EventSourceMapping', 1);
  expect(rightsOf(byDefault, 'collect')).toEqual([
    'secretsmanager:GetSecretValue on <EventsKeys>',
    'sqs:SendMessage on <EventsQueue.Arn>',
  ]);
  expect(rightsOf(byDefault, 'ingest')).toEqual([
    's3:PutObject on <IntakeBucket.Arn>/input/events/*',
    'sqs:DeleteMessage on <EventsQueue.Arn>',
    'sqs:GetQueueAttributes on <EventsQueue.Arn>',
    'sqs:ReceiveMessage on <EventsQueue.Arn>',
    'sqs:SendMessage on <EventsDeadLetters.Arn>',
  ]);
  expect(variablesOf(byDefault, 'dev-Pipeline-Collect')).toMatchObject({
    EVENT_QUEUE_URL: expect.anything(),
  });
});

test('with a stream collect writes to it alone, and ingest reads it, the queue and every topic', () => {
  expect(rightsOf(withAll, 'collect')).toEqual([
    'kinesis:PutRecords on <EventsStream.Arn>',
    'secretsmanager:GetSecretValue on <EventsKeys>',
  ]);
  expect(variablesOf(withAll, 'dev-Pipeline-Collect')).not.toHaveProperty('EVENT_QUEUE_URL');
  expect(rightsOf(withAll, 'ingest')).toEqual(
    expect.arrayContaining([
      'kinesis:GetRecords on <EventsStream.Arn>',
      `secretsmanager:GetSecretValue on ${ALL_EVENTS.kafka?.secretArn}`,
    ]),
  );
  const mappings = Object.values(withAll.findResources('AWS::Lambda::EventSourceMapping')).map(
    ({ Properties }) => Properties,
  );
  const common = { BatchSize: 10_000, MaximumBatchingWindowInSeconds: 60 };
  expect(mappings).toEqual([
    expect.objectContaining({
      ...common,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 2 },
    }),
    expect.objectContaining({
      ...common,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 20,
      StartingPosition: 'TRIM_HORIZON',
      DestinationConfig: { OnFailure: { Destination: expect.anything() } },
    }),
    ...['clicks', 'cart', 'purchases'].map((topic) =>
      expect.objectContaining({
        ...common,
        Topics: [topic],
        SelfManagedEventSource: {
          Endpoints: { KafkaBootstrapServers: ['b1.example:9096', 'b2.example:9096'] },
        },
        SelfManagedKafkaEventSourceConfig: { ConsumerGroupId: `dev-daybook-${topic}` },
        SourceAccessConfigurations: [
          { Type: 'SASL_SCRAM_512_AUTH', URI: ALL_EVENTS.kafka?.secretArn },
          { Type: 'VPC_SUBNET', URI: 'subnet:subnet-0123456789abcdef0' },
          { Type: 'VPC_SECURITY_GROUP', URI: 'security_group:sg-0123456789abcdef0' },
        ],
      }),
    ),
  ]);
});

test('a mapping is created after the rights of ingest', () => {
  for (const mapping of Object.values(withAll.findResources('AWS::Lambda::EventSourceMapping')))
    expect(list(mapping.DependsOn)).toContainEqual(expect.stringMatching(/^EventsingestroleDefaultPolicy/));
});

test('a message stays hidden for six timeouts of ingest and the window', () => {
  const timeout = Object.values(byDefault.findResources('AWS::Lambda::Function')).find(
    ({ Properties }) => Properties.FunctionName === 'dev-Pipeline-Ingest',
  )?.Properties.Timeout;
  byDefault.hasResourceProperties('AWS::SQS::Queue', {
    QueueName: 'dev-analytics-events-queue',
    VisibilityTimeout: 6 * timeout + 300,
  });
});

test('the orchestrator lets files of events wait, and knows nothing of it without events', () => {
  expect(variablesOf(byDefault, 'dev-Pipeline-Orchestrator')).toMatchObject({ EVENT_FILE_WAIT: '3600' });
  expect(variablesOf(synthesize(), 'Pipeline-Orchestrator')).not.toHaveProperty('EVENT_FILE_WAIT');
});

test('requests are throttled, and browsers may post from the given origins', () => {
  withAll.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
    StageName: '$default',
    DefaultRouteSettings: { ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 },
  });
  withAll.hasResourceProperties('AWS::ApiGatewayV2::Api', {
    CorsConfiguration: {
      AllowOrigins: ['https://shop.example'],
      AllowMethods: ['POST'],
      AllowHeaders: ['content-type', 'x-api-key', 'idempotency-key'],
    },
  });
});

test('a new deployment has one generated key, which the form of the secret allows', () => {
  byDefault.hasResourceProperties('AWS::SecretsManager::Secret', {
    GenerateSecretString: {
      SecretStringTemplate: '{}',
      GenerateStringKey: 'web',
      PasswordLength: 40,
      ExcludePunctuation: true,
    },
  });
});

test('events have four alarms, and a fifth with a stream', () => {
  const namesOf = (template: Template) =>
    Object.entries(template.findResources('AWS::CloudWatch::Alarm'))
      .map(([, { Properties }]) => Properties.AlarmName as string)
      .filter((name) => /event/i.test(name))
      .map((name) => name.replace('dev-Daybook-', ''))
      .sort();
  const four = [
    'dead-letters-Events-DeadLetters',
    'events-not-stored',
    'events-refused',
    'events-wait-queue',
  ];
  expect(namesOf(byDefault)).toEqual(four);
  expect(namesOf(withAll)).toEqual([...four, 'events-wait-stream']);
});
