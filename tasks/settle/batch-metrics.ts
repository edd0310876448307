import type { ExecutionReport } from '../../domain/workflow';
import type { TaskMetrics } from '../../runtime/metrics';

/** Emits the metrics of a settled batch. Values that are seldom used are fields of the log line, as a metric costs money. */
export function emitBatch(metrics: TaskMetrics, { execution_id, counts }: ExecutionReport): void {
  const count = (name: string) => counts[name] ?? 0;
  metrics.emit(
    {
      FilesAccepted: count('valid'),
      FilesRejected: count('invalid'),
      RowsAccepted: count('rows'),
      RowsRejected: count('bad_rows'),
      KpiWrites: count('kpis_written') + count('kpis_deleted'),
    },
    {
      task: 'settle',
      execution_id,
      files_duplicate: count('duplicate'),
      files_gone: count('gone'),
      files_replaced: count('replaced'),
      bytes_read: count('bytes'),
      rows_inserted: count('inserted'),
      rows_updated: count('updated'),
      rows_superseded: count('superseded'),
      kpis_written: count('kpis_written'),
      kpis_deleted: count('kpis_deleted'),
    },
  );
}
