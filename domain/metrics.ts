/**
 * Daybook's custom metrics with their units. Tasks emit them, alarms and the dashboard read them. The metrics of AWS services
 * (queue, state machine, functions) are free.
 *
 * CloudWatch bills each combination of metric and dimensions, by the hours with data. So there are ten metrics, the size of the
 * free tier, with a single dimension that separates two deployments in an account. Other facts about a batch or a task are
 * plain fields of the same log line.
 */

export const METRICS_NAMESPACE = 'Daybook';

/** The only dimension; its value is `ResourceNames.metricsService`. */
export const METRICS_DIMENSION = 'service';

/** As CloudWatch spells it: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html */
export type Unit = 'Count' | 'Milliseconds' | 'Seconds';

const UNITS = {
  /** Files archived, their rows loaded. From settle, once per batch. */
  FilesAccepted: 'Count',
  /** Files moved to `rejected/`. From settle, once per batch. */
  FilesRejected: 'Count',
  /** Good rows of the accepted files. From settle, once per batch. */
  RowsAccepted: 'Count',
  /** Bad rows of accepted and rejected files, except files that cannot be read. From settle, once per batch. */
  RowsRejected: 'Count',
  /** Items written to and deleted from the DynamoDB tables. From settle, once per batch. */
  KpiWrites: 'Count',
  /** Duration of validate without the container start. Every attempt, including failed ones. */
  ValidateDuration: 'Milliseconds',
  /** The same for stage. */
  StageDuration: 'Milliseconds',
  /** The same for refresh. */
  TransformDuration: 'Milliseconds',
  /** Time since the running execution started. From orchestrate, at every invocation during an execution. */
  RunningExecutionAge: 'Seconds',
  /** 1 for a daily maintenance that succeeded, 0 for one that failed. One that was killed, or did not start, emits nothing. */
  MaintenanceSuccesses: 'Count',
} as const satisfies Record<string, Unit>;

export type MetricName = keyof typeof UNITS;

export const METRICS: Readonly<Record<MetricName, Unit>> = UNITS;
