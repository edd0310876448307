import { Match, type Template } from 'aws-cdk-lib/assertions';
import { synthesize } from './template';

let template: Template;
beforeAll(() => {
  template = synthesize();
});

interface Statement {
  Effect: string;
  Action: string | string[];
  Resource: unknown;
}

function stateMachine(): { DefinitionString: string; DefinitionSubstitutions: Record<string, unknown> } {
  const [found] = Object.values(template.findResources('AWS::StepFunctions::StateMachine'));
  return found?.Properties as ReturnType<typeof stateMachine>;
}

test('uploads below input/ are told to the queue by the bucket itself', () => {
  template.hasResourceProperties('AWS::S3::Bucket', {
    NotificationConfiguration: {
      QueueConfigurations: [
        {
          Event: 's3:ObjectCreated:*',
          Filter: { S3Key: { Rules: [{ Name: 'prefix', Value: 'input/' }] } },
          Queue: Match.anyValue(),
        },
      ],
    },
  });
});

test('a message is a dead letter after five receives, and is hidden for longer than an execution can run', () => {
  const queues = Object.values(template.findResources('AWS::SQS::Queue')).map(({ Properties }) => Properties);
  const queue = queues.find(({ QueueName }) => QueueName === 'file-processing-queue');
  expect(queue.RedrivePolicy.maxReceiveCount).toBe(5);
  const definition = JSON.parse(stateMachine().DefinitionString);
  expect(queue.VisibilityTimeout).toBeGreaterThan(definition.TimeoutSeconds);
});

test('the tables have their keys and the index by date', () => {
  template.hasResourceProperties('AWS::DynamoDB::Table', {
    TableName: 'OrderKPIs',
    KeySchema: [{ AttributeName: 'order_date', KeyType: 'HASH' }],
  });
  template.hasResourceProperties('AWS::DynamoDB::Table', {
    TableName: 'CategoryKPIs',
    KeySchema: [
      { AttributeName: 'category', KeyType: 'HASH' },
      { AttributeName: 'order_date', KeyType: 'RANGE' },
    ],
    GlobalSecondaryIndexes: [
      Match.objectLike({
        IndexName: 'by-date',
        KeySchema: [
          { AttributeName: 'order_date', KeyType: 'HASH' },
          { AttributeName: 'category', KeyType: 'RANGE' },
        ],
      }),
    ],
  });
});

test('there are four tasks of one image, and the orchestrator runs once at a time', () => {
  const definitions = Object.values(template.findResources('AWS::ECS::TaskDefinition'));
  const containers = definitions.map(({ Properties }) => Properties.ContainerDefinitions[0]);
  expect(containers.map(({ Command }) => Command[0]).sort()).toEqual([
    'maintain.cjs',
    'stage.cjs',
    'transform.cjs',
    'validate.cjs',
  ]);
  expect(new Set(containers.map(({ Image }) => JSON.stringify(Image))).size).toBe(1);
  template.hasResourceProperties('AWS::Lambda::Function', {
    FunctionName: 'Pipeline-Orchestrator',
    ReservedConcurrentExecutions: 1,
  });
});

test('the clock and the end of every execution call the orchestrator', () => {
  template.hasResourceProperties('AWS::Scheduler::Schedule', {
    Name: 'Five-Minute-Pipeline-Trigger',
    ScheduleExpression: 'rate(5 minutes)',
  });
  template.hasResourceProperties('AWS::Events::Rule', {
    EventPattern: {
      source: ['aws.states'],
      detail: { status: ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'] },
    },
  });
});

test('every substitution of the definition is supplied, and none besides', () => {
  const { DefinitionString, DefinitionSubstitutions } = stateMachine();
  const used = [...DefinitionString.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name);
  expect(Object.keys(DefinitionSubstitutions).sort()).toEqual([...new Set(used)].sort());
});

test('no policy allows an action on everything, but the one that AWS offers on nothing less', () => {
  const statements = Object.values(template.findResources('AWS::IAM::Policy')).flatMap(
    ({ Properties }) => Properties.PolicyDocument.Statement as Statement[],
  );
  const onEverything = statements.filter(({ Effect, Resource }) => Effect === 'Allow' && Resource === '*');
  expect(new Set(onEverything.flatMap(({ Action }) => Action))).toEqual(
    new Set(['ecr:GetAuthorizationToken']),
  );
  expect(statements.flatMap(({ Action }) => Action).filter((action) => action.includes('*'))).toEqual([]);
});

test('a prefix stands in front of every name, so that two copies live in one account', () => {
  const copy = synthesize('dev-');
  const nameFields = [
    'TableName',
    'QueueName',
    'TopicName',
    'FunctionName',
    'StateMachineName',
    'ClusterName',
    'Name',
  ];
  const resources = Object.values(copy.toJSON().Resources) as {
    Type: string;
    Properties?: Record<string, unknown>;
  }[];
  const names = resources
    .filter(({ Type }) => !Type.startsWith('AWS::EC2'))
    .flatMap(({ Properties = {} }) => nameFields.map((field) => Properties[field]))
    .filter((name) => typeof name === 'string');
  expect(names.length).toBeGreaterThan(10);
  expect(names.filter((name) => !name.startsWith('dev-'))).toEqual([]);
});
