import { catalog } from '../../../catalog/catalog';
import { connectAccount, disconnectAccount } from '../../../operations/doctor/account';
import { examine } from '../../../operations/doctor/doctor';
import type { Plan } from '../../../operations/doctor/plan';
import { type Answer, type AwsStub, StubError, startAwsStub } from '../../builders/aws-stub';

const CALLER = '<Account>123456789012</Account><Arn>arn:aws:iam::123456789012:user/a</Arn><UserId>A</UserId>';
const GIVEN = { 'sts:GetCallerIdentity': CALLER };
const NO_STACK = new StubError('ValidationError', 400, 'Stack with id Daybook does not exist');
const STACK =
  '<Stacks><member><StackName>Daybook</StackName><StackStatus>CREATE_COMPLETE</StackStatus><CreationTime>2025-03-30T12:00:00Z</CreationTime></member></Stacks>';

const plan: Plan = {
  stackName: 'Daybook',
  bootstrap: { parameter: '/cdk-bootstrap/hnb659fds/version', version: 6 },
  subnetIds: undefined,
  zones: 2,
  reservedConcurrency: { 'Pipeline-Orchestrator': 1 },
  largestFunction: { name: 'Pipeline-Task-stage', memoryMb: 2048 },
  vcpus: { task: 1, maintenance: 1 },
  spot: false,
  named: [
    { type: 'AWS::S3::Bucket', name: 'daybook-123456789012-us-west-1', isRetained: true },
    { type: 'AWS::DynamoDB::Table', name: 'OrderKPIs', isRetained: true },
    { type: 'AWS::SQS::Queue', name: 'file-processing-queue', isRetained: false },
  ],
};

let stub: AwsStub | undefined;
afterEach(() => stub?.stop());

/** Runs every check against these answers. @returns the results by check */
async function examined(answers: Readonly<Record<string, Answer>>, planned: Plan = plan) {
  stub = await startAwsStub({ ...GIVEN, ...answers });
  const env = {
    AWS_ENDPOINT_URL: stub.endpoint,
    AWS_REGION: 'us-west-1',
    AWS_ACCESS_KEY_ID: 'any',
    CDK_DOCKER: 'no-such-engine',
  };
  process.env.AWS_ACCESS_KEY_ID = 'any';
  process.env.AWS_SECRET_ACCESS_KEY = 'any';
  process.env.AWS_REGION = 'us-west-1';
  const account = await connectAccount(env);
  try {
    const { checks, ...examination } = await examine(
      account,
      env,
      async () => planned,
      () => catalog,
    );
    const results = Object.fromEntries(
      checks.map(({ check, status, message, remedy }) => [check, { status, message, remedy }]),
    );
    return { examination, results };
  } finally {
    disconnectAccount(account);
  }
}

const before = { ...process.env };
afterAll(() => {
  process.env = before;
});

const quota = (Value: number) => ({ Quota: { Value } });
const NEW_ACCOUNT: Readonly<Record<string, Answer>> = {
  'cloudformation:DescribeStacks': NO_STACK,
  'iam:GetRole': new StubError('NoSuchEntity', 404),
  'ssm:GetParameter': new StubError('ParameterNotFound'),
  'lambda:GET /2016-08-19/account-settings': {
    AccountLimit: { ConcurrentExecutions: 10, UnreservedConcurrentExecutions: 10 },
  },
  'lambda:GET /2019-09-30/functions/Pipeline-Orchestrator/concurrency': new StubError(
    'ResourceNotFoundException',
    404,
  ),
  'servicequotas:GetServiceQuota': quota(1),
  'ec2:DescribeVpcs': '<vpcSet><item><vpcId>vpc-1</vpcId></item></vpcSet>',
  'ec2:DescribeSubnets': '<subnetSet/>',
  'ec2:DescribeAvailabilityZones': `<availabilityZoneInfo>
    <item><zoneName>us-west-1b</zoneName><zoneId>usw1-az2</zoneId></item>
    <item><zoneName>us-west-1a</zoneName><zoneId>usw1-az3</zoneId></item></availabilityZoneInfo>`,
  's3:HEAD /daybook-123456789012-us-west-1/': new StubError('NotFound', 404),
  'dynamodb:DescribeTable': { Table: { TableName: 'OrderKPIs' } },
  'sqs:GetQueueUrl': new StubError('QueueDoesNotExist'),
};

test('a new account fails with the remedy of each check', async () => {
  const { examination, results } = await examined(NEW_ACCOUNT);
  expect(examination).toEqual({
    stack: 'Daybook',
    account: '123456789012',
    region: 'us-west-1',
    deployed: false,
  });
  expect(results).toMatchObject({
    'container-engine': { status: 'failed', message: 'no-such-engine is not installed' },
    'cdk-bootstrap': { status: 'failed', remedy: 'npx cdk bootstrap aws://123456789012/us-west-1' },
    stack: { status: 'ok', message: 'Daybook does not exist yet' },
    'existing-resources': { status: 'warning', remedy: 'npx cdk deploy --import-existing-resources' },
    'ecs-service-linked-role': {
      status: 'warning',
      remedy: 'aws iam create-service-linked-role --aws-service-name ecs.amazonaws.com',
    },
    'lambda-concurrency': {
      status: 'failed',
      remedy: expect.stringContaining('-c reserveConcurrency=false'),
    },
    'function-memory': { status: 'ok' },
    'fargate-vcpus': { status: 'failed', message: expect.stringContaining('quota 1 on demand, 2 needed') },
    'spark-vcpus': { status: 'skipped', message: 'a deployment without Spark' },
    vpcs: { status: 'failed', message: 'quota 1, 1 used, 1 needed' },
    'fargate-zones': { status: 'failed', message: 'Fargate does not run in us-west-1b (usw1-az2)' },
    schedules: { status: 'skipped', message: 'not deployed yet' },
  });
});

test('an account that is ready passes', async () => {
  const { results } = await examined(
    {
      ...NEW_ACCOUNT,
      'iam:GetRole':
        '<Role><RoleName>AWSServiceRoleForECS</RoleName><Path>/</Path><RoleId>R</RoleId><Arn>a</Arn><CreateDate>2025-03-30T12:00:00Z</CreateDate></Role>',
      'ssm:GetParameter': { Parameter: { Value: '30' } },
      'lambda:GET /2016-08-19/account-settings': {
        AccountLimit: { ConcurrentExecutions: 1000, UnreservedConcurrentExecutions: 1000 },
      },
      'servicequotas:GetServiceQuota': new StubError('NoSuchResourceException'),
      'servicequotas:GetAWSDefaultServiceQuota': quota(6),
      'ec2:DescribeSubnets':
        '<subnetSet><item><availabilityZone>us-west-1a</availabilityZone><availabilityZoneId>usw1-az3</availabilityZoneId></item></subnetSet>',
      'dynamodb:DescribeTable': new StubError('ResourceNotFoundException'),
    },
    { ...plan, subnetIds: ['subnet-1'], spot: true },
  );
  const { 'container-engine': _, ...others } = results;
  const ofAccount = Object.entries(others).filter(([, { status }]) => status !== 'skipped');
  expect(ofAccount.map(([check, { status }]) => [check, status])).toEqual(
    [
      'cdk-bootstrap',
      'stack',
      'existing-resources',
      'ecs-service-linked-role',
      'lambda-concurrency',
      'function-memory',
      'fargate-vcpus',
      'vpcs',
      'fargate-zones',
    ].map((check) => [check, 'ok']),
  );
  expect(results['fargate-vcpus']?.message).toBe('quota 6 on demand and 6 on Spot, 2 needed');
});

test('the quota of Spark is checked where Spark is deployed', async () => {
  const { results } = await examined(NEW_ACCOUNT, { ...plan, vcpus: { ...plan.vcpus, spark: 64 } });
  expect(results['spark-vcpus']).toMatchObject({
    status: 'failed',
    message: expect.stringContaining('quota 1, workers have up to 64'),
  });
});

test('a check without its permission names it, and ends nothing', async () => {
  const { examination, results } = await examined({ 'cloudformation:DescribeStacks': NO_STACK });
  expect(examination.deployed).toBe(false);
  const reasons = Object.entries(results).flatMap(([check, { status, message }]) =>
    status === 'not_checked' ? [[check, message.replace('could not be checked: needs ', '')]] : [],
  );
  expect(Object.fromEntries(reasons)).toEqual({
    'cdk-bootstrap': 'ssm:GetParameter',
    'ecs-service-linked-role': 'iam:GetRole',
    'existing-resources': expect.stringMatching(
      /^(s3:ListAllMyBuckets|dynamodb:DescribeTable|sqs:GetQueueUrl)$/,
    ),
    'fargate-vcpus': 'servicequotas:GetServiceQuota',
    'fargate-zones': expect.stringMatching(/^ec2:Describe(AvailabilityZones|Subnets)$/),
    'lambda-concurrency': 'lambda:GetAccountSettings',
    vpcs: expect.stringMatching(/^(ec2:DescribeVpcs|servicequotas:GetServiceQuota)$/),
  });
});

test('if the stack cannot be read, its checks are not made', async () => {
  const { examination, results } = await examined({});
  expect(examination.deployed).toBeNull();
  expect(results.stack?.message).toBe('could not be checked: needs cloudformation:DescribeStacks');
  expect(results.schedules?.message).toBe('could not be checked: the state of the stack is not known');
});

test('a bucket that is not in the list of this account belongs to another', async () => {
  const buckets = (...names: string[]) =>
    `<ListAllMyBucketsResult><Buckets>${names.map((name) => `<Bucket><Name>${name}</Name></Bucket>`).join('')}</Buckets></ListAllMyBucketsResult>`;
  const given = {
    ...NEW_ACCOUNT,
    's3:HEAD /daybook-123456789012-us-west-1/': new StubError('Forbidden', 403),
    'dynamodb:DescribeTable': new StubError('ResourceNotFoundException'),
  };
  const foreign = await examined({ ...given, 's3:GET /': buckets('mine') });
  expect(foreign.results['existing-resources']).toMatchObject({
    status: 'failed',
    message: 'another account has the bucket daybook-123456789012-us-west-1',
  });
  await stub?.stop();
  const own = await examined({ ...given, 's3:GET /': buckets('daybook-123456789012-us-west-1') });
  expect(own.results['existing-resources']?.status).toBe('warning');
});

describe('after the deployment', () => {
  const queue = 'arn:aws:sqs:us-west-1:123456789012:file-processing-queue';
  const alarm = { AlarmName: 'Daybook-execution-failed', StateValue: 'ALARM' };
  const deployed: Readonly<Record<string, Answer>> = {
    'cloudformation:DescribeStacks': STACK,
    'scheduler:GET /schedules/Five-Minute-Pipeline-Trigger': { State: 'DISABLED' },
    'scheduler:GET /schedules/Daily-Maintenance-Trigger': { State: 'ENABLED' },
    'monitoring:DescribeAlarms': {
      MetricAlarms: [
        { ...alarm, AlarmDescription: 'An execution failed. See docs/runbook.md#execution-failed' },
      ],
    },
    'sqs:GetQueueUrl': { QueueUrl: 'https://sqs/123456789012/file-processing-queue' },
    'sqs:GetQueueAttributes': {
      Attributes: { ApproximateNumberOfMessages: '2', Policy: '{"Statement":[]}' },
    },
    's3:GET /daybook-123456789012-us-west-1/': `<NotificationConfiguration><QueueConfiguration><Id>1</Id><Queue>${queue}</Queue>
      <Event>s3:ObjectCreated:*</Event><Filter><S3Key><FilterRule><Name>prefix</Name><Value>input/</Value></FilterRule></S3Key></Filter>
      </QueueConfiguration></NotificationConfiguration>`,
    'sns:ListSubscriptionsByTopic':
      '<Subscriptions><member><Endpoint>a@example.com</Endpoint><SubscriptionArn>PendingConfirmation</SubscriptionArn></member></Subscriptions>',
  };

  test('finds what is wrong', async () => {
    const { examination, results } = await examined(deployed);
    expect(examination.deployed).toBe(true);
    expect(results).toMatchObject({
      'container-engine': { status: 'warning' },
      'existing-resources': { status: 'ok', message: 'the stack exists; this would be an update' },
      vpcs: { status: 'ok', message: 'the stack has its VPC' },
      'bucket-notification': { status: 'ok' },
      'queue-policy': { status: 'failed' },
      schedules: { status: 'failed', message: 'not enabled: Five-Minute-Pipeline-Trigger' },
      alarms: { status: 'failed', remedy: 'docs/runbook.md#execution-failed' },
      'dead-letters': { status: 'failed', message: '2 dead letters, 2 failed scheduled invocations' },
      subscriptions: { status: 'warning' },
    });
  });

  test('names the permissions that are missing', async () => {
    const { results } = await examined({ 'cloudformation:DescribeStacks': STACK });
    const needed = [
      'bucket-notification',
      'queue-policy',
      'schedules',
      'alarms',
      'dead-letters',
      'subscriptions',
    ];
    expect(
      needed.map((check) => results[check]?.message.replace('could not be checked: needs ', '')),
    ).toEqual([
      's3:GetBucketNotification',
      'sqs:GetQueueUrl',
      'scheduler:GetSchedule',
      'cloudwatch:DescribeAlarms',
      'sqs:GetQueueUrl and sqs:GetQueueAttributes',
      'sns:ListSubscriptionsByTopic',
    ]);
  });
});
