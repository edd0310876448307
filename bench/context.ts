import type { Scale } from './results';
import type { Sizes } from './scale';

/** What every measure is given. */
export interface BenchContext {
  readonly scale: Scale;
  readonly sizes: Sizes;
  /** No size was left out. */
  readonly isComplete: boolean;
  readonly seed: number;
  /** Repetitions of what is compared, each with all its sides one after the other. */
  readonly rounds: number;
  /** An existing directory with room for everything; removed at the end. */
  readonly root: string;
  /** A line on how far it has come. */
  readonly say: (line: string) => void;
}

/** Whether a goal that rests on no size left out may be judged by this run. */
export const isFull = ({ scale }: BenchContext): boolean => scale === 'full';

/** Whether one that rests on the largest sizes may be. */
export const isFullAndComplete = ({ scale, isComplete }: BenchContext): boolean =>
  scale === 'full' && isComplete;

let directories = 0;

/** A path below the root that nothing else has. */
export function newDirectory({ root }: BenchContext, name: string): string {
  directories += 1;
  return `${root}/${name}-${directories}`;
}
