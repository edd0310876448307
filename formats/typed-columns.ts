import { type Column, type ColumnType, type Contract, type DecimalType, isDecimal } from '../domain/contract';
import { parseValue } from '../domain/values';
import { quoteIdentifier } from '../engine/duckdb/quote';

const SQL_TYPES: Readonly<Record<Exclude<ColumnType, DecimalType>, string>> = {
  int64: 'bigint',
  text: 'varchar',
  money: 'decimal(18,4)',
  double: 'double',
  boolean: 'boolean',
  timestamp: 'timestamptz',
  date: 'date',
  json: 'varchar',
};

/** Parquet types of the rows that validate writes for stage. */
export const sqlType = (type: ColumnType): string => (isDecimal(type) ? type : SQL_TYPES[type]);

/**
 * The format of these files. Only DuckDB reads them, so they use the newer encodings: half the size, and a third less CPU time.
 * Large dictionaries cost time without saving space.
 */
export const ROWS_FORMAT = 'format parquet, parquet_version v2, dictionary_size_limit 1000';

/** The origin of a row: one version of an input file. */
export interface RowSource {
  readonly key: string;
  /** The time of the upload, ISO 8601. */
  readonly uploadedAt: string;
}

/** `expression as column` for every column of the contract, in order. */
export function selectList(
  { columns }: Contract,
  expression: (at: number, column: Column) => string,
): string {
  return columns
    .map((column, at) => `${expression(at, column)} as ${quoteIdentifier(column.name)}`)
    .join(',\n    ');
}

/** The contract's columns, in order. */
export function nameList({ columns }: Contract): string {
  return columns.map(({ name }) => quoteIdentifier(name)).join(', ');
}

/** The upload time in a form that DuckDB casts to a timestamp. @throws RangeError if it is not a time */
export function uploadTime({ key, uploadedAt }: RowSource): string {
  const time = parseValue('timestamp', uploadedAt);
  if (!time.ok || time.value === null) {
    throw new RangeError(
      `${key}: expected the time of its upload in ISO 8601, got ${JSON.stringify(uploadedAt)}`,
    );
  }
  return time.value;
}
