import { Metrics } from '@aws-lambda-powertools/metrics';
import { METRICS, METRICS_NAMESPACE, type MetricName } from '../domain/metrics';
import type { TaskName } from '../domain/object-keys';

export type MetricValues = Readonly<Partial<Record<MetricName, number>>>;

/** Emits a task's metrics. Every call counts, so code that may run twice must emit once. */
export interface TaskMetrics {
  /** @param fields beside the values in the log line, for CloudWatch Logs Insights; snake_case, as in the logs */
  emit(values: MetricValues, fields?: Readonly<Record<string, unknown>>): void;
}

/**
 * Writes metrics as lines of embedded metric format to standard output. CloudWatch Logs turns them into metrics, from Lambda
 * and from the `awslogs` driver of Fargate, without an agent:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Generation_PutLogEvents.html
 *
 * @param service the value of the only dimension
 */
export function taskMetrics(service: string): TaskMetrics {
  const metrics = new Metrics({ namespace: METRICS_NAMESPACE, serviceName: service });
  return {
    emit(values, fields = {}) {
      const entries = Object.entries(values) as [MetricName, number][];
      for (const [name, value] of entries) metrics.addMetric(name, METRICS[name], value);
      const line = { ...fields, ...metrics.serializeMetrics() };
      metrics.clearMetrics();
      process.stdout.write(`${JSON.stringify(line)}\n`);
    },
  };
}

const DURATIONS: Partial<Record<TaskName, MetricName>> = {
  validate: 'ValidateDuration',
  stage: 'StageDuration',
  transform: 'TransformDuration',
};

/** One attempt at a task, as in its result object. */
export interface Attempt {
  readonly task: TaskName;
  readonly execution_id?: string;
  readonly status: 'succeeded' | 'failed';
  readonly duration_ms: number;
}

/**
 * Emits the duration and the peak memory of one attempt at a task. A retry is another attempt. Lambda itself measures
 * orchestrate, move and settle.
 */
export function emitAttempt(metrics: TaskMetrics, attempt: Attempt): void {
  const { task, execution_id, status, duration_ms } = attempt;
  const duration = DURATIONS[task];
  const values: MetricValues = {
    ...(duration && { [duration]: duration_ms }),
    ...(task === 'maintain' && { MaintenanceSuccesses: status === 'succeeded' ? 1 : 0 }),
  };
  if (Object.keys(values).length === 0) return;
  metrics.emit(values, {
    task,
    ...(execution_id !== undefined && { execution_id }),
    status,
    duration_ms,
    peak_memory_bytes: process.resourceUsage().maxRSS * 1024,
  });
}
