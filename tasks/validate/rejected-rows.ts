import { type FileHandle, open } from 'node:fs/promises';
import { quotedCell } from '../../domain/csv-cell';
import type { RowFault } from '../../domain/row-rules';

const HEADER = 'line,column,reason,row\n';

/**
 * The `.rows.csv` of one file, on local disk: one record per bad row, in the order of the file.
 *
 * - `line`: the physical line the row starts in; the header of the file is line 1.
 * - `column`: the faulty columns, separated by `; `; empty if the whole row is faulty.
 * - `reason`: the expected and the actual value; with several faults, each after the name of its column.
 * - `row`: the text of the row in one quoted cell. To upload the rows again, fix these cells, remove their quoting, and put
 *   them under the header of the file. Empty if the contract pseudonymizes; then no reason has an actual value.
 *
 * domain/csv-cell writes the cells, so that no spreadsheet reads one as a formula.
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

  /** Writes the added rows; called between batches, so that bad rows do not accumulate in memory. */
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
