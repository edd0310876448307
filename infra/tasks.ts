import { Aws, RemovalPolicy } from 'aws-cdk-lib';
import { DockerImageAsset, Platform } from 'aws-cdk-lib/aws-ecr-assets';
import {
  Cluster,
  ContainerImage,
  CpuArchitecture,
  FargateTaskDefinition,
  LogDriver,
  OperatingSystemFamily,
} from 'aws-cdk-lib/aws-ecs';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { ResourceNames } from '../domain/names';
import {
  ARCHIVE,
  INPUT,
  KPIS,
  MAINTAIN_RESULTS,
  REJECTED,
  RESULTS,
  ROWS_OF_EXECUTIONS,
  STAGING,
} from '../domain/object-keys';
import { packagePath } from '../package-path';
import { grantObjects } from './grants';
import type { KpiTables } from './kpi-tables';
import type { Network } from './network';

/** Fargate sizes: memory in MB, CPU units, scratch disk in GiB. */
const SIZE = { cpu: 1024, memoryLimitMiB: 4096, ephemeralStorageGiB: 50 };

interface TasksProps {
  readonly names: ResourceNames;
  readonly bucket: Bucket;
  readonly network: Network;
  readonly tables: KpiTables;
  readonly reportingTimeZone: string;
  readonly maxBadRowShare: number;
  readonly fileRetentionDays?: number;
  readonly logRetentionDays?: number;
}

export type TaskContainer = 'validate' | 'stage' | 'transform';

/** The Fargate tasks: one image, a command and a role of its own for each. */
export class Tasks extends Construct {
  readonly cluster: Cluster;
  /** Those of the workflow. */
  readonly definitions: Readonly<Record<TaskContainer, FargateTaskDefinition>>;
  readonly maintain: FargateTaskDefinition;

  constructor(scope: Construct, id: string, props: TasksProps) {
    super(scope, id);
    const { bucket, tables, names } = props;
    this.cluster = new Cluster(this, 'Cluster', {
      clusterName: names.cluster,
      vpc: props.network.vpc,
      enableFargateCapacityProviders: true,
    });
    const image = new DockerImageAsset(this, 'Image', {
      directory: packagePath('dist', 'image'),
      platform: Platform.LINUX_ARM64,
    });

    const define = (
      task: TaskContainer | 'maintain',
      environment: Record<string, string>,
    ): FargateTaskDefinition => {
      const definition = new FargateTaskDefinition(this, task, {
        ...SIZE,
        family: `${names.cluster}-${task}`,
        runtimePlatform: {
          cpuArchitecture: CpuArchitecture.ARM64,
          operatingSystemFamily: OperatingSystemFamily.LINUX,
        },
      });
      definition.addContainer(task, {
        image: ContainerImage.fromDockerImageAsset(image),
        command: [`${task}.cjs`],
        entryPoint: ['node'],
        environment: {
          BUCKET_NAME: bucket.bucketName,
          MEMORY_LIMIT_MB: String(SIZE.memoryLimitMiB),
          METRICS_SERVICE: names.metricsService,
          ...environment,
        },
        logging: LogDriver.awsLogs({
          streamPrefix: task,
          logGroup: new LogGroup(this, `${task}-log`, {
            retention: RetentionDays.THREE_MONTHS,
            removalPolicy: RemovalPolicy.DESTROY,
          }),
        }),
      });
      return definition;
    };

    this.definitions = {
      validate: define('validate', { MAX_BAD_ROW_SHARE: String(props.maxBadRowShare) }),
      stage: define('stage', {}),
      transform: define('transform', {
        REPORTING_TIME_ZONE: props.reportingTimeZone,
        ORDER_TABLE: tables.orders.tableName,
        CATEGORY_TABLE: tables.categories.tableName,
      }),
    };

    this.maintain = define('maintain', {
      ...(props.fileRetentionDays !== undefined && { FILE_RETENTION_DAYS: String(props.fileRetentionDays) }),
      ...(props.logRetentionDays !== undefined && { LOG_RETENTION_DAYS: String(props.logRetentionDays) }),
    });

    const { validate, stage, transform } = this.definitions;
    grantObjects(bucket, validate.taskRole, { read: [INPUT, RESULTS], write: [RESULTS, REJECTED] });
    grantObjects(bucket, stage.taskRole, {
      read: [RESULTS, STAGING],
      write: [RESULTS, STAGING],
      remove: [STAGING],
    });
    grantObjects(bucket, transform.taskRole, {
      read: [STAGING, KPIS],
      write: [RESULTS, KPIS],
      remove: [KPIS],
    });
    grantObjects(bucket, this.maintain.taskRole, {
      read: [STAGING, KPIS, MAINTAIN_RESULTS],
      list: [RESULTS],
      write: [STAGING, KPIS, MAINTAIN_RESULTS],
      remove: [STAGING, KPIS, ROWS_OF_EXECUTIONS],
    });
    for (const table of [tables.orders, tables.categories]) {
      table.grant(transform.taskRole, 'dynamodb:BatchWriteItem', 'dynamodb:Scan');
    }
  }
}

/** `arn:...:task/<cluster>/*`: every task of our cluster. */
export function tasksArn(names: ResourceNames): string {
  return `arn:${Aws.PARTITION}:ecs:${Aws.REGION}:${Aws.ACCOUNT_ID}:task/${names.cluster}/*`;
}

/** What the state machine may move: input/ away, into archive/ and rejected/. */
export const MOVES = { from: INPUT, to: [ARCHIVE, REJECTED] } as const;
