import { Aws, Fn, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { CfnStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { ResourceNames } from '../domain/names';
import { RESULTS } from '../domain/object-keys';
import pipeline from '../state-machine/pipeline.asl.json';
import type { Functions } from './functions';
import { grantObjects } from './grants';
import type { Intake } from './intake';
import type { Network } from './network';
import { awaitRights, serviceRole } from './service-role';
import type { SmallBatches } from './small-batches';
import { WORKFLOW_TASKS } from './task-rights';
import { definitionRevisionsArn, type Tasks, tasksArn } from './tasks';
import type { Topics } from './topics';
import { acknowledgeWildcards } from './wildcards';

interface WorkflowProps {
  readonly names: ResourceNames;
  readonly intake: Intake;
  readonly network: Network;
  readonly tasks: Tasks;
  readonly smallBatches: SmallBatches;
  /** A batch of fewer bytes is small. */
  readonly smallBatchBytes: number;
  readonly topics: Topics;
  readonly functions: Functions;
  /** Whether a task's first try goes to spare capacity, at about a third of the price; a second never does. */
  readonly spot: boolean;
}

/** The state machine of state-machine/pipeline.asl.json, and the role it runs under. */
export class Workflow extends Construct {
  readonly stateMachine: CfnStateMachine;

  constructor(scope: Construct, id: string, props: WorkflowProps) {
    super(scope, id);
    const { names, intake, network, tasks, topics, functions } = props;
    const { validate, stage, transform } = props.smallBatches.functions;
    const role = serviceRole(this, 'Role', 'states');
    const allow = (actions: string[], resources: string[], conditions?: Record<string, unknown>) =>
      role.addToPolicy(new PolicyStatement({ actions, resources, ...(conditions && { conditions }) }));

    const definitions = Object.values(tasks.definitions);
    const revisions = WORKFLOW_TASKS.map((task) => definitionRevisionsArn(names, task));
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
    grantObjects(intake.bucket, role, { read: [RESULTS] });
    const invoked = [functions.move, functions.settle, validate, stage, transform];
    allow(
      ['lambda:InvokeFunction'],
      invoked.map(({ functionArn }) => functionArn),
    );
    topics.grantPublish(role);
    // None of these can be bound to a resource: https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
    allow(LOG_DELIVERY, ['*']);
    // Nor these: https://docs.aws.amazon.com/step-functions/latest/dg/xray-iam.html
    allow(TRACING, ['*']);
    acknowledgeWildcards(
      role,
      ['*'],
      'What AWS offers on nothing less than everything: log delivery, traces.',
    );
    acknowledgeWildcards(role, [...revisions, tasksArn(names)], 'Revisions of a task; tasks of a cluster.');

    const log = new LogGroup(this, 'Log', {
      // Below this prefix the service needs no growing policy of its own: its own delivery is let in.
      logGroupName: `/aws/vendedlogs/states/${names.stateMachine}`,
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });

    this.stateMachine = new CfnStateMachine(this, 'StateMachine', {
      stateMachineName: names.stateMachine,
      stateMachineType: 'STANDARD',
      roleArn: role.roleArn,
      definitionString: definitionOf(props.smallBatchBytes),
      definitionSubstitutions: {
        BucketName: intake.bucket.bucketName,
        ClusterArn: tasks.cluster.clusterArn,
        ValidateTaskDefinitionArn: tasks.definitions.validate.taskDefinitionArn,
        StageTaskDefinitionArn: tasks.definitions.stage.taskDefinitionArn,
        TransformTaskDefinitionArn: tasks.definitions.transform.taskDefinitionArn,
        FirstCapacityProvider: props.spot ? 'FARGATE_SPOT' : 'FARGATE',
        SubnetIds: Fn.join(',', [...network.subnetIds]),
        SecurityGroupId: network.securityGroup.securityGroupId,
        AssignPublicIp: network.assignPublicIp,
        ValidateFunctionArn: validate.functionArn,
        StageFunctionArn: stage.functionArn,
        TransformFunctionArn: transform.functionArn,
        MoveFunctionArn: functions.move.functionArn,
        SettleFunctionArn: functions.settle.functionArn,
        SuccessTopicArn: topics.success.topicArn,
        FailureTopicArn: topics.failure.topicArn,
      },
      loggingConfiguration: {
        // Every event, without its data: that is in the execution's history for 90 days.
        level: 'ALL',
        includeExecutionData: false,
        destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: log.logGroupArn } }],
      },
      tracingConfiguration: { enabled: true },
    });
    awaitRights(this.stateMachine, role);
  }
}

const SMALL_BATCH_BYTES = '$' + '{SmallBatchBytes}';

/** The threshold is written in here, as CloudFormation substitutes texts alone, and a comparison wants a number. */
function definitionOf(smallBatchBytes: number): string {
  return JSON.stringify(pipeline, (_, value) => (value === SMALL_BATCH_BYTES ? smallBatchBytes : value));
}

const LOG_DELIVERY = [
  'logs:CreateLogDelivery',
  'logs:GetLogDelivery',
  'logs:UpdateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:DescribeResourcePolicies',
  'logs:DescribeLogGroups',
];

const TRACING = [
  'xray:PutTraceSegments',
  'xray:PutTelemetryRecords',
  'xray:GetSamplingRules',
  'xray:GetSamplingTargets',
];
