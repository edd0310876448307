import { JsonDuckDBValueConverter } from '@duckdb/node-api';
import type { DuckDb } from '../../../engine/duckdb/session';

export interface QueryColumn {
  readonly name: string;
  /** DuckDB's name, such as `DECIMAL(18,4)`. */
  readonly type: string;
}

/**
 * Exact values for JSON: integers of 64 bits and more, decimals, times and numbers that JSON cannot represent (`NaN`) are
 * strings; lists and structs are JSON text.
 */
export type QueryRow = readonly (string | number | boolean | null)[];

export interface RowsRead {
  readonly columns: readonly QueryColumn[];
  readonly rows: readonly QueryRow[];
  /** True if a limit cut off further rows. */
  readonly truncated: boolean;
}

export interface RowLimits {
  readonly maxRows: number;
  /** Approximate size of all cells as text. The row that exceeds it is the last. */
  readonly maxBytes: number;
}

/** Gives the first rows of a query's result to `take`, a few thousand at a time; rows beyond the limits are not computed. */
export async function readRows(
  { connection }: DuckDb,
  sql: string,
  { maxRows, maxBytes }: RowLimits,
  take: (rows: readonly QueryRow[]) => Promise<void>,
): Promise<Omit<RowsRead, 'rows'>> {
  const result = await connection.stream(sql);
  const types = result.columnTypes();
  const columns = result.columnNames().map((name, index) => ({ name, type: String(types[index]) }));
  let count = 0;
  let bytes = 0;
  for (;;) {
    const chunk = await result.fetchChunk();
    if (!chunk || chunk.rowCount === 0) return { columns, truncated: false };
    const rows: QueryRow[] = [];
    let isFull = false;
    for (let index = 0; index < chunk.rowCount; index++) {
      isFull = count >= maxRows || bytes >= maxBytes;
      if (isFull) break;
      const row = chunk.convertRowValues(index, JsonDuckDBValueConverter).map(cellOf);
      for (const cell of row) bytes += typeof cell === 'string' ? cell.length : 8;
      rows.push(row);
      count += 1;
    }
    await take(rows);
    if (isFull) return { columns, truncated: true };
  }
}

function cellOf(value: unknown): QueryRow[number] {
  if (value === null || value === undefined) return null;
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? value
    : JSON.stringify(value);
}
