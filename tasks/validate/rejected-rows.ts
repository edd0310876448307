import { type FileHandle, open } from 'node:fs/promises';
import type { RowFault } from '../../domain/row-rules';

const HEADER = 'line,column,reason,row\n';

/** A cell that a spreadsheet takes for a formula, or that begins with what it may pass over before one. */
const FORMULA = /^([^\S\t\r\n]*)(?='*[=+\-@＝＋－＠\t\r])/;

/**
 * The same, behind what begins a cell for a spreadsheet that splits at another character than the comma, as Excel does in
 * most of Europe: it does not know our quotes for quotes. A number is no formula. White space is one class here, as a
 * choice within the repetition would run out of stack in a long row.
 */
const FORMULA_WITHIN =
  /([;|\t\r\n][ "\f\v\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]*)(?='*[=+\-@＝＋－＠])(?![+-][0-9.,]+"?(?:[;|\t\r\n]|$))/g;

/**
 * The `.rows.csv` of one file, on local disk: one record per bad row, in the order of the file.
 *
 * - `line`: the physical line the row starts in, the header of the file being line 1.
 * - `column`: the columns at fault, with `; ` between them; empty where the row as a whole is.
 * - `reason`: what was expected and what came; with several faults each behind its column's name.
 * - `row`: the row as it stood in the file, in one quoted cell. Mended, and without the cell's own quoting, these cells
 *   under the header of the file are a file to drop in again.
 *
 * What a spreadsheet could take for a formula has one apostrophe put in front, at the start of a cell and within it behind
 * `;`, `|`, a tab or a line end, and so have apostrophes in front of one: taking one apostrophe from `'=`, `'+`, `'-` or
 * `'@` there gives the text back.
 */
export class RejectedRows {
  rows = 0;
  private file: FileHandle | undefined;
  private pending: string[] = [];

  constructor(readonly path: string) {}

  add(line: number, faults: readonly RowFault[], row: string): void {
    const [first] = faults;
    const columns = faults.map(({ column }) => column).join('; ');
    const reason =
      faults.length === 1
        ? (first?.reason ?? '')
        : faults.map((fault) => `${fault.column}: ${fault.reason}`).join('; ');
    this.pending.push(`${line},${quotedCell(columns)},${quotedCell(reason)},${quotedCell(row)}\n`);
    this.rows += 1;
  }

  /** Writes what was added; between batches, so that bad rows do not gather in memory. */
  async flush(): Promise<void> {
    if (this.pending.length === 0) return;
    if (!this.file) {
      this.file = await open(this.path, 'w');
      await this.file.write(HEADER);
    }
    const text = this.pending.join('');
    this.pending = [];
    await this.file.appendFile(text);
  }

  async close(): Promise<void> {
    await this.file?.close();
    this.file = undefined;
  }
}

function quotedCell(text: string): string {
  const harmless = text.replace(FORMULA, "$1'").replace(FORMULA_WITHIN, "$1'");
  return `"${harmless.replaceAll('"', '""')}"`;
}
