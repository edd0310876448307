import { Match, type Template } from 'aws-cdk-lib/assertions';
import { synthesize } from './template';

const runTask = (template: Template) => {
  const properties = { StateMachineName: Match.stringLikeRegexp('Pipeline-Run-Task$') };
  const [machine] = Object.values(
    template.findResources('AWS::StepFunctions::StateMachine', { Properties: properties }),
  );
  return machine?.Properties;
};
const substitutions = (template: Template): Record<string, unknown> =>
  runTask(template).DefinitionSubstitutions;

/** The limits in bytes that the workflow compares a batch with. */
const thresholds = (template: Template) => {
  const definition: string = runTask(template).DefinitionString;
  return [...definition.matchAll(/"NumericLessThan":([^,}]+)/g)].map(([, value = '']) => JSON.parse(value));
};

const emails = (template: Template) =>
  Object.values(template.findResources('AWS::SNS::Subscription')).map(({ Properties }) => [
    (Properties.TopicArn.Ref as string).replace(/[0-9A-F]{8}$/, ''),
    Properties.Protocol,
    Properties.Endpoint,
  ]);

test('by default tasks run on demand, in a VPC of the stack, and nobody gets emails', () => {
  const template = synthesize();
  expect(substitutions(template)).toMatchObject({
    FirstCapacityProvider: 'FARGATE',
    AssignPublicIp: 'ENABLED',
  });
  template.resourceCountIs('AWS::EC2::VPC', 1);
  template.resourceCountIs('AWS::KMS::Key', 0);
  template.resourceCountIs('AWS::SecretsManager::Secret', 0);
  template.resourceCountIs('AWS::CloudWatch::Dashboard', 1);
  expect(thresholds(template)).toEqual([100_000_000]);
  template.hasResourceProperties('AWS::Lambda::Function', {
    FunctionName: 'Pipeline-Orchestrator',
    ReservedConcurrentExecutions: 1,
  });
  expect(emails(template)).toEqual([]);
});

test('with every option they run on Spot first, in an existing VPC, with a key that alarms can use', () => {
  const template = synthesize('', {
    spot: true,
    reserveConcurrency: false,
    topicKey: 'own',
    successEmails: ['shop@example.com'],
    failureEmails: ['on-call@example.com'],
    network: {
      vpcId: 'vpc-0123456789abcdef0',
      subnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
      assignPublicIp: false,
    },
    dashboard: false,
    targetFileMb: 64,
    maxBatchFiles: 300,
    maxBatchBytes: 100_000_000_000,
    smallBatch: { bytes: 0, memoryMb: 3008, diskMb: 512 },
    size: { cpu: 2048, memoryLimitMiB: 8192, ephemeralStorageGiB: 100 },
    retention: { archiveAfterDays: 30, resultsDays: 60, oldVersionDays: 3 },
  });
  expect(substitutions(template)).toMatchObject({
    FirstCapacityProvider: 'FARGATE_SPOT',
    SubnetIds: 'subnet-0123456789abcdef0,subnet-0123456789abcdef1',
    AssignPublicIp: 'DISABLED',
  });
  template.hasResourceProperties('AWS::ECS::ClusterCapacityProviderAssociations', {
    CapacityProviders: ['FARGATE', 'FARGATE_SPOT'],
  });
  template.resourceCountIs('AWS::EC2::VPC', 0);
  template.resourceCountIs('AWS::CloudWatch::Dashboard', 0);
  expect(thresholds(template)).toEqual([0]);
  template.hasResourceProperties('AWS::Lambda::Function', {
    FunctionName: 'Pipeline-Orchestrator',
    Environment: {
      Variables: Match.objectLike({ MAX_BATCH_FILES: '300', MAX_BATCH_BYTES: '100000000000' }),
    },
  });
  template.hasResourceProperties('AWS::Lambda::Function', {
    FunctionName: 'Pipeline-Task-stage',
    MemorySize: 3008,
    EphemeralStorage: { Size: 512 },
    Environment: { Variables: Match.objectLike({ MEMORY_LIMIT_MB: '3008', TARGET_FILE_MB: '64' }) },
  });
  for (const task of ['stage', 'maintain']) {
    template.hasResourceProperties('AWS::ECS::TaskDefinition', {
      ContainerDefinitions: [
        Match.objectLike({
          Name: task,
          Environment: Match.arrayWith([{ Name: 'TARGET_FILE_MB', Value: '64' }]),
        }),
      ],
    });
  }
  template.resourceCountIs('AWS::EC2::VPCEndpoint', 0);
  template.hasResourceProperties('AWS::EC2::SecurityGroup', { VpcId: 'vpc-0123456789abcdef0' });
  template.allResourcesProperties('AWS::SNS::Topic', { KmsMasterKeyId: Match.anyValue() });
  template.hasResourceProperties('AWS::KMS::Key', {
    EnableKeyRotation: true,
    KeyPolicy: Match.objectLike({
      Statement: Match.arrayWith([
        Match.objectLike({
          Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
          Principal: { Service: 'cloudwatch.amazonaws.com' },
        }),
      ]),
    }),
  });
  template.hasResourceProperties('AWS::Lambda::Function', {
    FunctionName: 'Pipeline-Orchestrator',
    ReservedConcurrentExecutions: Match.absent(),
    Environment: { Variables: Match.objectLike({ LEASE_SECONDS: '360' }) },
  });
  template.allResourcesProperties('AWS::ECS::TaskDefinition', {
    Cpu: '2048',
    Memory: '8192',
    EphemeralStorage: { SizeInGiB: 100 },
  });
  const [bucket] = Object.values(template.findResources('AWS::S3::Bucket'));
  expect(bucket?.Properties.LifecycleConfiguration.Rules).toMatchObject([
    { Prefix: 'archive/', Transitions: [{ TransitionInDays: 30 }] },
    { Prefix: 'results/', ExpirationInDays: 60 },
    { Prefix: 'athena/', ExpirationInDays: 7 },
    { Prefix: 'warehouse/', ExpirationInDays: 1 },
    { NoncurrentVersionExpiration: { NoncurrentDays: 3 } },
  ]);
  expect(emails(template).sort()).toEqual([
    ['TopicsAlarms', 'email', 'on-call@example.com'],
    ['TopicsFailure', 'email', 'on-call@example.com'],
    ['TopicsSuccess', 'email', 'shop@example.com'],
  ]);
});

test('only S3 and the senders that are given can send to the queue', () => {
  const topic = 'arn:aws:sns:eu-central-1:111122223333:uploads';
  const rule = 'arn:aws:events:eu-central-1:111122223333:rule/uploads';
  const template = synthesize('', { queueSenders: [topic, rule] });
  const [policy] = Object.values(template.findResources('AWS::SQS::QueuePolicy')).filter(({ Properties }) =>
    JSON.stringify(Properties.Queues).includes('IntakeQueue'),
  );
  const statements: Record<string, unknown>[] = policy?.Properties.PolicyDocument.Statement;
  const allowed = statements
    .filter(({ Effect }) => Effect === 'Allow')
    .map(({ Action, Principal, Condition }) => ({ Action, Principal, Condition }));
  expect(allowed).toEqual([
    expect.objectContaining({ Principal: { Service: 's3.amazonaws.com' } }),
    {
      Action: 'sqs:SendMessage',
      Principal: { Service: 'sns.amazonaws.com' },
      Condition: { ArnEquals: { 'aws:SourceArn': topic } },
    },
    {
      Action: 'sqs:SendMessage',
      Principal: { Service: 'events.amazonaws.com' },
      Condition: { ArnEquals: { 'aws:SourceArn': rule } },
    },
  ]);
});

test('validate knows the reporting time zone and the currency of the shop, on Fargate and on Lambda', () => {
  const template = synthesize('', { reportingTimeZone: 'Europe/Berlin', currency: 'EUR' });
  template.hasResourceProperties('AWS::Lambda::Function', {
    FunctionName: 'Pipeline-Task-validate',
    Environment: {
      Variables: Match.objectLike({ REPORTING_TIME_ZONE: 'Europe/Berlin', CURRENCY: 'EUR' }),
    },
  });
  for (const variable of [
    { Name: 'REPORTING_TIME_ZONE', Value: 'Europe/Berlin' },
    { Name: 'CURRENCY', Value: 'EUR' },
  ]) {
    template.hasResourceProperties('AWS::ECS::TaskDefinition', {
      ContainerDefinitions: [
        Match.objectLike({ Name: 'validate', Environment: Match.arrayWith([variable]) }),
      ],
    });
  }
});
