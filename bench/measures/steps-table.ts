import { type ExecutionRecord, STEPS, stepOf, TASKS } from '../pipeline';
import type { Column, ResultTable } from '../results';
import { mean, sum } from '../statistics';

const COLUMNS: readonly Column[] = [
  { heading: 'step', unit: 'text' },
  { heading: 'time', unit: 'seconds' },
  { heading: 'on the cores', unit: 'seconds' },
  { heading: 'requests', unit: 'count' },
  { heading: 'objects read', unit: 'count' },
  { heading: 'read', unit: 'bytes' },
  { heading: 'objects written', unit: 'count' },
  { heading: 'written', unit: 'bytes' },
];

/** The mean execution, step by step, its sum last. */
export function stepsTable(title: string, executions: readonly ExecutionRecord[]): ResultTable {
  const rows = STEPS.map((name) => {
    const records = executions.map((execution) => stepOf(execution, name));
    return [
      name,
      mean(records, ({ seconds }) => seconds),
      records.some(({ cpu_seconds }) => cpu_seconds === null)
        ? null
        : mean(records, ({ cpu_seconds }) => cpu_seconds ?? 0),
      mean(records, ({ requests }) => requests),
      mean(records, ({ objects_read }) => objects_read),
      mean(records, ({ bytes_read }) => bytes_read),
      mean(records, ({ objects_written }) => objects_written),
      mean(records, ({ bytes_written }) => bytes_written),
    ] as const;
  });
  const { seconds, read, written, objectsRead } = batchCost(executions);
  const total = (index: 3 | 6) => sum(rows, (row) => row[index]);
  return {
    title,
    columns: COLUMNS,
    rows: [...rows, ['whole execution', seconds, null, total(3), objectsRead, read, total(6), written]],
  };
}

/** Seconds that the tasks of executions were on the cores, all together; NaN where a task did not tell. */
export function cpuSeconds(executions: readonly ExecutionRecord[]): number {
  const tasks = executions.flatMap((execution) => TASKS.map((task) => stepOf(execution, task)));
  return sum(tasks, ({ cpu_seconds }) => cpu_seconds ?? Number.NaN);
}

/** Of the mean execution; bytes and objects as its steps have them. */
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
