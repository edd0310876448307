import type { Days, Granularity } from './range';
import type { RowColumn } from './rows';

/** One mart of the deployment. */
export interface MartSummary {
  readonly name: string;
  readonly description: string;
  /** What one row is; null if the mart does not say. */
  readonly grain: string | null;
  readonly key: readonly string[];
  /** In the lake; null while there is no table. */
  readonly rows: number | null;
  readonly version: number | null;
  /** Time of the newest commit, ISO 8601; null without a table, or if the commit has none. */
  readonly refreshed_at: string | null;
  /** The name of the DynamoDB table that serves its stored columns; null for none. */
  readonly dynamodb: string | null;
  /** A warehouse, if there is one, has a copy. */
  readonly is_loaded: boolean;
}

/** GET /api/marts */
export interface MartList {
  readonly marts: readonly MartSummary[];
}

/** What a chart over days can draw. */
export interface MeasureView {
  readonly column: string;
  readonly type: string;
  readonly unit: string | null;
  /** The columns of the quotient, for a rate; null for a sum. */
  readonly rate: { readonly dividend: string; readonly divisor: string } | null;
}

/** GET /api/marts/{name} */
export interface MartDetail extends MartSummary {
  readonly columns: readonly RowColumn[];
  /** The column of the key that holds a day; null without one. */
  readonly day: string | null;
  readonly measures: readonly MeasureView[];
  /** Kinds and marts that it is computed from. */
  readonly inputs: readonly string[];
}

/** GET /api/marts/{name}/chart; `range` is null without rows. */
export interface MartChart {
  readonly preparing: null;
  readonly measure: MeasureView;
  readonly range: {
    /** The first and the last day of the chosen rows. */
    readonly days: Days;
    readonly granularity: Granularity;
    /** Those that can be asked for. */
    readonly granularities: readonly Granularity[];
  } | null;
  /** In order, without gaps. A sum without rows is 0, a rate null. */
  readonly buckets: readonly (Days & { readonly value: string | null })[];
}
