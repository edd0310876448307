/**
 * What a measure hands back: numbers with their units, in tables, and the goals it can judge. The same objects are
 * printed, written as JSON, and set into docs/performance.md.
 */

export const MEASURES = [
  'floor',
  'cold',
  'history',
  'updates',
  'small-files',
  'micro-batches',
  'memory',
  'peers',
] as const;
export type MeasureName = (typeof MEASURES)[number];

export type Scale = 'small' | 'full';

export type Unit = 'text' | 'count' | 'seconds' | 'bytes' | 'ratio';

export interface Column {
  readonly heading: string;
  readonly unit: Unit;
}

/** null: there is no such number. */
export type Cell = string | number | null;

export interface ResultTable {
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
}

export interface Goal {
  readonly what: string;
  readonly bound: 'at most' | 'at least' | 'below';
  readonly goal: number;
  readonly unit: Unit;
  readonly measured: number;
  /** False where the run was too small, or left a part out, to say whether the goal is met. */
  readonly judged: boolean;
}

/** A chart of lines over the orders of history. */
export interface Chart {
  readonly title: string;
  readonly unit: Unit;
  readonly series: readonly {
    readonly name: string;
    readonly points: readonly { readonly x: number; readonly y: number }[];
  }[];
}

export interface MeasureResult {
  readonly tables: readonly ResultTable[];
  readonly goals: readonly Goal[];
  readonly charts?: readonly Chart[];
  /** What a reader must know to read the numbers, one sentence each. */
  readonly notes: readonly string[];
}

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memory_bytes: number;
  readonly os: string;
}

export interface Versions {
  readonly node: string;
  readonly duckdb: string;
  readonly commit: string;
}

/** A measure's result with all that is needed to compare it with another. */
export interface Recorded extends MeasureResult {
  readonly scale: Scale;
  readonly seed: number;
  /** ISO 8601, when the measure began. */
  readonly started: string;
  readonly seconds: number;
  /** Processes that wanted a core when it began, others' among them: the 1-minute load average. */
  readonly load_before: number;
  readonly machine: Machine;
  readonly versions: Versions;
}

export type Results = Partial<Record<MeasureName, Recorded>>;

export function isMet({ bound, goal, measured }: Goal): boolean {
  if (bound === 'at least') return measured >= goal;
  return bound === 'below' ? measured < goal : measured <= goal;
}
