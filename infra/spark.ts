import { Aws, Duration, Fn, RemovalPolicy } from 'aws-cdk-lib';
import { Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnApplication } from 'aws-cdk-lib/aws-emrserverless';
import { Effect, PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { Construct } from 'constructs';
import type { ResourceNames } from '../domain/names';
import { KPIS, LOGS_OF_TABLES, MARTS, RESULTS, SPARK_OF_EXECUTIONS, STAGING } from '../domain/object-keys';
import { packagePath } from '../package-path';
import type { AlarmDefinition } from './alarm-definitions';
import { grantObjects } from './grants';
import { serviceRole } from './service-role';
import { acknowledgeWildcards } from './wildcards';

export interface SparkOptions {
  /** Tasks of a batch of as many bytes, as its files lie in S3, run on Spark. */
  readonly batchBytes: number;
  /** The most that all workers of all jobs have together. */
  readonly maxVcpu: number;
}

/**
 * docs/cost.md has the arithmetic of the bytes: a Fargate task stages 8 GB of compressed events within its 50 minutes. Sixteen workers stage
 * that many times as much, and are a quota that new accounts must ask for.
 */
export const DEFAULT_SPARK: SparkOptions = { batchBytes: 5_000_000_000, maxVcpu: 64 };

/** The newest release with Spark 3.5, which is 3.5.6 there, on Python 3.9 and Java 17. */
const RELEASE = 'emr-7.13.0';

/** The driver is a worker, too. EMR Serverless adds a tenth of the heap for what is outside of it, and rounds up to 16 GB. */
const WORKER = { vcpu: 4, memoryGb: 16, heapGb: 14, diskGb: 100 };
export const MIN_VCPU = 2 * WORKER.vcpu;

/** An application that is stopped, and one that is started without jobs, costs nothing: it has no capacity of its own. */
const IDLE_MINUTES = 15;

/** What a job writes before it moves it to its place, and deletes afterwards. */
const TEMPORARY = [STAGING, KPIS, MARTS].flatMap((prefix) => [
  `${prefix}*/_temporary/`,
  `${prefix}*/__magic`,
]);

interface SparkProps {
  readonly names: ResourceNames;
  readonly bucket: Bucket;
  readonly options: SparkOptions;
}

/** Spark on EMR Serverless: the application, which runs the job of engine/spark/job.py, and the job's role and log. */
export class Spark extends Construct {
  readonly application: CfnApplication;
  readonly role: Role;
  readonly batchBytes: number;
  /** For the definition of the state machine. */
  readonly substitutions: Readonly<Record<string, string>>;

  constructor(scope: Construct, id: string, { names, bucket, options }: SparkProps) {
    super(scope, id);
    const workers = Math.floor(options.maxVcpu / WORKER.vcpu);
    this.batchBytes = options.batchBytes;
    // In no VPC: it reaches S3 and CloudWatch Logs of its region, and nothing else.
    this.application = new CfnApplication(this, 'Application', {
      name: names.spark,
      type: 'SPARK',
      releaseLabel: RELEASE,
      architecture: 'ARM64',
      maximumCapacity: {
        cpu: `${workers * WORKER.vcpu} vCPU`,
        memory: `${workers * WORKER.memoryGb} GB`,
        disk: `${workers * WORKER.diskGb} GB`,
      },
      autoStartConfiguration: { enabled: true },
      autoStopConfiguration: { enabled: true, idleTimeoutMinutes: IDLE_MINUTES },
    });
    const log = new LogGroup(this, 'Log', {
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const job = new Asset(this, 'Job', { path: packagePath('engine', 'spark', 'job.py') });
    this.role = jobRole(this, { bucket, log, job });
    this.substitutions = {
      SparkApplicationId: this.application.attrApplicationId,
      SparkRoleArn: this.role.roleArn,
      SparkJobUri: job.s3ObjectUrl,
      SparkSubmitParameters: submitParameters(workers),
      SparkLogGroup: log.logGroupName,
    };
  }

  /** Lets a state machine run jobs: https://docs.aws.amazon.com/step-functions/latest/dg/emr-serverless-iam.html */
  grantRun(role: Role): void {
    const allow = (actions: string[], resources: string[], conditions?: Record<string, unknown>) =>
      role.addToPolicy(new PolicyStatement({ actions, resources, ...(conditions && { conditions }) }));
    const jobRuns = Fn.join('', [this.application.attrArn, '/jobruns/*']);
    allow(['emr-serverless:StartJobRun'], [this.application.attrArn]);
    allow(['emr-serverless:GetJobRun', 'emr-serverless:CancelJobRun'], [jobRuns]);
    allow(['iam:PassRole'], [this.role.roleArn], {
      StringEquals: { 'iam:PassedToService': 'emr-serverless.amazonaws.com' },
    });
    // How startJobRun.sync hears of a job's end.
    allow(
      ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'],
      [
        `arn:${Aws.PARTITION}:events:${Aws.REGION}:${Aws.ACCOUNT_ID}:rule/StepFunctionsGetEventsForEMRServerlessJobRule`,
      ],
    );
    acknowledgeWildcards(role, [jobRuns], 'Job runs of one application.');
  }
}

/** https://docs.aws.amazon.com/emr/latest/EMR-Serverless-UserGuide/app-job-metrics.html */
export function sparkFailed({ application }: Spark): AlarmDefinition {
  return {
    name: 'spark-failed',
    section: 'spark-failed',
    symptom: 'A job on Spark failed; its task went on to Fargate, which may be too small for the batch.',
    metric: new Metric({
      namespace: 'AWS/EMRServerless',
      metricName: 'FailedJobs',
      dimensionsMap: {
        ApplicationId: application.attrApplicationId,
        ApplicationName: String(application.name),
      },
      statistic: 'Sum',
      period: Duration.minutes(5),
    }),
    threshold: 1,
    // Nothing is reported of an application that is stopped.
    missing: TreatMissingData.NOT_BREACHING,
  };
}

/**
 * A job reads the tables and what its plan names, and writes data files. It can neither commit to a table nor delete a data file; what it
 * writes counts only after a task has committed it.
 */
function jobRole(
  scope: Construct,
  { bucket, log, job }: { bucket: Bucket; log: LogGroup; job: Asset },
): Role {
  const role = serviceRole(scope, 'job-role', 'emr-serverless');
  const allow = (actions: string[], resources: string[]) =>
    role.addToPolicy(new PolicyStatement({ actions, resources }));
  allow(['s3:GetObject'], [`arn:${Aws.PARTITION}:s3:::${job.s3BucketName}/${job.s3ObjectKey}`]);
  const tables = [STAGING, KPIS, MARTS];
  grantObjects(bucket, role, {
    read: [RESULTS, ...tables],
    list: [RESULTS, ...tables],
    upload: [SPARK_OF_EXECUTIONS, ...tables],
    remove: TEMPORARY,
  });
  role.addToPolicy(
    new PolicyStatement({
      effect: Effect.DENY,
      actions: ['s3:PutObject'],
      resources: [bucket.arnForObjects(`${LOGS_OF_TABLES}*`)],
    }),
  );
  acknowledgeWildcards(role, [bucket.arnForObjects(`${LOGS_OF_TABLES}*`)], 'The logs of all tables, denied.');
  // https://docs.aws.amazon.com/emr/latest/EMR-Serverless-UserGuide/logging.html
  allow(['logs:DescribeLogGroups'], ['*']);
  allow(['logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogStreams'], [log.logGroupArn]);
  acknowledgeWildcards(
    role,
    ['*'],
    'logs:DescribeLogGroups, which AWS offers on nothing less than everything.',
  );
  return role;
}

function submitParameters(workers: number): string {
  const { vcpu, heapGb, diskGb } = WORKER;
  const settings = {
    'spark.driver.cores': vcpu,
    'spark.driver.memory': `${heapGb}g`,
    'spark.executor.cores': vcpu,
    'spark.executor.memory': `${heapGb}g`,
    'spark.emr-serverless.executor.disk': `${diskGb}g`,
    'spark.dynamicAllocation.maxExecutors': workers - 1,
  };
  return Object.entries(settings)
    .map(([name, value]) => `--conf ${name}=${value}`)
    .join(' ');
}
