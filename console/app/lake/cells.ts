import type { Cell, ColumnView } from '../../api/lake';

/** Whether a column of this DuckDB type holds numbers. */
export const isNumeric = (type: string): boolean =>
  /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DECIMAL\(\d+,\d+\)|DOUBLE|FLOAT|BIGNUM)$/.test(type);

/** What a cell is sorted by: numbers that came as text for the sake of their digits by their size, about. */
export function sortValue(cell: Cell | undefined, type: string): string | number | null {
  if (cell === null || cell === undefined) return null;
  if (typeof cell === 'number') return cell;
  return isNumeric(type) ? Number(cell) : String(cell);
}

const CHARACTER = 9;
const LEAST = 84;
const MOST = 320;
const LOOKED_AT = 50;

/** Pixels that let most cells of a column be read whole. */
export function widthOf(name: string, rows: readonly (readonly Cell[])[], index: number): number {
  const longest = rows
    .slice(0, LOOKED_AT)
    .reduce((most, cells) => Math.max(most, String(cells[index] ?? 'null').length), name.length + 2);
  return Math.min(MOST, Math.max(LEAST, longest * CHARACTER + 24));
}

/** A text in one line, its breaks and tabs shown. */
export const inOneLine = (text: string): string => text.replaceAll(/\r\n|\n|\r/g, '↵').replaceAll('\t', '⇥');

/** RFC 4180, for spreadsheets and programs: exact values, empty for null. */
export function toCsv(columns: readonly ColumnView[], rows: readonly (readonly Cell[])[]): string {
  const line = (cells: readonly Cell[]) => `${cells.map(csvField).join(',')}\r\n`;
  return [columns.map(({ name }) => name), ...rows].map(line).join('');
}

function csvField(cell: Cell): string {
  if (cell === null) return '';
  const text = String(cell);
  // An empty text is no null.
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
