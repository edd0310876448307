import { Aws, CfnDeletionPolicy, Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { DockerImageAsset, Platform } from 'aws-cdk-lib/aws-ecr-assets';
import {
  type CfnTaskDefinition,
  Cluster,
  ContainerImage,
  ContainerInsights,
  CpuArchitecture,
  FargateTaskDefinition,
  LogDriver,
  OperatingSystemFamily,
} from 'aws-cdk-lib/aws-ecs';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
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
import { checkedSize, type FargateSize } from './fargate-size';
import { grantObjects } from './grants';
import type { KpiTables } from './kpi-tables';
import type { Network } from './network';
import { serviceRole } from './service-role';
import { acknowledgeWildcards } from './wildcards';

/** The one place a task may write to; the Dockerfile declares it as a volume of the image's user, with TMPDIR on it. */
const SCRATCH = '/scratch';

/** `node`, as the image has it. */
const USER = '1000:1000';

/** From SIGTERM to SIGKILL, the most that Fargate grants: a task that is stopped waits for the commit it is at, and ends. */
const STOP_TIMEOUT = Duration.seconds(120);

interface TasksProps {
  readonly names: ResourceNames;
  readonly bucket: Bucket;
  readonly network: Network;
  readonly tables: KpiTables;
  readonly size: FargateSize;
  readonly reportingTimeZone: string;
  readonly maxBadRowShare: number;
  readonly fileRetentionDays?: number | undefined;
  readonly logRetentionDays?: number | undefined;
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
    const size = checkedSize(props.size);
    this.cluster = new Cluster(this, 'Cluster', {
      clusterName: names.cluster,
      vpc: props.network.vpc,
      enableFargateCapacityProviders: true,
      containerInsightsV2: ContainerInsights.DISABLED,
    });
    Validations.of(this.cluster).acknowledge({
      id: 'AwsSolutions-ECS4',
      reason:
        'Container Insights bills a dozen metrics for every task, for tasks that live for minutes; what an operator needs of them is in their own metrics, results and logs.',
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
        ...size,
        family: taskFamily(names, task),
        runtimePlatform: {
          cpuArchitecture: CpuArchitecture.ARM64,
          operatingSystemFamily: OperatingSystemFamily.LINUX,
        },
        taskRole: serviceRole(this, `${task}-role`, 'ecs-tasks'),
        executionRole: new Role(this, `${task}-execution-role`, {
          assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com'),
        }),
        volumes: [{ name: 'scratch' }],
      });
      // An execution that runs while the stack is updated goes on with the revision it began with.
      const { cfnOptions } = definition.node.defaultChild as CfnTaskDefinition;
      cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
      cfnOptions.deletionPolicy = CfnDeletionPolicy.DELETE;
      const container = definition.addContainer(task, {
        image: ContainerImage.fromDockerImageAsset(image),
        command: [`${task}.cjs`],
        entryPoint: ['node'],
        user: USER,
        readonlyRootFilesystem: true,
        stopTimeout: STOP_TIMEOUT,
        environment: {
          BUCKET_NAME: bucket.bucketName,
          MEMORY_LIMIT_MB: String(size.memoryLimitMiB),
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
      container.addMountPoints({ sourceVolume: 'scratch', containerPath: SCRATCH, readOnly: false });
      acknowledgeWildcards(
        definition.executionRole,
        ['*'],
        'ecr:GetAuthorizationToken, which AWS offers on nothing less than everything.',
      );
      Validations.of(definition).acknowledge({
        id: 'AwsSolutions-ECS2',
        reason: 'The variables are names and settings; no task has a secret.',
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
    grantObjects(bucket, validate.taskRole, {
      read: [INPUT, RESULTS],
      list: [INPUT, RESULTS],
      upload: [RESULTS, REJECTED],
    });
    grantObjects(bucket, stage.taskRole, {
      read: [RESULTS, STAGING],
      list: [RESULTS, STAGING],
      write: [RESULTS],
      upload: [STAGING],
      remove: [STAGING],
    });
    grantObjects(bucket, transform.taskRole, {
      read: [STAGING, KPIS],
      list: [STAGING, KPIS],
      write: [RESULTS],
      upload: [KPIS],
      remove: [KPIS],
    });
    grantObjects(bucket, this.maintain.taskRole, {
      read: [STAGING, KPIS, MAINTAIN_RESULTS],
      list: [STAGING, KPIS, RESULTS],
      write: [MAINTAIN_RESULTS],
      upload: [STAGING, KPIS],
      remove: [STAGING, KPIS, ROWS_OF_EXECUTIONS],
    });
    // Not by the tables' own grant, which is for their indexes, too.
    transform.taskRole.addToPrincipalPolicy(
      new PolicyStatement({
        actions: ['dynamodb:BatchWriteItem', 'dynamodb:Scan'],
        resources: [tables.orders.tableArn, tables.categories.tableArn],
      }),
    );
  }
}

const taskFamily = (names: ResourceNames, task: TaskContainer | 'maintain') => `${names.cluster}-${task}`;

const ecsArn = (rest: string) => `arn:${Aws.PARTITION}:ecs:${Aws.REGION}:${Aws.ACCOUNT_ID}:${rest}`;

/** `arn:...:task/<cluster>/*`: every task of our cluster. */
export function tasksArn(names: ResourceNames): string {
  return ecsArn(`task/${names.cluster}/*`);
}

/** Every revision of a task's definition: a running execution has that of its start, which an update may have replaced. */
export function definitionRevisionsArn(names: ResourceNames, task: TaskContainer): string {
  return ecsArn(`task-definition/${taskFamily(names, task)}:*`);
}

/** What the state machine may move: input/ away, into archive/ and rejected/. */
export const MOVES = { from: INPUT, to: [ARCHIVE, REJECTED] } as const;
