import type { LocalFile } from '../../../lake/data-files';
import type { TableSpec } from '../../../lake/table-spec';
import type { TableUse } from './query-plan';
import type { QueryRow, RowLimits, RowsRead } from './query-rows';

/** What the process of a query is asked for, one after the other. */
export type QueryRequest =
  | { readonly type: 'plan'; readonly sql: string; readonly specs: readonly TableSpec[] }
  | {
      readonly type: 'read';
      readonly sql: string;
      readonly views: readonly QueryView[];
      readonly limits: RowLimits;
    };

/** A table with its downloaded data files; without files it is empty. Columns that are not listed are null. */
export interface QueryView {
  readonly spec: TableSpec;
  readonly columns: readonly string[];
  readonly files: readonly LocalFile[];
}

/** The answer to a request is one `planned`, any number of `rows` and one `read`, or `failed`. */
export type QueryAnswer =
  | { readonly type: 'planned'; readonly uses: readonly TableUse[] }
  | { readonly type: 'rows'; readonly rows: readonly QueryRow[] }
  | ({ readonly type: 'read' } & Omit<RowsRead, 'rows'>)
  /** `refusal`: why the SQL is not one SELECT; otherwise the message is DuckDB's. */
  | { readonly type: 'failed'; readonly message: string; readonly refusal: 'sql' | 'refused' | null };
