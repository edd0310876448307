import type { Ran } from './executions';

/** An execution, and how many files its manifest names. */
export interface Batch extends Ran {
  readonly files: number;
}

/** What is wrong with the executions of a load, oldest first: each is to succeed, by itself, within the cap. */
export function problemsOfBatches(batches: readonly Batch[], mostFiles: number): string[] {
  return batches.flatMap(({ name, status, startedAt, files }, at) => [
    ...(status === 'SUCCEEDED' ? [] : [`${name} is ${status}`]),
    ...(files <= mostFiles ? [] : [`${name} has ${files} files, expected at most ${mostFiles}`]),
    ...(startedAt >= (batches[at - 1]?.endedAt ?? 0) ? [] : [`${name} began before the one ahead ended`]),
  ]);
}

/** Those that were under way at some time between the two, in epoch milliseconds. */
export function runningBetween(batches: readonly Batch[], from: number, to: number): Batch[] {
  return batches.filter(({ startedAt, endedAt }) => startedAt < to && endedAt > from);
}
