/** One column of a table for reading: its heading, a row's text, and whether it is lined up on the right. */
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
    Math.max(heading.length, ...cells.map((line) => [...(line[i] ?? '')].length)),
  );
  const line = (texts: readonly string[]) =>
    texts
      .map((text, i) => {
        const padding = ' '.repeat(Math.max(0, (widths[i] ?? 0) - [...text].length));
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

/** Text from a file's name or content, with what could move the cursor or colour the terminal made visible. */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
