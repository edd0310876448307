import { type ExecutionRecord, STEPS, type StepRecord, stepOf, TASKS } from '../pipeline';
import type { Column, ResultTable } from '../results';
import { mean, sum } from '../statistics';

const COLUMNS: readonly Column[] = [
  { heading: 'step', unit: 'text' },
  { heading: 'time', unit: 'seconds' },
  { heading: 'CPU time', unit: 'seconds' },
  { heading: 'peak memory', unit: 'bytes' },
  { heading: 'requests', unit: 'count' },
  { heading: 'objects read', unit: 'count' },
  { heading: 'read', unit: 'bytes' },
  { heading: 'objects written', unit: 'count' },
  { heading: 'written', unit: 'bytes' },
];

/** The mean execution by step, with the total last; of memory the maximum. */
export function stepsTable(title: string, executions: readonly ExecutionRecord[]): ResultTable {
  const rows = STEPS.map((name) => {
    const records = executions.map((execution) => stepOf(execution, name));
    return [
      name,
      mean(records, ({ seconds }) => seconds),
      records.some(({ cpu_seconds }) => cpu_seconds === null)
        ? null
        : mean(records, ({ cpu_seconds }) => cpu_seconds ?? 0),
      peakMemory(records),
      mean(records, ({ requests }) => requests),
      mean(records, ({ objects_read }) => objects_read),
      mean(records, ({ bytes_read }) => bytes_read),
      mean(records, ({ objects_written }) => objects_written),
      mean(records, ({ bytes_written }) => bytes_written),
    ] as const;
  });
  const { seconds, read, written, objectsRead } = batchCost(executions);
  const total = (index: 4 | 7) => sum(rows, (row) => row[index]);
  return {
    title,
    columns: COLUMNS,
    rows: [
      ...rows,
      [
        'whole execution',
        seconds,
        null,
        peakMemory(executions.flatMap(({ steps }) => steps)),
        total(4),
        objectsRead,
        read,
        total(7),
        written,
      ],
    ],
  };
}

/** Of the task that had most, in bytes; null if none was measured. */
function peakMemory(steps: readonly StepRecord[]): number | null {
  const peaks = steps.flatMap(({ peak_rss_bytes }) => peak_rss_bytes ?? []);
  return peaks.length > 0 ? Math.max(...peaks) : null;
}

/** Total CPU seconds of the tasks of executions; NaN if the usage of a task is missing. */
export function cpuSeconds(executions: readonly ExecutionRecord[]): number {
  const tasks = executions.flatMap((execution) => TASKS.map((task) => stepOf(execution, task)));
  return sum(tasks, ({ cpu_seconds }) => cpu_seconds ?? Number.NaN);
}

/** Totals of the mean execution, with bytes and objects by step. */
export function batchCost(executions: readonly ExecutionRecord[]): {
  seconds: number;
  read: number;
  written: number;
  objectsRead: number;
} {
  const total = (of: (step: ExecutionRecord['steps'][number]) => number) =>
    mean(executions, ({ steps }) => sum(steps, of));
  return {
    seconds: mean(executions, ({ seconds }) => seconds),
    read: total(({ bytes_read }) => bytes_read),
    written: total(({ bytes_written }) => bytes_written),
    objectsRead: total(({ objects_read }) => objects_read),
  };
}
