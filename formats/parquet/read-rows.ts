import type { FileFault } from '../../domain/file-rules';
import type { HeaderMatch } from '../../domain/header-match';
import type { RowFault } from '../../domain/row-rules';
import { quoteIdentifier, quoteLiteral } from '../../engine/duckdb/quote';
import { fill } from '../../engine/duckdb/sql';
import type { InputRow, OnRows } from '../input-file';
import { numberCell } from '../number-cell';
import { cellText, isNested, isPlainJson } from './cell-text';
import { faultOf } from './faults';
import rowsSql from './rows.sql';
import { type ParquetColumn, parquetRelation } from './schema';
import { withSession } from './session';

interface RowsOf {
  readonly path: string;
  readonly columns: readonly ParquetColumn[];
  readonly header: HeaderMatch;
}

/**
 * Reads the rows of a Parquet file as text, in order.
 * @param lines row numbers from 1, ascending; all rows if not given
 * @returns the fault of a file that DuckDB cannot read to its end
 */
export async function readRows(
  { path, columns, header }: RowsOf,
  onRows: OnRows,
  lines?: readonly number[],
): Promise<FileFault | undefined> {
  const sql = fill(rowsSql, {
    unreadable: unreadable(columns, header),
    cells: columns.map(({ sqlName, type }) => cellText(quoteIdentifier(sqlName), type)).join(',\n  '),
    relation: parquetRelation([path]),
    first: `${(lines?.[0] ?? 1) - 1}`,
    last: `${(lines?.at(-1) ?? Number.MAX_SAFE_INTEGER) - 1}`,
  });
  const wanted = lines && new Set(lines);
  const toRow = rowReader(columns, header);
  return withSession(path, async (db) => {
    const result = await db.connection.stream(sql);
    for (;;) {
      let rows: unknown[][];
      try {
        const chunk = await result.fetchChunk();
        if (!chunk || chunk.rowCount === 0) return undefined;
        rows = chunk.getRows() as unknown[][];
      } catch (error) {
        return faultOf(error);
      }
      const batch = rows.filter(([line]) => !wanted || wanted.has(Number(line))).map(toRow);
      if (batch.length > 0) await onRows(batch);
    }
  });
}

/** SQL for the first column of the contract whose bytes are not UTF-8 in a row. */
function unreadable(columns: readonly ParquetColumn[], { positions }: HeaderMatch): string {
  const cases = positions.flatMap((position) => {
    const column = position === null ? undefined : columns[position];
    if (column?.type !== 'BLOB') return [];
    const value = quoteIdentifier(column.sqlName);
    return [`when ${value} is not null and try(decode(${value})) is null then ${quoteLiteral(column.name)}`];
  });
  return cases.length > 0 ? `case ${cases.join(' ')} end` : 'null::varchar';
}

function rowReader(
  columns: readonly ParquetColumn[],
  { contract, positions }: HeaderMatch,
): (row: readonly unknown[]) => InputRow {
  const nested: { readonly at: number; readonly column: string }[] = [];
  const numbers: { readonly at: number; readonly cell: (text: string) => string }[] = [];
  for (const [index, column] of contract.columns.entries()) {
    const at = positions[index] ?? null;
    if (at === null) continue;
    const type = columns[at]?.type ?? '';
    if (isNested(type) && column.type !== 'json') nested.push({ at, column: column.name });
    const cell = isPlainJson(type) ? numberCell(column, contract) : undefined;
    if (cell) numbers.push({ at, cell });
  }
  return ([line, unreadable, ...values]) => {
    const cells = values.map((value) => (value === null ? '' : (value as string)));
    const raw = { toString: () => jsonOf(columns, values) };
    const isNestedCell = nested.find(({ at }) => cells[at] !== '');
    for (const { at, cell } of numbers) cells[at] = cell(cells[at] as string);
    const fault =
      typeof unreadable === 'string'
        ? notText(unreadable)
        : isNestedCell && nestedFault(isNestedCell.column, cells[isNestedCell.at]);
    return { cells, line: Number(line), raw, ...(fault && { fault }) };
  };
}

function nestedFault(column: string, text = ''): RowFault {
  const got = text.startsWith('[') ? 'a list' : 'several fields';
  return { column, rule: 'expected one value', reason: `expected one value, got ${got}` };
}

const notText = (column: string): RowFault => ({
  column,
  rule: 'expected text',
  reason: 'expected text, got bytes that are not UTF-8',
});

/** A number as JSON allows it. */
const JSON_TOKEN = /^(true|false|-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?)$/;

/** The row as one JSON object, which can be uploaded as a line of an NDJSON file. */
function jsonOf(columns: readonly ParquetColumn[], values: readonly unknown[]): string {
  const members = columns.map(({ name, type }, at) => {
    const text = values[at];
    const isToken = typeof text === 'string' && isPlainJson(type) && JSON_TOKEN.test(text);
    const value = isToken || (typeof text === 'string' && isNested(type)) ? text : JSON.stringify(text);
    return `${JSON.stringify(name)}:${value}`;
  });
  return `{${members.join(',')}}`;
}
