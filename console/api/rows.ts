/** Rows that a page shows one page at a time, sorted and filtered by the server. */

export type { RowProgress } from '../../operations/marts/row-views';

import type { RowProgress } from '../../operations/marts/row-views';

/** A test of a column's values; `~` is for a text that contains another, in any case. */
export type FilterTest = '=' | '>=' | '<=' | '~' | 'is null';

export interface RowColumn {
  readonly name: string;
  /** As `mart.yaml` has it: count, int64, money, percent, decimal(p,s), date, timestamp, text, boolean. */
  readonly type: string;
  /** What one is; null if the type says it. */
  readonly unit: string | null;
  readonly description: string | null;
  readonly is_key: boolean;
  /** A view or a query computes it when it is read. */
  readonly is_computed: boolean;
  readonly tests: readonly FilterTest[];
}

/** Cells in the order of the columns, null without a value: numbers with every digit, times as ISO 8601. */
export type RowCells = readonly (string | null)[];

/** Rows that are being computed for the first time; ask again. */
export interface RowsPreparing {
  readonly preparing: RowProgress;
}

/** A page of the chosen rows. */
export interface RowsPage {
  readonly preparing: null;
  readonly columns: readonly RowColumn[];
  readonly rows: readonly RowCells[];
  /** On all pages. */
  readonly total: number;
  /** From 1; the last one if a later one was asked for. */
  readonly page: number;
  readonly pages: number;
  /** Changes with the data. */
  readonly state: string;
  /** False while the rows of a newer version are being computed. */
  readonly is_current: boolean;
}

/** The deployment has no mart of this name, so there is nothing to show. */
export interface MartAbsent {
  readonly preparing: null;
  readonly absent: string;
}
