/** Types of the lake page. Sizes are bytes, times are ISO 8601. */

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

/** GET /api/lake/tables: the existing tables. */
export interface LakeTables {
  readonly tables: readonly TableSummary[];
  /** Names of tables that do not exist yet. */
  readonly missing: readonly string[];
}

/** Limits of a query; beyond them it is cancelled or its result truncated. */
export interface QueryLimits {
  readonly rows: number;
  /** The default timeout. */
  readonly seconds: number;
  readonly max_seconds: number;
  /** Size of the result's cells as text. */
  readonly bytes: number;
}

/** GET /api/lake/query: the limits and the tables, including those that do not exist yet. */
export interface QueryHelp {
  readonly limits: QueryLimits;
  readonly tables: readonly { readonly name: string; readonly columns: readonly ColumnView[] }[];
}

/** POST /api/lake/query. */
export interface QueryRequest {
  readonly sql: string;
  /** The timeout; default: the limits' `seconds`. */
  readonly seconds?: number;
}

/** The result. A query that is invalid or not allowed returns status 422 and a {@link QueryFault}. */
export interface QueryAnswer {
  readonly columns: readonly ColumnView[];
  readonly rows: readonly (readonly Cell[])[];
  /** True if there are more rows. */
  readonly truncated: boolean;
  /** Total duration including downloads. */
  readonly seconds: number;
  /** The versions read; null for a table that does not exist yet. */
  readonly tables: readonly { readonly name: string; readonly version: number | null }[];
}

export interface QueryFault {
  readonly error: string;
  /** Position in the SQL, both from 1; null if unknown. */
  readonly position: { readonly line: number; readonly column: number } | null;
}
