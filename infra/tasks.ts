import { Aws, CfnDeletionPolicy, Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { DockerImageAsset, Platform } from 'aws-cdk-lib/aws-ecr-assets';
import {
  CfnClusterCapacityProviderAssociations,
  type CfnTaskDefinition,
  Cluster,
  ContainerImage,
  ContainerInsights,
  CpuArchitecture,
  FargateTaskDefinition,
  LogDriver,
  OperatingSystemFamily,
} from 'aws-cdk-lib/aws-ecs';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct, type IDependable } from 'constructs';
import type { ResourceNames } from '../domain/names';
import { KPIS, MAINTAIN_RESULTS, MARTS, RESULTS, ROWS_OF_EXECUTIONS, STAGING } from '../domain/object-keys';
import { STOP_GRACE_SECONDS } from '../state-machine/timeouts';
import { codeDirectory } from './code-directory';
import { checkedSize, type FargateSize } from './fargate-size';
import { grantObjects } from './grants';
import type { Network } from './network';
import { awaitRights, serviceRole } from './service-role';
import {
  grantTask,
  type OfTasks,
  ofTasks,
  type TaskSettings,
  taskVariables,
  type WorkflowTask,
} from './task-rights';
import { acknowledgeWildcards } from './wildcards';

/** The one place a task may write to; the Dockerfile declares it as a volume of the image's user, with TMPDIR on it. */
const SCRATCH = '/scratch';

/** `node`, as the image has it. */
const USER = '1000:1000';

interface TasksProps extends TaskSettings {
  readonly names: ResourceNames;
  readonly network: Network;
  readonly size: FargateSize;
  readonly fileRetentionDays?: number | undefined;
  readonly logRetentionDays?: number | undefined;
}

/** The Fargate tasks: one image, a command and a role of its own for each. */
export class Tasks extends Construct {
  readonly cluster: Cluster;
  /** Those of the workflow. */
  readonly definitions: OfTasks<FargateTaskDefinition>;
  readonly maintain: FargateTaskDefinition;
  readonly image: DockerImageAsset;

  constructor(scope: Construct, id: string, props: TasksProps) {
    super(scope, id);
    const { bucket, names } = props;
    const size = checkedSize(props.size);
    this.cluster = new Cluster(this, 'Cluster', {
      clusterName: names.cluster,
      vpc: props.network.vpc,
      containerInsightsV2: ContainerInsights.DISABLED,
    });
    Validations.of(this.cluster).acknowledge({
      id: 'AwsSolutions-ECS4',
      reason:
        'Container Insights bills a dozen metrics for every task, for tasks that live for minutes; what an operator needs of them is in their own metrics, results and logs.',
    });
    this.image = new DockerImageAsset(this, 'Image', {
      directory: codeDirectory('image'),
      platform: Platform.LINUX_ARM64,
    });

    const define = (
      task: WorkflowTask | 'maintain',
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
        image: ContainerImage.fromDockerImageAsset(this.image),
        command: [`${task}.cjs`],
        entryPoint: ['node'],
        user: USER,
        readonlyRootFilesystem: true,
        stopTimeout: Duration.seconds(STOP_GRACE_SECONDS),
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

    const ofWorkflow = (task: WorkflowTask) => define(task, taskVariables(task, props));
    this.definitions = ofTasks(props, ofWorkflow);

    this.maintain = define('maintain', {
      TARGET_FILE_MB: String(props.targetFileMb),
      ...(props.fileRetentionDays !== undefined && { FILE_RETENTION_DAYS: String(props.fileRetentionDays) }),
      ...(props.logRetentionDays !== undefined && { LOG_RETENTION_DAYS: String(props.logRetentionDays) }),
    });

    for (const [task, { taskRole }] of Object.entries(this.definitions))
      grantTask(task as WorkflowTask, taskRole, props);
    grantObjects(bucket, this.maintain.taskRole, {
      read: [STAGING, KPIS, MARTS, MAINTAIN_RESULTS],
      list: [STAGING, KPIS, MARTS, RESULTS],
      write: [MAINTAIN_RESULTS],
      upload: [STAGING, KPIS, MARTS],
      remove: [STAGING, KPIS, MARTS, ROWS_OF_EXECUTIONS],
    });

    // Whatever starts a task refers to its definition, and so waits for the policies of both roles.
    for (const { node, taskRole, executionRole } of [...Object.values(this.definitions), this.maintain]) {
      const roles = [taskRole, ...(executionRole ? [executionRole] : [])];
      awaitRights(node.defaultChild as CfnTaskDefinition, ...roles);
    }
  }

  /**
   * Lets the cluster place tasks on Fargate and Fargate Spot. In an account that never used ECS, ECS creates its service-linked
   * role along with the first cluster, and refuses this association for the seconds until that role can be assumed. So create
   * it after something that takes longer.
   * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using-service-linked-roles.html
   */
  associateCapacityProviders(after: IDependable): CfnClusterCapacityProviderAssociations {
    const association = new CfnClusterCapacityProviderAssociations(this.cluster, 'Cluster', {
      cluster: this.cluster.clusterName,
      capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
      defaultCapacityProviderStrategy: [],
    });
    association.node.addDependency(after);
    return association;
  }
}

const taskFamily = (names: ResourceNames, task: WorkflowTask | 'maintain') => `${names.cluster}-${task}`;

const ecsArn = (rest: string) => `arn:${Aws.PARTITION}:ecs:${Aws.REGION}:${Aws.ACCOUNT_ID}:${rest}`;

/** `arn:...:task/<cluster>/*`: every task of our cluster. */
export function tasksArn(names: ResourceNames): string {
  return ecsArn(`task/${names.cluster}/*`);
}

/** Every revision of a task's definition: a running execution has that of its start, which an update may have replaced. */
export function definitionRevisionsArn(names: ResourceNames, task: WorkflowTask): string {
  return ecsArn(`task-definition/${taskFamily(names, task)}:*`);
}
