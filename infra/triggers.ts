import { Duration, Validations } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as Lambda } from 'aws-cdk-lib/aws-lambda';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { ResourceNames } from '../domain/names';
import { awaitRights, serviceRole } from './service-role';
import type { Workflow } from './workflow';

interface TriggersProps {
  readonly names: ResourceNames;
  readonly workflow: Workflow;
  readonly orchestrator: Lambda;
}

/** What calls the orchestrator: the clock, and the end of every execution, so that a backlog drains by itself. */
export class Triggers extends Construct {
  /** Calls that could not be made: of the clock, of the rule on executions, of the daily maintenance. */
  readonly deadLetterQueue: Queue;
  /** Starts executions from the moment it exists. */
  readonly schedule: CfnSchedule;

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

    this.deadLetterQueue = new Queue(this, 'DeadLetters', {
      queueName: names.triggerDeadLetterQueue,
      retentionPeriod: Duration.days(14),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
    });
    Validations.of(this.deadLetterQueue).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'It is a dead-letter queue itself, of schedules and a rule.',
    });

    const role = serviceRole(this, 'ScheduleRole', 'scheduler');
    role.addToPolicy(
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [orchestrator.functionArn] }),
    );
    this.deadLetterQueue.grant(role, 'sqs:SendMessage');
    this.schedule = new CfnSchedule(this, 'Schedule', {
      name: names.schedule,
      // The first call is at the creation of the schedule. What it can run is complete by then: a function and a state
      // machine wait for the policies of their roles, and so does the definition of a task.
      scheduleExpression: 'rate(5 minutes)',
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: orchestrator.functionArn,
        roleArn: role.roleArn,
        input: '{"source":"schedule"}',
        // A call that is late is made up for by the next, five minutes later.
        retryPolicy: { maximumRetryAttempts: 3, maximumEventAgeInSeconds: 300 },
        deadLetterConfig: { arn: this.deadLetterQueue.queueArn },
      },
    });
    awaitRights(this.schedule, role);

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
      targets: [new LambdaFunction(orchestrator, { deadLetterQueue: this.deadLetterQueue })],
    });
  }
}
