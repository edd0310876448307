import { quotedCell } from '../../../domain/csv-cell';
import type { MartColumn } from '../../../domain/mart';
import type { RowCells } from '../../../operations/marts/row-page';

/**
 * Rows as CSV, with a header: exact numbers, times as ISO 8601; a missing value is an empty cell, an empty text a quoted one. A text that
 * a spreadsheet could run as a formula is escaped.
 */
export async function* rowCsv(
  columns: readonly MartColumn[],
  pages: AsyncIterable<readonly RowCells[]>,
): AsyncGenerator<string> {
  yield `${columns.map(({ name }) => name).join(',')}\n`;
  const isText = columns.map(({ type }) => type === 'text');
  const cell = (value: string | null, at: number) =>
    value === null ? '' : isText[at] ? quotedCell(value) : value;
  for await (const rows of pages) yield rows.map((cells) => `${cells.map(cell).join(',')}\n`).join('');
}
