import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import type { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import type { ResourceNames } from '../domain/names';
import { executionMetric, functionMetric, placeOf, queueMetric, taskMetric } from './metrics';

/** The sections of docs/runbook.md that alarms send to, by their anchors. */
export type RunbookSection =
  | 'dead-letters'
  | 'files-wait'
  | 'execution-failed'
  | 'execution-timed-out'
  | 'execution-runs-long'
  | 'no-execution-for-a-day'
  | 'function-errors'
  | 'function-throttled'
  | 'rejected-rows'
  | 'maintenance-failed';

export interface AlarmDefinition {
  /** Behind the deployment's name; of several with one section, each has its own. */
  readonly name: string;
  readonly section: RunbookSection;
  /** What is wrong when it goes off, in a line. */
  readonly symptom: string;
  readonly metric: IMetric;
  /** It goes off at this value or above. */
  readonly threshold: number;
  /** All of the last so many periods have to be so; 1 where not given. */
  readonly periods?: number;
  readonly missing: TreatMissingData;
}

/** A queue that hands messages on to another when they fail is one that files wait in; the others take what failed. */
export function queueAlarms(queue: CfnQueue, stateMachineArn: string): AlarmDefinition[] {
  return queue.redrivePolicy === undefined
    ? [deadLetters(queue)]
    : [filesWait(queue), noExecutionForADay(queue, stateMachineArn)];
}

/**
 * SQS stops reporting a queue that nobody has touched for six hours, whatever lies in it. So missing data changes nothing:
 * only a count of 0 ends the alarm.
 */
function deadLetters(queue: CfnQueue): AlarmDefinition {
  return {
    name: `dead-letters-${placeOf(queue)}`,
    section: 'dead-letters',
    symptom: 'What was tried in vain waits in a dead-letter queue for a person.',
    metric: queueMetric(queue, 'ApproximateNumberOfMessagesVisible', 'Maximum', Duration.minutes(5)),
    threshold: 1,
    missing: TreatMissingData.IGNORE,
  };
}

/**
 * The age that SQS tells is of the oldest message not deleted, one that an execution holds included, so that every long
 * execution would look like a file that waits. A file has waited for half an hour where, besides, some message was visible
 * in every minute of it: an execution takes all there are, up to its limits.
 */
function filesWait(queue: CfnQueue): AlarmDefinition {
  const period = Duration.minutes(30);
  return {
    name: `files-wait-${placeOf(queue)}`,
    section: 'files-wait',
    symptom: 'A file has waited for more than 30 minutes, and no execution took it.',
    metric: new MathExpression({
      expression: 'IF(waiting > 0, age, 0)',
      label: 'age of the oldest message, seconds',
      usingMetrics: {
        waiting: queueMetric(queue, 'ApproximateNumberOfMessagesVisible', 'Minimum', period),
        age: queueMetric(queue, 'ApproximateAgeOfOldestMessage', 'Maximum', period),
      },
      period,
    }),
    threshold: period.toSeconds(),
    // The orchestrator looks every five minutes: a queue that is not reported holds nothing that was ever waiting.
    missing: TreatMissingData.NOT_BREACHING,
  };
}

/** In each of 24 hours a message was visible all the time, and no execution started, of which the service tells no zero. */
function noExecutionForADay(queue: CfnQueue, stateMachineArn: string): AlarmDefinition {
  const period = Duration.hours(1);
  return {
    name: 'no-execution-for-a-day',
    section: 'no-execution-for-a-day',
    symptom: 'Files have waited for 24 hours, in which no execution was started.',
    metric: new MathExpression({
      expression: 'IF(waiting > 0 AND FILL(started, 0) < 1, 1, 0)',
      label: 'hours of waiting without an execution',
      usingMetrics: {
        waiting: queueMetric(queue, 'ApproximateNumberOfMessagesVisible', 'Minimum', period),
        started: executionMetric(stateMachineArn, 'ExecutionsStarted', 'Sum', period),
      },
      period,
    }),
    threshold: 1,
    periods: 24,
    // Hours without a report leave the alarm as it is: nobody looked at the queue, so nothing got better.
    missing: TreatMissingData.IGNORE,
  };
}

/**
 * Lambda reports nothing where nothing was called. A task's function, which is an image, has no alarm on being refused:
 * Step Functions asks again, and then goes on to Fargate, which is dearer and nobody's to mend at night.
 */
export function functionAlarms(lambda: CfnFunction): AlarmDefinition[] {
  const place = placeOf(lambda);
  const period = Duration.minutes(5);
  const missing = TreatMissingData.NOT_BREACHING;
  const errors: AlarmDefinition = {
    name: `errors-${place}`,
    section: 'function-errors',
    symptom: `The function ${place} failed.`,
    metric: functionMetric(lambda, 'Errors', 'Sum', period),
    threshold: 1,
    missing,
  };
  if (lambda.packageType === 'Image') return [errors];
  return [
    errors,
    {
      // The clock and the end of an execution may call the orchestrator, of which there is one, in the same second.
      // Whoever called it asks again, for hours; a quarter of an hour of it is a fault.
      name: `throttles-${place}`,
      section: 'function-throttled',
      symptom: `The function ${place} was refused for 15 minutes.`,
      metric: functionMetric(lambda, 'Throttles', 'Sum', period),
      threshold: 1,
      periods: 3,
      missing,
    },
  ];
}

export function executionAlarms(stateMachineArn: string, names: ResourceNames): AlarmDefinition[] {
  const period = Duration.minutes(5);
  // The service reports an end when there was one. One stopped by hand is known to whoever did it.
  const missing = TreatMissingData.NOT_BREACHING;
  return [
    {
      name: 'execution-failed',
      section: 'execution-failed',
      symptom: 'An execution failed; its files wait for the next one.',
      metric: executionMetric(stateMachineArn, 'ExecutionsFailed', 'Sum', period),
      threshold: 1,
      missing,
    },
    {
      name: 'execution-timed-out',
      section: 'execution-timed-out',
      symptom: 'An execution was cut off at its time limit.',
      metric: executionMetric(stateMachineArn, 'ExecutionsTimedOut', 'Sum', period),
      threshold: 1,
      missing,
    },
    {
      // The service tells how long an execution took once it has ended. The orchestrator tells at every call, and is
      // called every 5 minutes: 10 hold a call even where one comes late.
      name: 'execution-runs-long',
      section: 'execution-runs-long',
      symptom: 'An execution has been running for more than 30 minutes.',
      metric: taskMetric(names, 'RunningExecutionAge', 'Maximum', Duration.minutes(10)),
      threshold: Duration.minutes(30).toSeconds(),
      // None runs, or the orchestrator is not called: then files wait, which is another alarm's to tell.
      missing: TreatMissingData.NOT_BREACHING,
    },
  ];
}

/** A file with more than a fifth of bad rows is refused; a twentieth over all files of an hour is a source that changed. */
export function rejectedRows(names: ResourceNames): AlarmDefinition {
  const period = Duration.hours(1);
  return {
    name: 'rejected-rows',
    section: 'rejected-rows',
    symptom: 'Of the rows of an hour, 5% or more were bad.',
    metric: new MathExpression({
      // Of a handful of rows one bad one is a large share, and no reason to wake anybody.
      expression: 'IF(accepted + rejected >= 100, 100 * rejected / (accepted + rejected), 0)',
      label: 'bad rows, %',
      usingMetrics: {
        accepted: taskMetric(names, 'RowsAccepted', 'Sum', period),
        rejected: taskMetric(names, 'RowsRejected', 'Sum', period),
      },
      period,
    }),
    threshold: 5,
    // An hour without a batch.
    missing: TreatMissingData.NOT_BREACHING,
  };
}

/** It runs once a day: the alarm stays until a run went well. */
export function maintenanceFailed(names: ResourceNames): AlarmDefinition {
  return {
    name: 'maintenance-failed',
    section: 'maintenance-failed',
    symptom: 'The daily maintenance of the lake failed.',
    metric: taskMetric(names, 'MaintenanceFailures', 'Maximum', Duration.hours(1)),
    threshold: 1,
    missing: TreatMissingData.IGNORE,
  };
}
