import { Aws } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { CfnStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { ResourceNames } from '../domain/names';
import { RESULTS } from '../domain/object-keys';
import loadWarehouse from '../state-machine/load-warehouse.asl.json';
import pipeline from '../state-machine/pipeline.asl.json';
import { SPARK_TIMEOUTS } from '../state-machine/timeouts';
import type { Functions } from './functions';
import { grantObjects } from './grants';
import type { Intake } from './intake';
import type { RunTask } from './run-task';
import { stateMachine, stateMachineRole } from './state-machine';
import type { Tasks } from './tasks';
import type { Topics } from './topics';
import { acknowledgeWildcards } from './wildcards';

interface WorkflowProps {
  readonly names: ResourceNames;
  readonly intake: Intake;
  readonly tasks: Tasks;
  readonly runTask: RunTask;
  readonly topics: Topics;
  readonly functions: Functions;
  readonly hasSpark: boolean;
}

/** The state machine of state-machine/pipeline.asl.json, and the role it runs under. */
export class Workflow extends Construct {
  readonly stateMachine: CfnStateMachine;

  constructor(scope: Construct, id: string, props: WorkflowProps) {
    super(scope, id);
    const { names, intake, tasks, runTask, topics, functions } = props;
    const { load } = tasks.definitions;
    const role = stateMachineRole(this);
    const allow = (actions: string[], resources: string[]) =>
      role.addToPolicy(new PolicyStatement({ actions, resources }));

    allow(['states:StartExecution'], [runTask.stateMachine.attrArn]);
    // How startExecution.sync hears of an execution's end, and stops it:
    // https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html
    const nested = `arn:${Aws.PARTITION}:states:${Aws.REGION}:${Aws.ACCOUNT_ID}:execution:${names.runTask}:*`;
    allow(['states:DescribeExecution', 'states:StopExecution'], [nested]);
    allow(
      ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'],
      [
        `arn:${Aws.PARTITION}:events:${Aws.REGION}:${Aws.ACCOUNT_ID}:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule`,
      ],
    );
    acknowledgeWildcards(role, [nested], 'Executions of one state machine.');
    grantObjects(intake.bucket, role, { read: [RESULTS] });
    allow(['lambda:InvokeFunction'], [functions.move.functionArn, functions.settle.functionArn]);
    topics.grantPublish(role);

    this.stateMachine = stateMachine(this, {
      name: names.stateMachine,
      definition: definitionOf({ hasWarehouse: load !== undefined, hasSpark: props.hasSpark }),
      substitutions: {
        RunTaskArn: runTask.stateMachine.attrArn,
        ValidateTaskDefinitionArn: tasks.definitions.validate.taskDefinitionArn,
        StageTaskDefinitionArn: tasks.definitions.stage.taskDefinitionArn,
        TransformTaskDefinitionArn: tasks.definitions.transform.taskDefinitionArn,
        ...(load && { LoadTaskDefinitionArn: load.taskDefinitionArn }),
        BucketName: intake.bucket.bucketName,
        MoveFunctionArn: functions.move.functionArn,
        SettleFunctionArn: functions.settle.functionArn,
        SuccessTopicArn: topics.success.topicArn,
        FailureTopicArn: topics.failure.topicArn,
      },
      role,
    });
  }
}

function definitionOf({ hasWarehouse, hasSpark }: { hasWarehouse: boolean; hasSpark: boolean }): object {
  const definition = hasWarehouse ? withWarehouse() : pipeline;
  return hasSpark ? withTimeForSpark(definition) : definition;
}

/** The pipeline with the states of state-machine/load-warehouse.asl.json after the KPIs. */
function withWarehouse(): typeof pipeline {
  const { States: states } = pipeline;
  const TransformKpis = { ...states.TransformKpis, Next: 'LoadWarehouse' };
  return { ...pipeline, States: { ...states, TransformKpis, ...loadWarehouse } };
}

/** The pipeline with hours for the tasks that run on Spark. */
function withTimeForSpark({ States: states, ...definition }: typeof pipeline): object {
  const { step: TimeoutSeconds, pipeline: all } = SPARK_TIMEOUTS;
  const longer = {
    ValidateFiles: { ...states.ValidateFiles, TimeoutSeconds },
    StageFiles: { ...states.StageFiles, TimeoutSeconds },
    TransformKpis: { ...states.TransformKpis, TimeoutSeconds },
  };
  return { ...definition, TimeoutSeconds: all, States: { ...states, ...longer } };
}
