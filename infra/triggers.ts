import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as Lambda } from 'aws-cdk-lib/aws-lambda';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import type { ResourceNames } from '../domain/names';
import type { Workflow } from './workflow';

interface TriggersProps {
  readonly names: ResourceNames;
  readonly workflow: Workflow;
  readonly orchestrator: Lambda;
}

/** What calls the orchestrator: the clock, and the end of every execution, so that a backlog drains by itself. */
export class Triggers extends Construct {
  constructor(scope: Construct, id: string, { names, workflow, orchestrator }: TriggersProps) {
    super(scope, id);
    const stateMachineArn = workflow.stateMachine.attrArn;
    orchestrator.addEnvironment('STATE_MACHINE_ARN', stateMachineArn);
    orchestrator.addToRolePolicy(
      new PolicyStatement({
        actions: ['states:StartExecution', 'states:ListExecutions'],
        resources: [stateMachineArn],
      }),
    );

    const role = new Role(this, 'ScheduleRole', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com'),
    });
    orchestrator.grantInvoke(role);
    new CfnSchedule(this, 'Schedule', {
      name: names.schedule,
      scheduleExpression: 'rate(5 minutes)',
      flexibleTimeWindow: { mode: 'OFF' },
      target: { arn: orchestrator.functionArn, roleArn: role.roleArn, input: '{"source":"schedule"}' },
    });

    new Rule(this, 'ExecutionEnded', {
      ruleName: names.executionEndedRule,
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: {
          stateMachineArn: [stateMachineArn],
          status: ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'],
        },
      },
      targets: [new LambdaFunction(orchestrator)],
    });
  }
}
