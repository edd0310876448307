import type { CloudWatchClient, MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import type { ResourceNames } from '../../domain/names';

/** CloudWatch metrics of the last 15 minutes. */
export interface Metrics {
  /** Age of the oldest message in the queue; null if there is no data. */
  readonly oldestSeconds: number | null;
  /** The last minute in which the orchestrator was invoked. */
  readonly lastInvocation: Date | null;
  /** Failed invocations of the orchestrator. */
  readonly errors: number;
  /** Age of the oldest message in the queue of events; null if there is no data. */
  readonly oldestEventSeconds: number | null;
  /** Age of the newest record of the stream that ingest has read; null without a stream, or if there is no data. */
  readonly iteratorAgeSeconds: number | null;
}

const LOOK_BACK_MS = 15 * 60_000;
/** In seconds. */
const PERIOD = 60;

/**
 * Reads the metrics in one request. They are a minute or two late.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
 */
export async function readMetrics(
  client: CloudWatchClient,
  { queue, orchestrator, eventQueue, ingest }: ResourceNames,
  now: Date,
): Promise<Metrics> {
  const { GetMetricDataCommand } = await import('@aws-sdk/client-cloudwatch');
  const queries: MetricDataQuery[] = [
    metric('oldest', 'AWS/SQS', 'ApproximateAgeOfOldestMessage', 'Maximum', 'QueueName', queue),
    metric('calls', 'AWS/Lambda', 'Invocations', 'Sum', 'FunctionName', orchestrator),
    metric('errors', 'AWS/Lambda', 'Errors', 'Sum', 'FunctionName', orchestrator),
    metric('event', 'AWS/SQS', 'ApproximateAgeOfOldestMessage', 'Maximum', 'QueueName', eventQueue),
    metric('iterator', 'AWS/Lambda', 'IteratorAge', 'Maximum', 'FunctionName', ingest),
  ];
  const { MetricDataResults = [] } = await client.send(
    new GetMetricDataCommand({
      StartTime: new Date(now.getTime() - LOOK_BACK_MS),
      EndTime: now,
      ScanBy: 'TimestampDescending',
      MetricDataQueries: queries,
    }),
  );
  const points = (id: string) => {
    const { Timestamps = [], Values = [] } = MetricDataResults.find(({ Id }) => Id === id) ?? {};
    return Values.map((value, index) => ({ value, at: Timestamps[index] ?? null }));
  };
  return {
    oldestSeconds: points('oldest')[0]?.value ?? null,
    lastInvocation: points('calls').find(({ value }) => value > 0)?.at ?? null,
    errors: points('errors').reduce((sum, { value }) => sum + value, 0),
    oldestEventSeconds: points('event')[0]?.value ?? null,
    iteratorAgeSeconds: inSeconds(points('iterator')[0]?.value),
  };
}

const inSeconds = (milliseconds: number | undefined) =>
  milliseconds === undefined ? null : milliseconds / 1000;

function metric(
  Id: string,
  Namespace: string,
  MetricName: string,
  Stat: 'Maximum' | 'Sum',
  dimension: string,
  Value: string,
): MetricDataQuery {
  const Metric = { Namespace, MetricName, Dimensions: [{ Name: dimension, Value }] };
  return { Id, MetricStat: { Metric, Period: PERIOD, Stat } };
}
