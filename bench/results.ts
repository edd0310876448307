/**
 * The result of a benchmark: tables of numbers with units, and goals. The same objects are printed, written as JSON, and
 * published in docs/performance.md.
 */

export const MEASURES = [
  'floor',
  'cold',
  'history',
  'updates',
  'full-export',
  'small-batch',
  'marts',
  'small-files',
  'formats',
  'micro-batches',
  'events',
  'event-load',
  'live',
  'live-page',
  'http',
  'warehouse',
  'spark',
  'memory',
  'peers',
  'event-peer',
] as const;
export type MeasureName = (typeof MEASURES)[number];

export type Scale = 'small' | 'full';

export type Unit = 'text' | 'count' | 'seconds' | 'bytes' | 'ratio';

export interface Column {
  readonly heading: string;
  readonly unit: Unit;
}

/** null: no value. */
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
  /** False if the run was too small or incomplete to judge the goal. */
  readonly judged: boolean;
}

/** A line chart over the orders of history. */
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
  /** Notes that explain the numbers, one sentence each. */
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

/** A benchmark's result with the conditions needed to compare it with another. */
export interface Recorded extends MeasureResult {
  readonly scale: Scale;
  readonly seed: number;
  /** ISO 8601, when the benchmark started. */
  readonly started: string;
  readonly seconds: number;
  /** The 1-minute load average when it started. */
  readonly load_before: number;
  readonly machine: Machine;
  readonly versions: Versions;
}

export type Results = Partial<Record<MeasureName, Recorded>>;

export function isMet({ bound, goal, measured }: Goal): boolean {
  if (bound === 'at least') return measured >= goal;
  return bound === 'below' ? measured < goal : measured <= goal;
}
