import { columnNotation } from '../../domain/contract';
import { cellPositions, type HeaderMatch } from '../../domain/header-match';
import { quoteIdentifier } from '../../engine/duckdb/quote';
import type { PlainRows } from '../input-file';
import { cellText, isNested, isPlainJson } from './cell-text';
import { readRows } from './read-rows';
import { type ParquetColumn, parquetRelation } from './schema';

/**
 * The rows of a Parquet file whose cells one query can give as text; undefined for a file with values that the reader of rows must
 * decide about.
 */
export function plainRows(
  path: string,
  columns: readonly ParquetColumn[],
  rows: number,
  header: HeaderMatch,
): PlainRows | undefined {
  const { contract, positions } = header;
  const isPlain = contract.columns.every((column, at) => {
    const position = positions[at] ?? null;
    if (position === null) return true;
    const type = columns[position]?.type ?? '';
    if (isNested(type) || type === 'BLOB') return false;
    return !isPlainJson(type) || columnNotation(column, contract).decimal !== ',';
  });
  if (!isPlain) return undefined;
  const cells = cellPositions(header).map((position, at) => {
    const column = position === null ? undefined : columns[position];
    const text = column ? `coalesce(${cellText(quoteIdentifier(column.sqlName), column.type)}, '')` : "''";
    return `${text} as _c${at}`;
  });
  return {
    shape: JSON.stringify(['parquet', contract.kind, columns, positions, header.guards]),
    rows,
    firstLine: 1,
    isNumbered: false,
    cellQueries: (paths, first) => [
      `select (file_index + ${first})::integer as _file, null::bigint as _line, ${cells.join(', ')}, true as _complete from ${parquetRelation(paths)}`,
    ],
    readLines: (lines, onRows) => readRows({ path, columns, header }, onRows, lines),
  };
}
