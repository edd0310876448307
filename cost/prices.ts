/** AWS's list prices in US dollars, before tax, read from the pages of each service. */
export const PRICES_AS_OF = { date: '2026-11', region: 'us-east-1 (N. Virginia)', currency: 'USD' } as const;

interface Price {
  readonly service: string;
  /** For `per` units. */
  readonly dollars: number;
  readonly per: number;
  readonly unit: string;
  /** Units per month that are always free for every account, not only in its first year. */
  readonly free?: number;
  /** The service's pricing page. */
  readonly source: string;
}

const FARGATE = { service: 'Fargate', source: 'https://aws.amazon.com/fargate/pricing/' };
const EMR = { service: 'EMR Serverless', source: 'https://aws.amazon.com/emr/pricing/' };
const LAMBDA = { service: 'Lambda', source: 'https://aws.amazon.com/lambda/pricing/' };
const S3 = { service: 'S3', source: 'https://aws.amazon.com/s3/pricing/' };
const DYNAMODB = { service: 'DynamoDB', source: 'https://aws.amazon.com/dynamodb/pricing/on-demand/' };
const CLOUDWATCH = { service: 'CloudWatch', source: 'https://aws.amazon.com/cloudwatch/pricing/' };

const TABLE = {
  /** Linux on ARM, billed per second from the pull of the image, at least one minute. */
  fargateCpu: { ...FARGATE, dollars: 0.03238, per: 1, unit: 'vCPU-hour' },
  fargateMemory: { ...FARGATE, dollars: 0.00356, per: 1, unit: 'GB-hour' },
  /** Above the 20 GB that every task includes. */
  fargateDisk: { ...FARGATE, dollars: 0.000111, per: 1, unit: 'GB-hour of disk' },
  /** Linux on ARM; each worker at least a minute. */
  emrCpu: { ...EMR, dollars: 0.042094, per: 1, unit: 'vCPU-hour' },
  emrMemory: { ...EMR, dollars: 0.004628, per: 1, unit: 'GB-hour' },
  emrDisk: { ...EMR, dollars: 0.000111, per: 1, unit: 'GB-hour of disk' },
  publicAddress: {
    service: 'VPC',
    dollars: 0.005,
    per: 1,
    unit: 'hour of a public IPv4 address',
    source: 'https://aws.amazon.com/vpc/pricing/',
  },
  natGateway: {
    service: 'VPC',
    dollars: 0.045,
    per: 1,
    unit: 'hour of a NAT gateway',
    source: 'https://aws.amazon.com/vpc/pricing/',
  },
  /** On ARM. */
  lambdaTime: { ...LAMBDA, dollars: 0.0000133334, per: 1, unit: 'GB-second', free: 400_000 },
  lambdaRequests: { ...LAMBDA, dollars: 0.2, per: 1_000_000, unit: 'invocation', free: 1_000_000 },
  /** Above the 512 MB that every function includes. */
  lambdaDisk: { ...LAMBDA, dollars: 0.0000000309, per: 1, unit: 'GB-second of disk' },
  transitions: {
    service: 'Step Functions',
    dollars: 0.025,
    per: 1000,
    unit: 'state transition',
    free: 4000,
    source: 'https://aws.amazon.com/step-functions/pricing/',
  },
  s3Writes: { ...S3, dollars: 0.005, per: 1000, unit: 'PUT, COPY or LIST' },
  s3Reads: { ...S3, dollars: 0.0004, per: 1000, unit: 'GET or HEAD' },
  s3Standard: { ...S3, dollars: 0.023, per: 1, unit: 'GB-month' },
  s3Glacier: { ...S3, dollars: 0.004, per: 1, unit: 'GB-month, Glacier Instant Retrieval' },
  s3Transitions: { ...S3, dollars: 0.02, per: 1000, unit: 'transition to Glacier Instant Retrieval' },
  dynamoWrites: { ...DYNAMODB, dollars: 0.625, per: 1_000_000, unit: 'write of up to 1 KB' },
  dynamoStorage: { ...DYNAMODB, dollars: 0.25, per: 1, unit: 'GB-month', free: 25 },
  dynamoRecovery: { ...DYNAMODB, dollars: 0.2, per: 1, unit: 'GB-month of point-in-time recovery' },
  sqsRequests: {
    service: 'SQS',
    dollars: 0.4,
    per: 1_000_000,
    unit: 'request',
    free: 1_000_000,
    source: 'https://aws.amazon.com/sqs/pricing/',
  },
  snsEmails: {
    service: 'SNS',
    dollars: 2,
    per: 100_000,
    unit: 'e-mail',
    free: 1000,
    source: 'https://aws.amazon.com/sns/pricing/',
  },
  schedules: {
    service: 'EventBridge',
    dollars: 1,
    per: 1_000_000,
    unit: 'scheduled invocation',
    free: 14_000_000,
    source: 'https://aws.amazon.com/eventbridge/pricing/',
  },
  logs: { ...CLOUDWATCH, dollars: 0.5, per: 1, unit: 'GB of ingested logs', free: 5 },
  logStorage: { ...CLOUDWATCH, dollars: 0.03, per: 1, unit: 'GB-month of logs' },
  metrics: { ...CLOUDWATCH, dollars: 0.3, per: 1, unit: 'metric-month', free: 10 },
  /** For each metric of an alarm. */
  alarms: { ...CLOUDWATCH, dollars: 0.1, per: 1, unit: 'alarm metric-month', free: 10 },
  /** Free with up to 50 metrics each. */
  dashboards: { ...CLOUDWATCH, dollars: 3, per: 1, unit: 'dashboard-month', free: 3 },
  traces: {
    service: 'X-Ray',
    dollars: 5,
    per: 1_000_000,
    unit: 'trace',
    free: 100_000,
    source: 'https://aws.amazon.com/xray/pricing/',
  },
  images: {
    service: 'ECR',
    dollars: 0.1,
    per: 1,
    unit: 'GB-month',
    source: 'https://aws.amazon.com/ecr/pricing/',
  },
  /** The first million of an account's first year are free, which is not counted. */
  httpRequests: {
    service: 'API Gateway',
    dollars: 1,
    per: 1_000_000,
    unit: 'request of an HTTP API, up to 512 KB',
    source: 'https://aws.amazon.com/api-gateway/pricing/',
  },
  shardHours: {
    service: 'Kinesis',
    dollars: 0.015,
    per: 1,
    unit: 'hour of a shard',
    source: 'https://aws.amazon.com/kinesis/data-streams/pricing/',
  },
  /** Each up to 25 KB. */
  streamWrites: {
    service: 'Kinesis',
    dollars: 0.014,
    per: 1_000_000,
    unit: 'PUT payload unit',
    source: 'https://aws.amazon.com/kinesis/data-streams/pricing/',
  },
  secretReads: {
    service: 'Secrets Manager',
    dollars: 0.05,
    per: 10_000,
    unit: 'request',
    source: 'https://aws.amazon.com/secrets-manager/pricing/',
  },
  secrets: {
    service: 'Secrets Manager',
    dollars: 0.4,
    per: 1,
    unit: 'secret-month',
    source: 'https://aws.amazon.com/secrets-manager/pricing/',
  },
  keys: {
    service: 'KMS',
    dollars: 1,
    per: 1,
    unit: 'key-month',
    source: 'https://aws.amazon.com/kms/pricing/',
  },
} as const satisfies Record<string, Price>;

export type PriceName = keyof typeof TABLE;

export const PRICES: Readonly<Record<PriceName, Price>> = TABLE;
