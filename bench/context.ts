import type { Scale } from './results';
import type { Sizes } from './scale';

/** The context of every benchmark. */
export interface BenchContext {
  readonly scale: Scale;
  readonly sizes: Sizes;
  /** True if no size was skipped. */
  readonly isComplete: boolean;
  readonly seed: number;
  /** Repetitions of comparisons; each runs all sides, one after the other. */
  readonly rounds: number;
  /** A temporary directory, deleted at the end. */
  readonly root: string;
  /** Prints a line of progress. */
  readonly say: (line: string) => void;
}

/** True if this run can judge a goal that does not need the largest sizes. */
export const isFull = ({ scale }: BenchContext): boolean => scale === 'full';

/** True if this run can judge a goal that needs the largest sizes. */
export const isFullAndComplete = ({ scale, isComplete }: BenchContext): boolean =>
  scale === 'full' && isComplete;

let directories = 0;

/** A new, unique path in the root. */
export function newDirectory({ root }: BenchContext, name: string): string {
  directories += 1;
  return `${root}/${name}-${directories}`;
}
