/**
 * The metrics of our own, each with its unit. Tasks emit them, alarms and the dashboard read them; services' own metrics
 * (queue, state machine, functions) come free beside them.
 *
 * CloudWatch bills a metric for every combination of dimensions, by the hours in which it comes. So there are ten, as many
 * as cost nothing, all with the one dimension that tells two deployments in an account apart. What else is worth knowing
 * of a batch or a task lies beside them in the same log line, as a plain field.
 */

export const METRICS_NAMESPACE = 'Daybook';

/** The only dimension; its value is `ResourceNames.metricsService`. */
export const METRICS_DIMENSION = 'service';

/** As CloudWatch spells it: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html */
export type Unit = 'Count' | 'Milliseconds' | 'Seconds';

const UNITS = {
  /** Files archived, their rows in the tables. By settle, once a batch. */
  FilesAccepted: 'Count',
  /** Files moved below `rejected/`. By settle, once a batch. */
  FilesRejected: 'Count',
  /** Good rows of the accepted files. By settle, once a batch. */
  RowsAccepted: 'Count',
  /** Bad rows found, of accepted and of rejected files; those of a file that cannot be read are not known. By settle, once a batch. */
  RowsRejected: 'Count',
  /** Items written to and deleted from the DynamoDB tables. By settle, once a batch. */
  KpiWrites: 'Count',
  /** How long validate ran, start of the container excepted. Every attempt, those that failed among them. */
  ValidateDuration: 'Milliseconds',
  /** Likewise of stage. */
  StageDuration: 'Milliseconds',
  /** Likewise of refresh. */
  TransformDuration: 'Milliseconds',
  /** Since the start of the execution that runs. By orchestrate, at every call while one does. */
  RunningExecutionAge: 'Seconds',
  /** 1 for a daily maintenance that failed, 0 for one that did not. */
  MaintenanceFailures: 'Count',
} as const satisfies Record<string, Unit>;

export type MetricName = keyof typeof UNITS;

export const METRICS: Readonly<Record<MetricName, Unit>> = UNITS;
