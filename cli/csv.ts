import { quotedCell } from '../domain/csv-cell';
import type { QueryColumn, QueryRow } from '../operations/lake/query/query';

/** Numbers, times and booleans are not quoted. A null is an empty cell, an empty string a quoted one. */
export function formatCsv(columns: readonly QueryColumn[], rows: readonly QueryRow[]): string {
  const plain = columns.map(({ type }) => isNumberType(type) || /^(DATE|TIME|BOOLEAN)/.test(type));
  const cell = (value: QueryRow[number] | undefined, index: number) =>
    value === null || value === undefined ? '' : plain[index] ? String(value) : quotedCell(String(value));
  const lines = [columns.map(({ name }) => quotedCell(name)), ...rows.map((row) => row.map(cell))];
  return lines.map((cells) => `${cells.join(',')}\n`).join('');
}

/** @param type as DuckDB names it, such as `DECIMAL(18,4)` */
export const isNumberType = (type: string): boolean =>
  /^(DECIMAL|U?(TINY|SMALL|BIG|HUGE)?INT|BIGNUM|FLOAT|DOUBLE)/.test(type);
