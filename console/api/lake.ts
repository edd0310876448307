/** Shapes of the lake page; sizes are bytes, times ISO 8601. */

export type {
  Cell,
  ColumnView,
  CommitDetail,
  CommitPage,
  CommitView,
  DataFileView,
  PartitionValues,
  PartitionView,
  RowsPreview,
  TableFiles,
  TableSummary,
} from '../../operations/lake/views';

import type { Cell, ColumnView, TableSummary } from '../../operations/lake/views';

/** GET /api/lake/tables: those that are there. */
export interface LakeTables {
  readonly tables: readonly TableSummary[];
  /** Names of those that are not there yet. */
  readonly missing: readonly string[];
}

/** How far a query may go; it is stopped, or its answer cut, beyond. */
export interface QueryLimits {
  readonly rows: number;
  /** Unless more are asked for. */
  readonly seconds: number;
  readonly most_seconds: number;
  /** Of the answer's cells, as text. */
  readonly bytes: number;
}

/** GET /api/lake/query: what can be asked, tables without a version among it. */
export interface QueryHelp {
  readonly limits: QueryLimits;
  readonly tables: readonly { readonly name: string; readonly columns: readonly ColumnView[] }[];
}

/** POST /api/lake/query. */
export interface QueryRequest {
  readonly sql: string;
  /** When it is to be stopped; the limits' own where not given. */
  readonly seconds?: number;
}

/** Its answer. A query that was refused, or is wrong, is answered by status 422 and a {@link QueryFault}. */
export interface QueryAnswer {
  readonly columns: readonly ColumnView[];
  readonly rows: readonly (readonly Cell[])[];
  /** There are more rows. */
  readonly truncated: boolean;
  /** In all, with what was downloaded. */
  readonly seconds: number;
  /** The versions that were read; null for a table that is not there yet. */
  readonly tables: readonly { readonly name: string; readonly version: number | null }[];
}

export interface QueryFault {
  readonly error: string;
  /** In the SQL, both from 1; null where the fault has no place. */
  readonly position: { readonly line: number; readonly column: number } | null;
}
