import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import type { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import type { ResourceNames } from '../domain/names';
import { executionMetric, functionMetric, placeOf, queueMetric, taskMetric } from './metrics';

/** The anchors of the sections in docs/runbook.md that alarms link to. */
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
  | 'maintenance-failed'
  | 'rates-failed'
  | 'spark-failed'
  | 'events-wait'
  | 'events-refused'
  | 'events-not-stored';

export interface AlarmDefinition {
  /** Unique; the alarm's full name starts with the name of the deployment. */
  readonly name: string;
  readonly section: RunbookSection;
  /** One sentence that describes the problem when the alarm fires. */
  readonly symptom: string;
  readonly metric: IMetric;
  /** The alarm fires at this value or above. */
  readonly threshold: number;
  /** Number of consecutive periods at or above the threshold. Default 1. */
  readonly periods?: number;
  readonly missing: TreatMissingData;
}

/** A queue with a redrive policy is an input queue; any other queue is a dead-letter queue. */
export function queueAlarms(queue: CfnQueue, stateMachineArn: string): AlarmDefinition[] {
  return queue.redrivePolicy === undefined
    ? [deadLetters(queue)]
    : [filesWait(queue), noExecutionForADay(queue, stateMachineArn)];
}

/**
 * SQS stops reporting a queue that was not used for six hours, even if it contains messages. So missing data keeps the state:
 * only a count of 0 ends the alarm.
 */
function deadLetters(queue: CfnQueue): AlarmDefinition {
  return {
    name: `dead-letters-${placeOf(queue)}`,
    section: 'dead-letters',
    symptom: 'Messages or invocations failed repeatedly and are in a dead-letter queue.',
    metric: queueMetric(queue, 'ApproximateNumberOfMessagesVisible', 'Maximum', Duration.minutes(5)),
    threshold: 1,
    missing: TreatMissingData.IGNORE,
  };
}

/**
 * SQS reports the age of the oldest message that is not deleted, including messages held by an execution. With the age
 * alone, every long execution would look like a waiting file. So the alarm also requires a visible message in every minute
 * of the half hour: an execution takes all messages, up to its limits.
 */
function filesWait(queue: CfnQueue): AlarmDefinition {
  const period = Duration.minutes(30);
  return {
    name: `files-wait-${placeOf(queue)}`,
    section: 'files-wait',
    symptom: 'A file has waited for more than 30 minutes and no execution has started to process it.',
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
    // The orchestrator polls the queue every five minutes, so SQS does report a queue with waiting messages.
    missing: TreatMissingData.NOT_BREACHING,
  };
}

/** In each of 24 hours a message was always visible and no execution started. Step Functions does not report zero, hence FILL. */
function noExecutionForADay(queue: CfnQueue, stateMachineArn: string): AlarmDefinition {
  const period = Duration.hours(1);
  return {
    name: 'no-execution-for-a-day',
    section: 'no-execution-for-a-day',
    symptom: 'Files have waited for 24 hours and no execution has started.',
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
    // Hours without data keep the state: nothing polled the queue, so nothing improved.
    missing: TreatMissingData.IGNORE,
  };
}

/**
 * Lambda reports no data without invocations. The function of a task, which is an image, has no alarm on throttles: Step
 * Functions retries and then uses Fargate, which costs more but needs no action.
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
      // The schedule and the end of an execution can invoke the single orchestrator in the same second. The caller retries
      // for hours, so only 15 minutes of throttles are a fault.
      name: `throttles-${place}`,
      section: 'function-throttled',
      symptom: `The function ${place} was throttled for 15 minutes.`,
      metric: functionMetric(lambda, 'Throttles', 'Sum', period),
      threshold: 1,
      periods: 3,
      missing,
    },
  ];
}

export function executionAlarms(stateMachineArn: string, names: ResourceNames): AlarmDefinition[] {
  const period = Duration.minutes(5);
  // Step Functions reports data only when an execution ends. A manual stop needs no alarm.
  const missing = TreatMissingData.NOT_BREACHING;
  return [
    {
      name: 'execution-failed',
      section: 'execution-failed',
      symptom: 'An execution failed; the next one will retry its files.',
      metric: executionMetric(stateMachineArn, 'ExecutionsFailed', 'Sum', period),
      threshold: 1,
      missing,
    },
    {
      name: 'execution-timed-out',
      section: 'execution-timed-out',
      symptom: 'An execution timed out.',
      metric: executionMetric(stateMachineArn, 'ExecutionsTimedOut', 'Sum', period),
      threshold: 1,
      missing,
    },
    {
      // Step Functions reports the duration only after the end. The orchestrator reports the age at every invocation, every
      // 5 minutes. A period of 10 minutes contains an invocation even if one is late.
      name: 'execution-runs-long',
      section: 'execution-runs-long',
      symptom: 'An execution has been running for more than 30 minutes.',
      metric: taskMetric(names, 'RunningExecutionAge', 'Maximum', Duration.minutes(10)),
      threshold: Duration.minutes(30).toSeconds(),
      // No execution runs, or the orchestrator is not invoked; the alarm for waiting files covers the latter.
      missing: TreatMissingData.NOT_BREACHING,
    },
  ];
}

/** A file with more than 20% bad rows is rejected. 5% over all files of an hour suggests that a source changed. */
export function rejectedRows(names: ResourceNames): AlarmDefinition {
  const period = Duration.hours(1);
  return {
    name: 'rejected-rows',
    section: 'rejected-rows',
    symptom: 'At least 5% of the rows of one hour were bad.',
    metric: new MathExpression({
      // With few rows, one bad row is a large share but no reason for an alarm.
      expression: 'IF(accepted + rejected >= 100, 100 * rejected / (accepted + rejected), 0)',
      label: 'bad rows, %',
      usingMetrics: {
        accepted: taskMetric(names, 'RowsAccepted', 'Sum', period),
        rejected: taskMetric(names, 'RowsRejected', 'Sum', period),
      },
      period,
    }),
    threshold: 5,
    // No batch in this hour.
    missing: TreatMissingData.NOT_BREACHING,
  };
}

/**
 * A maintenance that was killed, or whose image could not be pulled, reports nothing. So the alarm requires a success: it
 * fires after two nights without one, and two hours for the second to finish, and ends with the next success. Periods of an
 * hour, because the time between two runs varies by minutes. FILL, because without it CloudWatch would consider data points
 * from before these hours: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 *
 * CloudWatch does not know how old a deployment is. So in a new one the alarm is active until the first success.
 */
export function maintenanceFailed(names: ResourceNames): AlarmDefinition {
  const period = Duration.hours(1);
  return {
    name: 'maintenance-failed',
    section: 'maintenance-failed',
    symptom: 'The daily maintenance of the lake has not succeeded for two days.',
    metric: new MathExpression({
      expression: 'IF(FILL(successes, 0) < 1, 1, 0)',
      label: 'hours without a successful maintenance',
      usingMetrics: { successes: taskMetric(names, 'MaintenanceSuccesses', 'Sum', period) },
      period,
    }),
    threshold: 1,
    periods: 50,
    missing: TreatMissingData.BREACHING,
  };
}
