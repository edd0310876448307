import { Aws, Fn } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { CfnStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { ResourceNames } from '../domain/names';
import runTask from '../state-machine/run-task.asl.json';
import type { Network } from './network';
import type { SmallBatches } from './small-batches';
import { stateMachine, stateMachineRole } from './state-machine';
import { taskNames } from './task-rights';
import { definitionRevisionsArn, type Tasks, tasksArn } from './tasks';
import { acknowledgeWildcards } from './wildcards';

interface RunTaskProps {
  readonly names: ResourceNames;
  readonly network: Network;
  readonly tasks: Tasks;
  readonly smallBatches: SmallBatches;
  /** A batch of fewer bytes is small. */
  readonly smallBatchBytes: number;
  /** Whether a task's first try goes to spare capacity, at about a third of the price; a second never does. */
  readonly spot: boolean;
}

/** The state machine of state-machine/run-task.asl.json: runs one task on the engine that suits the batch. */
export class RunTask extends Construct {
  readonly stateMachine: CfnStateMachine;

  constructor(scope: Construct, id: string, props: RunTaskProps) {
    super(scope, id);
    const { names, network, tasks, smallBatches, spot } = props;
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

    this.stateMachine = stateMachine(this, {
      name: names.runTask,
      definition: withThreshold(props.smallBatchBytes),
      substitutions: {
        TaskFunctionPrefix: names.taskFunction(''),
        ClusterArn: tasks.cluster.clusterArn,
        FirstCapacityProvider: spot ? 'FARGATE_SPOT' : 'FARGATE',
        SubnetIds: Fn.join(',', [...network.subnetIds]),
        SecurityGroupId: network.securityGroup.securityGroupId,
        AssignPublicIp: network.assignPublicIp,
      },
      role,
    });
    // Its tasks need the routes of the subnets.
    this.stateMachine.node.addDependency(network);
  }
}

const SMALL_BATCH_BYTES = '$' + '{SmallBatchBytes}';

/** CloudFormation substitutes strings alone, and the comparison needs a number. */
function withThreshold(smallBatchBytes: number): object {
  return JSON.parse(JSON.stringify(runTask), (_, value) =>
    value === SMALL_BATCH_BYTES ? smallBatchBytes : value,
  );
}
