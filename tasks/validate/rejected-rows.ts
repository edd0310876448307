import { type FileHandle, open } from 'node:fs/promises';
import { quotedCell } from '../../domain/csv-cell';
import type { RowFault } from '../../domain/row-rules';

const HEADER = 'line,column,reason,row\n';

/**
 * The `.rows.csv` of one file, on local disk: one record per bad row, in the order of the file.
 *
 * - `line`: the physical line the row starts in, the header of the file being line 1.
 * - `column`: the columns at fault, with `; ` between them; empty where the row as a whole is.
 * - `reason`: what was expected and what came; with several faults each behind its column's name.
 * - `row`: the row as it stood in the file, in one quoted cell. Mended, and without the cell's own quoting, these cells
 *   under the header of the file are a file to drop in again.
 *
 * Cells are as domain/csv-cell has them, so that no spreadsheet takes one for a formula.
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
    const cells = [quotedCell(columns), quotedCell(reason), quotedCell(row, 'last')];
    this.pending.push(`${line},${cells.join(',')}\n`);
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
