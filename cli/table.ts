/** One column of a text table: heading, text per row, and alignment. */
export interface TableColumn<Row> {
  readonly heading: string;
  readonly text: (row: Row) => string;
  readonly right?: boolean;
}

/** Rows aligned under their headings, two spaces apart; an empty table says so. */
export function formatTable<Row>(columns: readonly TableColumn<Row>[], rows: readonly Row[]): string {
  if (rows.length === 0) return '  (none)\n';
  const cells = rows.map((row) => columns.map(({ text }) => printable(text(row))));
  const widths = columns.map(({ heading }, i) =>
    cells.reduce((widest, line) => Math.max(widest, widthOf(line[i] ?? '')), heading.length),
  );
  const line = (texts: readonly string[]) =>
    texts
      .map((text, i) => {
        const padding = ' '.repeat(Math.max(0, (widths[i] ?? 0) - widthOf(text)));
        return columns[i]?.right ? padding + text : text + padding;
      })
      .join('  ')
      .trimEnd();
  return `${[line(columns.map(({ heading }) => heading)), ...cells.map(line)].map((l) => `  ${l}`).join('\n')}\n`;
}

export function formatSeconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(bytes, 1)) / 3));
  return `${(bytes / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Characters that a terminal shows two cells wide: East Asian letters, full-width forms, emoji. */
const WIDE =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6\p{Emoji_Presentation}]|\ufe0f/u;

/** Width of the text in terminal cells; a letter with combining marks takes one. */
function widthOf(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += WIDE.test(segment) ? 2 : 1;
  return width;
}

/**
 * Escapes, as in `\u001b`, the characters of untrusted text that could move the cursor, change colours or the reading
 * direction, or are invisible.
 */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
