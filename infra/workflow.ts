import { Aws, Fn, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { ResourceNames } from '../domain/names';
import { RESULTS } from '../domain/object-keys';
import pipeline from '../state-machine/pipeline.asl.json';
import type { Functions } from './functions';
import { grantObjects } from './grants';
import type { Intake } from './intake';
import type { Network } from './network';
import { MOVES, type Tasks, tasksArn } from './tasks';
import type { Topics } from './topics';

interface WorkflowProps {
  readonly names: ResourceNames;
  readonly intake: Intake;
  readonly network: Network;
  readonly tasks: Tasks;
  readonly topics: Topics;
  readonly functions: Functions;
}

/** The state machine of state-machine/pipeline.asl.json, and the role it runs under. */
export class Workflow extends Construct {
  readonly stateMachine: CfnStateMachine;

  constructor(scope: Construct, id: string, props: WorkflowProps) {
    super(scope, id);
    const { names, intake, network, tasks, topics, functions } = props;
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('states.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    });
    const allow = (actions: string[], resources: string[], conditions?: Record<string, unknown>) =>
      role.addToPolicy(new PolicyStatement({ actions, resources, ...(conditions && { conditions }) }));

    const definitions = Object.values(tasks.definitions);
    allow(
      ['ecs:RunTask'],
      definitions.map((definition) => definition.taskDefinitionArn),
    );
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
    grantObjects(intake.bucket, role, {
      read: [MOVES.from, RESULTS],
      write: MOVES.to,
      remove: [MOVES.from],
    });
    functions.settle.grantInvoke(role);
    topics.success.grantPublish(role);
    topics.failure.grantPublish(role);

    this.stateMachine = new CfnStateMachine(this, 'StateMachine', {
      stateMachineName: names.stateMachine,
      stateMachineType: 'STANDARD',
      roleArn: role.roleArn,
      definitionString: JSON.stringify(pipeline),
      definitionSubstitutions: {
        BucketName: intake.bucket.bucketName,
        ClusterArn: tasks.cluster.clusterArn,
        ValidateTaskDefinitionArn: tasks.definitions.validate.taskDefinitionArn,
        StageTaskDefinitionArn: tasks.definitions.stage.taskDefinitionArn,
        TransformTaskDefinitionArn: tasks.definitions.transform.taskDefinitionArn,
        SubnetIds: Fn.join(
          ',',
          network.vpc.publicSubnets.map(({ subnetId }) => subnetId),
        ),
        SecurityGroupId: network.securityGroup.securityGroupId,
        SettleFunctionArn: functions.settle.functionArn,
        SuccessTopicArn: topics.success.topicArn,
        FailureTopicArn: topics.failure.topicArn,
      },
    });
    // The service checks at creation that the role may do what the definition asks.
    this.stateMachine.node.addDependency(role);
  }
}
