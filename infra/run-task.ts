import { Aws, Fn } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { CfnStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { ResourceNames } from '../domain/names';
import { SPARK_OF_EXECUTIONS, sparkJobsPrefix } from '../domain/object-keys';
import runTask from '../state-machine/run-task.asl.json';
import sparkStates from '../state-machine/spark.asl.json';
import { SPARK_TIMEOUTS } from '../state-machine/timeouts';
import { grantObjects } from './grants';
import type { Network } from './network';
import { awaitRights } from './service-role';
import type { SmallBatches } from './small-batches';
import type { Spark } from './spark';
import { stateMachine, stateMachineRole } from './state-machine';
import { taskNames } from './task-rights';
import { definitionRevisionsArn, type Tasks, tasksArn } from './tasks';
import { acknowledgeWildcards } from './wildcards';

interface RunTaskProps {
  readonly names: ResourceNames;
  readonly bucket: Bucket;
  readonly network: Network;
  readonly tasks: Tasks;
  readonly smallBatches: SmallBatches;
  /** A batch of fewer bytes is small. */
  readonly smallBatchBytes: number;
  /** Whether a task's first try goes to spare capacity, at about a third of the price; a second never does. */
  readonly spot: boolean;
  /** Runs large batches, if there. */
  readonly spark: Spark | undefined;
}

/** The state machine of state-machine/run-task.asl.json, and of spark.asl.json beside it: runs one task on the engine that suits the batch. */
export class RunTask extends Construct {
  readonly stateMachine: CfnStateMachine;

  constructor(scope: Construct, id: string, props: RunTaskProps) {
    super(scope, id);
    const { names, bucket, network, tasks, smallBatches, spot, spark } = props;
    const role = stateMachineRole(this);
    const allow = (actions: string[], resources: string[], conditions?: Record<string, unknown>) =>
      role.addToPolicy(new PolicyStatement({ actions, resources, ...(conditions && { conditions }) }));

    const definitions = Object.values(tasks.definitions);
    const revisions = taskNames(tasks.definitions).map((task) => definitionRevisionsArn(names, task));
    allow(['ecs:RunTask'], revisions, { ArnEquals: { 'ecs:cluster': tasks.cluster.clusterArn } });
    allow(['ecs:StopTask', 'ecs:DescribeTasks'], [tasksArn(names)]);
    allow(
      ['iam:PassRole'],
      definitions.flatMap(({ taskRole, executionRole }) => [
        taskRole.roleArn,
        ...(executionRole ? [executionRole.roleArn] : []),
      ]),
      { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
    );
    // How runTask.sync hears of a task's end: https://docs.aws.amazon.com/step-functions/latest/dg/connect-ecs.html
    allow(
      ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'],
      [
        `arn:${Aws.PARTITION}:events:${Aws.REGION}:${Aws.ACCOUNT_ID}:rule/StepFunctionsGetEventsForECSTaskRule`,
      ],
    );
    allow(
      ['lambda:InvokeFunction'],
      Object.values(smallBatches.functions).map(({ functionArn }) => functionArn),
    );
    acknowledgeWildcards(role, [...revisions, tasksArn(names)], 'Revisions of a task; tasks of a cluster.');

    if (spark) {
      spark.grantRun(role);
      grantObjects(bucket, role, { read: [SPARK_OF_EXECUTIONS], write: [sparkJobsPrefix('*')] });
    }

    this.stateMachine = stateMachine(this, {
      name: names.runTask,
      definition: withThresholds(spark ? withSpark() : runTask, {
        // A batch that is to run on Spark is not small, however few bytes it has.
        SmallBatchBytes: Math.min(props.smallBatchBytes, spark?.batchBytes ?? Number.POSITIVE_INFINITY),
        SparkBatchBytes: spark?.batchBytes,
      }),
      substitutions: {
        TaskFunctionPrefix: names.taskFunction(''),
        ClusterArn: tasks.cluster.clusterArn,
        FirstCapacityProvider: spot ? 'FARGATE_SPOT' : 'FARGATE',
        SubnetIds: Fn.join(',', [...network.subnetIds]),
        SecurityGroupId: network.securityGroup.securityGroupId,
        AssignPublicIp: network.assignPublicIp,
        ...(spark && { BucketName: bucket.bucketName, ...spark.substitutions }),
      },
      role,
    });
    if (spark) awaitRights(this.stateMachine, spark.role);
    // Its tasks need the routes of the subnets.
    this.stateMachine.node.addDependency(network);
  }
}

/** The definition with the states of state-machine/spark.asl.json before Fargate, and hours for them. */
function withSpark(): object {
  const { States: states } = runTask;
  const ChooseEngine = { ...states.ChooseEngine, Default: 'IsLarge' };
  return {
    ...runTask,
    TimeoutSeconds: SPARK_TIMEOUTS.runTask,
    States: { ...states, ChooseEngine, ...sparkStates },
  };
}

/** CloudFormation substitutes strings alone, and the comparisons need numbers. */
function withThresholds(definition: object, bytes: Readonly<Record<string, number | undefined>>): object {
  return JSON.parse(JSON.stringify(definition), (_, value) =>
    typeof value === 'string' ? (bytes[/^\$\{(\w+)\}$/.exec(value)?.[1] ?? ''] ?? value) : value,
  );
}
