import { Duration } from 'aws-cdk-lib';
import { MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import type { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import type { AlarmDefinition } from '../alarm-definitions';
import { apiMetric, functionMetric, queueMetric } from '../metrics';
import type { Events } from './events';

/** Longer than a window, and than a batch that is passed again after a short fault of S3. */
const WAIT = Duration.minutes(30);

/**
 * The alarms of the entry points, besides the one on their dead-letter queue. Each costs ten cents a month, so there is one for each
 * way in which events can fail to arrive, and none on the errors of ingest: its records then wait, or are dead letters.
 */
export function eventAlarms({ queue, stream, ingest, api }: Events): AlarmDefinition[] {
  const symptom = `Events have waited for more than ${WAIT.toMinutes()} minutes to be written.`;
  const age = queueMetric(
    queue.node.defaultChild as CfnQueue,
    'ApproximateAgeOfOldestMessage',
    'Maximum',
    Duration.minutes(5),
  );
  const waits: AlarmDefinition[] = [
    {
      name: 'events-wait-queue',
      section: 'events-wait',
      symptom,
      metric: age,
      threshold: WAIT.toSeconds(),
      // Lambda polls the queue all the time, so SQS does report a queue with messages.
      missing: TreatMissingData.NOT_BREACHING,
    },
  ];
  if (stream) {
    const ofStream = functionMetric(
      ingest.node.defaultChild as CfnFunction,
      'IteratorAge',
      'Maximum',
      Duration.minutes(5),
    );
    waits.push({
      name: 'events-wait-stream',
      section: 'events-wait',
      symptom,
      metric: ofStream,
      threshold: WAIT.toMilliseconds(),
      // No record was read in this period.
      missing: TreatMissingData.NOT_BREACHING,
    });
  }
  const { apiId } = api.api;
  const hour = Duration.hours(1);
  return [
    ...waits,
    {
      name: 'events-refused',
      section: 'events-refused',
      symptom: 'At least 5% of the requests with events of one hour were refused.',
      metric: new MathExpression({
        // With few requests, one that is refused is a large share but no reason for an alarm.
        expression: 'IF(requests >= 100, 100 * refused / requests, 0)',
        label: 'refused requests, %',
        usingMetrics: {
          requests: apiMetric(apiId, 'Count', 'Sum', hour),
          refused: apiMetric(apiId, '4xx', 'Sum', hour),
        },
        period: hour,
      }),
      threshold: 5,
      missing: TreatMissingData.NOT_BREACHING,
    },
    {
      name: 'events-not-stored',
      section: 'events-not-stored',
      symptom: 'Requests with events failed; clients that repeat them lose nothing.',
      metric: apiMetric(apiId, '5xx', 'Sum', Duration.minutes(5)),
      threshold: 1,
      missing: TreatMissingData.NOT_BREACHING,
    },
  ];
}
