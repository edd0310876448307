/** The shape of an input contract: one kind of file, its columns, key and partition, and how its files are recognized. */

/**
 * The type of a cell: `int64` is a 64-bit integer, `money` a decimal(18,4) in the shop's currency, `timestamp` an instant in
 * UTC with microseconds, `text` any text.
 */
export type ColumnType = 'int64' | 'money' | 'timestamp' | 'text';

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** A row without a value in this column is rejected. */
  readonly required: boolean;
}

export interface Contract {
  /** Names the files (`orders*.csv`), the staging table, and the kind in results, ledger and console. */
  readonly kind: string;
  readonly columns: readonly Column[];
  /** The column that identifies a row. */
  readonly key: string;
  /** `value`: a partition per value of a text column; `month`: one per month (UTC) of a timestamp. */
  readonly partition: { readonly by: 'value' | 'month'; readonly of: string };
}

/** The kind that the file name starts with, in any folder, case-insensitive; undefined if there is none. */
export function kindFromName(key: string, kinds: readonly string[]): string | undefined {
  const name = (key.split('/').pop() ?? '').toLowerCase();
  return kinds.find((kind) => name.startsWith(kind));
}

/** The single contract whose columns are all in the header (trimmed, case-insensitive); undefined for none or several. */
export function contractFromHeader(
  header: readonly string[],
  contracts: readonly Contract[],
): Contract | undefined {
  const names = new Set(header.map(normalizeColumnName));
  const matches = contracts.filter(({ columns }) => columns.every(({ name }) => names.has(name)));
  return matches.length === 1 ? matches[0] : undefined;
}

export function normalizeColumnName(name: string): string {
  return name.trim().toLowerCase();
}
