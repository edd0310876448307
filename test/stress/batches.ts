import type { Ran } from './executions';

/** An execution, and the number of files in its manifest. */
export interface Batch extends Ran {
  readonly files: number;
}

/** The faults of a load's executions, oldest first: each must succeed, alone, and within the limit. */
export function problemsOfBatches(batches: readonly Batch[], mostFiles: number): string[] {
  return batches.flatMap(({ name, status, startedAt, files }, at) => [
    ...(status === 'SUCCEEDED' ? [] : [`${name} is ${status}`]),
    ...(files <= mostFiles ? [] : [`${name} has ${files} files, expected at most ${mostFiles}`]),
    ...(startedAt >= (batches[at - 1]?.endedAt ?? 0)
      ? []
      : [`${name} started before the previous one ended`]),
  ]);
}

/** The executions that were running at some time between the two, in epoch milliseconds. */
export function runningBetween(batches: readonly Batch[], from: number, to: number): Batch[] {
  return batches.filter(({ startedAt, endedAt }) => startedAt < to && endedAt > from);
}
