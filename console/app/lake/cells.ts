import type { Cell, ColumnView } from '../../api/lake';

/** True for numeric DuckDB types. */
export const isNumeric = (type: string): boolean =>
  /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DECIMAL\(\d+,\d+\)|DOUBLE|FLOAT|BIGNUM)$/.test(type);

/** The sort value of a cell; exact numbers in strings are converted to approximate numbers. */
export function sortValue(cell: Cell | undefined, type: string): string | number | null {
  if (cell === null || cell === undefined) return null;
  if (typeof cell === 'number') return cell;
  return isNumeric(type) ? Number(cell) : String(cell);
}

const CHARACTER_WIDTH = 9;
const MIN_WIDTH = 84;
const MAX_WIDTH = 320;
const SAMPLE_ROWS = 50;

/** A column width in pixels at which most cells fit. */
export function widthOf(name: string, rows: readonly (readonly Cell[])[], index: number): number {
  const longest = rows
    .slice(0, SAMPLE_ROWS)
    .reduce((max, cells) => Math.max(max, String(cells[index] ?? 'null').length), name.length + 2);
  return Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, longest * CHARACTER_WIDTH + 24));
}

/** Text on one line, with symbols for line breaks and tabs. */
export const inOneLine = (text: string): string => text.replaceAll(/\r\n|\n|\r/g, '↵').replaceAll('\t', '⇥');

/** RFC 4180 with exact values; null is empty. */
export function toCsv(columns: readonly ColumnView[], rows: readonly (readonly Cell[])[]): string {
  const line = (cells: readonly Cell[]) => `${cells.map(csvField).join(',')}\r\n`;
  return [columns.map(({ name }) => name), ...rows].map(line).join('');
}

function csvField(cell: Cell): string {
  if (cell === null) return '';
  const text = String(cell);
  // An empty string is quoted, unlike null.
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
