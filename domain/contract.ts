/** The shape of an input contract: a kind of file, its columns and its key. */

/**
 * What a cell may hold: `int64` a whole number of 64 bits, `money` a decimal(18,4) in the shop's currency,
 * `timestamp` an instant to the microsecond in UTC, `text` anything.
 */
export type ColumnType = 'int64' | 'money' | 'timestamp' | 'text';

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** A row without a value in this column is rejected. */
  readonly required: boolean;
}

export interface KindSpec {
  readonly kind: string;
  readonly columns: readonly Column[];
  /** The column that identifies a row. */
  readonly key: string;
}

export function normalizeColumnName(name: string): string {
  return name.trim().toLowerCase();
}
