import type { MetricValues, TaskMetrics } from '../../runtime/metrics';

/** What a task told, line by line, instead of standard output. */
export class RecordedMetrics implements TaskMetrics {
  readonly lines: { values: MetricValues; fields: Readonly<Record<string, unknown>> }[] = [];

  emit(values: MetricValues, fields: Readonly<Record<string, unknown>> = {}): void {
    this.lines.push({ values, fields });
  }
}
