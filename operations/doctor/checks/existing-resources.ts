import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { HeadBucketCommand, ListBucketsCommand } from '@aws-sdk/client-s3';
import { GetScheduleCommand } from '@aws-sdk/client-scheduler';
import { DescribeSecretCommand } from '@aws-sdk/client-secrets-manager';
import { DescribeStateMachineCommand } from '@aws-sdk/client-sfn';
import { GetTopicAttributesCommand } from '@aws-sdk/client-sns';
import { GetQueueUrlCommand } from '@aws-sdk/client-sqs';
import type { Account } from '../account';
import { type AccountCheck, type Finding, failed, notChecked, ok, warning } from '../check';
import { requires, statusOf, unlessNamed } from '../permission';
import type { NamedResource } from '../plan';

/** Who has a name: `free` if nobody. */
export type Owner = 'free' | 'account' | 'other';

/** Do resources without a stack, or another account's bucket, have the names of the plan? */
export const existingResources: AccountCheck = {
  id: 'existing-resources',
  title: 'names of the resources',
  async run({ account, plan, stack }) {
    if (stack.isDeployed === undefined) return notChecked('the state of the stack is not known');
    if (stack.isDeployed) return ok('the stack exists; this would be an update');
    const owned = await Promise.all(
      plan.named.map(async (resource) => ({ ...resource, owner: await ownerOf(account, resource) })),
    );
    return judgeExisting(owned);
  },
};

export function judgeExisting(resources: readonly (NamedResource & { readonly owner: Owner })[]): Finding {
  const listed = (some: readonly NamedResource[]) => some.map(({ name }) => name).join(', ');
  const foreign = resources.filter(({ owner }) => owner === 'other');
  if (foreign.length > 0) {
    return failed(
      `another account has the bucket ${listed(foreign)}`,
      'another prefix, such as -c prefix=shop-',
    );
  }
  const existing = resources.filter(({ owner }) => owner === 'account');
  if (existing.length === 0) return ok(`${resources.length} names are free`);
  const inTheWay = existing.filter(({ isRetained }) => !isRetained);
  if (inTheWay.length > 0) {
    return failed(
      `${listed(inTheWay)} exist without a stack`,
      'delete them, or choose another prefix, such as -c prefix=shop-',
    );
  }
  return warning(
    `${listed(existing)} exist without a stack, probably from an earlier deployment`,
    'npx cdk deploy --import-existing-resources',
  );
}

async function ownerOf(account: Account, { type, name }: NamedResource): Promise<Owner> {
  if (type === 'AWS::S3::Bucket') return bucketOwner(account, name);
  const lookup = LOOKUPS[type];
  if (!lookup) throw new Error(`${type} cannot be looked up`);
  const { permission, missing, find } = lookup;
  const found = await requires(permission, () => unlessNamed(missing, find(account, name)));
  return found === undefined ? 'free' : 'account';
}

interface Lookup {
  readonly permission: string;
  /** The error codes if the resource does not exist. */
  readonly missing: readonly string[];
  readonly find: (account: Account, name: string) => Promise<unknown>;
}

/** The types that can be looked up by name, and buckets. */
export const LOOKUPS: Readonly<Record<string, Lookup>> = {
  'AWS::DynamoDB::Table': {
    permission: 'dynamodb:DescribeTable',
    missing: ['ResourceNotFoundException'],
    find: ({ dynamoDb }, TableName) => dynamoDb.send(new DescribeTableCommand({ TableName })),
  },
  'AWS::Lambda::Function': {
    permission: 'lambda:GetFunctionConfiguration',
    missing: ['ResourceNotFoundException'],
    find: ({ lambda }, FunctionName) => lambda.send(new GetFunctionConfigurationCommand({ FunctionName })),
  },
  'AWS::SNS::Topic': {
    permission: 'sns:GetTopicAttributes',
    missing: ['NotFound', 'NotFoundException'],
    find: ({ sns, partition, region, account }, name) =>
      sns.send(
        new GetTopicAttributesCommand({ TopicArn: `arn:${partition}:sns:${region}:${account}:${name}` }),
      ),
  },
  'AWS::SQS::Queue': {
    permission: 'sqs:GetQueueUrl',
    missing: ['QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue'],
    find: ({ sqs }, QueueName) => sqs.send(new GetQueueUrlCommand({ QueueName })),
  },
  'AWS::Scheduler::Schedule': {
    permission: 'scheduler:GetSchedule',
    missing: ['ResourceNotFoundException'],
    find: ({ scheduler }, Name) => scheduler.send(new GetScheduleCommand({ Name })),
  },
  'AWS::SecretsManager::Secret': {
    permission: 'secretsmanager:DescribeSecret',
    missing: ['ResourceNotFoundException'],
    find: ({ secrets }, SecretId) => secrets.send(new DescribeSecretCommand({ SecretId })),
  },
  'AWS::StepFunctions::StateMachine': {
    permission: 'states:DescribeStateMachine',
    missing: ['StateMachineDoesNotExist'],
    find: ({ sfn, partition, region, account }, name) =>
      sfn.send(
        new DescribeStateMachineCommand({
          stateMachineArn: `arn:${partition}:states:${region}:${account}:stateMachine:${name}`,
        }),
      ),
  },
};

/** The owner of a bucket name, which is unique among all accounts. */
async function bucketOwner({ s3, account }: Account, name: string): Promise<Owner> {
  try {
    await s3.send(new HeadBucketCommand({ Bucket: name, ExpectedBucketOwner: account }));
    return 'account';
  } catch (error) {
    const status = statusOf(error);
    if (status === 404) return 'free';
    // 301: in another region, whose name the bucket would not have.
    if (status === 301) return 'other';
    if (status !== 403) throw error;
  }
  // The bucket is another account's, or these credentials cannot list it.
  const { Buckets = [] } = await requires('s3:ListAllMyBuckets', () => s3.send(new ListBucketsCommand({})));
  return Buckets.some(({ Name }) => Name === name) ? 'account' : 'other';
}
