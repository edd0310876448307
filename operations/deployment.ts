import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import type { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { LOCAL_REGION, type ResourceNames, resourceNames } from '../domain/names';
import { s3Client } from '../storage/s3-client';
import { DeploymentError } from './errors';

type Environment = Readonly<Record<string, string | undefined>>;

/** Clients for one deployment of Daybook, and the names of its resources. */
export interface Deployment {
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly sfn: SFNClient;
  readonly dynamoDb: DynamoDBClient;
  readonly lambda: LambdaClient;
  readonly logs: CloudWatchLogsClient;
  readonly names: ResourceNames;
  readonly account: string;
  readonly region: string;
  /** `aws`, `aws-cn` or `aws-us-gov`. */
  readonly partition: string;
  readonly bucket: string;
  readonly stateMachineArn: string;
  /** True if the endpoint is a loopback address. */
  readonly isLocal: boolean;
}

/**
 * Connects to the deployment that the environment selects: account and region of the credentials, endpoint AWS_ENDPOINT_URL,
 * prefix DAYBOOK_PREFIX. A loopback endpoint accepts any credentials, so none have to be set.
 * @throws DeploymentError for an endpoint that is not a URL, or an invalid prefix
 */
export async function connect(env: Environment = process.env): Promise<Deployment> {
  const names = namesOf(env.DAYBOOK_PREFIX);
  const { isLocal, ...config } = clientConfig(env);
  const sts = new STSClient(config);
  const { Account: account = '' } = await sts.send(new GetCallerIdentityCommand({}));
  const region = await sts.config.region();
  const partition = region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
  return {
    s3: s3Client(config),
    sqs: new SQSClient(config),
    sfn: new SFNClient(config),
    dynamoDb: new DynamoDBClient(config),
    lambda: new LambdaClient(config),
    logs: new CloudWatchLogsClient(config),
    names,
    account,
    region,
    partition,
    bucket: names.bucket(account, region),
    stateMachineArn: `arn:${partition}:states:${region}:${account}:stateMachine:${names.stateMachine}`,
    isLocal,
  };
}

/**
 * The configuration of every SDK client.
 * @throws DeploymentError for an endpoint that is not a URL
 */
export function clientConfig(env: Environment) {
  const endpoint = env.AWS_ENDPOINT_URL || undefined;
  const isLocal = endpoint !== undefined && isLoopback(endpoint);
  const hasCredentials = Boolean(env.AWS_ACCESS_KEY_ID ?? env.AWS_PROFILE);
  return {
    isLocal,
    ...(endpoint && { endpoint }),
    ...(isLocal && !env.AWS_REGION && { region: env.AWS_DEFAULT_REGION ?? LOCAL_REGION }),
    ...(isLocal && !hasCredentials && { credentials: { accessKeyId: 'local', secretAccessKey: 'local' } }),
  };
}

export function disconnect({ s3, sqs, sfn, dynamoDb, lambda, logs }: Deployment): void {
  for (const client of [s3, sqs, sfn, dynamoDb, lambda, logs]) client.destroy();
}

/** @throws DeploymentError for an invalid DAYBOOK_PREFIX */
export function namesOf(prefix: string | undefined): ResourceNames {
  try {
    return resourceNames(prefix);
  } catch (error) {
    if (error instanceof RangeError) throw new DeploymentError(`DAYBOOK_PREFIX: ${error.message}`);
    throw error;
  }
}

function isLoopback(endpoint: string): boolean {
  if (!URL.canParse(endpoint)) {
    throw new DeploymentError(
      `AWS_ENDPOINT_URL: expected a URL such as http://127.0.0.1:4566, got ${JSON.stringify(endpoint)}`,
    );
  }
  const { hostname } = new URL(endpoint);
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
}
