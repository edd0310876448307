import { pseudonymizes } from '../../domain/contract';
import { extraJson } from '../../domain/extra-columns';
import type { FileFault } from '../../domain/file-rules';
import type { HeaderMatch } from '../../domain/header-match';
import { undeclaredQuantity } from '../../domain/quantity';
import { rowGuard } from '../../domain/row-guards';
import { type CheckedRow, RowCheck, type RowFault, withoutValue } from '../../domain/row-rules';
import type { ValueSettings } from '../../domain/values';
import type { InputRow } from '../../formats/input-file';
import { FaultTally } from './fault-tally';
import type { ReplaceValues } from './pseudonyms';
import { RejectedRows } from './rejected-rows';
import type { TypedRows } from './typed-rows';

/** Checks the rows of one file with the rules of domain/, and splits them into good and bad rows. */
export class RowSplitter {
  readonly tally = new FaultTally();
  readonly bad: RejectedRows;
  goodRows = 0;
  /** Those of the good rows that delete their key. */
  deletedRows = 0;
  leftOutRows = 0;
  readonly rules: RowCheck;
  /** The fault of the whole file that a row shows; the rows after it are not checked. */
  fault: FileFault | undefined;
  private readonly guard: ReturnType<typeof rowGuard>;

  private readonly hidesValues: boolean;

  /**
   * @param file the file's number among the files that share `good`
   * @param replace of the values of good rows
   */
  constructor(
    private readonly header: HeaderMatch,
    private readonly file: number,
    private readonly good: TypedRows,
    rejectedRowsPath: string,
    settings: ValueSettings,
    private readonly replace: ReplaceValues,
  ) {
    this.hidesValues = pseudonymizes(header.contract);
    this.rules = new RowCheck(header, settings);
    this.guard = rowGuard(header.guards);
    this.bad = new RejectedRows(rejectedRowsPath);
  }

  async add(rows: readonly InputRow[]): Promise<void> {
    for (const row of rows) {
      if (this.fault) return;
      const guarded =
        !row.fault && row.cells.length === this.header.width ? this.guard(row.cells) : undefined;
      switch (guarded?.outcome) {
        case 'leftOut':
          this.leftOutRows += 1;
          break;
        case 'pieces':
          this.fault = undeclaredQuantity(this.header.contract, guarded.column, guarded.cell, row.line);
          break;
        case 'bad': {
          const { column, expected, reason } = guarded;
          this.addBad(row, [{ column, rule: `expected ${expected}`, reason }]);
          break;
        }
        default:
          this.addChecked(row, guarded?.outcome === 'deleted');
      }
    }
    await this.bad.flush();
  }

  private addChecked(row: InputRow, deleted: boolean): void {
    const checked: CheckedRow = row.fault
      ? { ok: false, faults: [row.fault] }
      : this.rules.check(row.cells, row.line, deleted);
    if (!checked.ok) {
      this.addBad(row, checked.faults);
      return;
    }
    const extra = deleted ? null : extraJson(this.header.kept, row.cells);
    this.good.add(this.file, this.replace(checked.values), row.line, { deleted, extra });
    this.goodRows += 1;
    if (deleted) this.deletedRows += 1;
  }

  private addBad({ line, raw }: InputRow, faults: readonly RowFault[]): void {
    if (this.hidesValues) this.bad.add(line, faults.map(withoutValue), '');
    else this.bad.add(line, faults, raw.toString());
    this.tally.add(faults, line);
  }

  async close(): Promise<void> {
    await this.bad.close();
  }
}
