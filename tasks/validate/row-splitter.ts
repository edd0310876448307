import type { FileFault } from '../../domain/file-rules';
import type { HeaderMatch } from '../../domain/header-match';
import { undeclaredQuantity } from '../../domain/quantity';
import { rowGuard } from '../../domain/row-guards';
import { type CheckedRow, RowCheck } from '../../domain/row-rules';
import type { ValueSettings } from '../../domain/values';
import type { InputRow } from '../../formats/input-file';
import { FaultTally } from './fault-tally';
import { RejectedRows } from './rejected-rows';
import type { TypedRows } from './typed-rows';

/** Checks the rows of one file with the rules of domain/, and splits them into good and bad rows. */
export class RowSplitter {
  readonly tally = new FaultTally();
  readonly bad: RejectedRows;
  goodRows = 0;
  readonly rules: RowCheck;
  /** The fault of the whole file that a row shows; the rows after it are not checked. */
  fault: FileFault | undefined;
  private readonly guard: ReturnType<typeof rowGuard>;

  /** @param file the file's number among the files that share `good` */
  constructor(
    private readonly header: HeaderMatch,
    private readonly file: number,
    private readonly good: TypedRows,
    rejectedRowsPath: string,
    settings: ValueSettings,
  ) {
    this.rules = new RowCheck(header, settings);
    this.guard = rowGuard(header.guards);
    this.bad = new RejectedRows(rejectedRowsPath);
  }

  async add(rows: readonly InputRow[]): Promise<void> {
    for (const row of rows) {
      if (this.fault) return;
      const guarded =
        row.cells.length === this.header.width && !row.fault ? this.guard(row.cells) : undefined;
      if (guarded) {
        const { guard, cell } = guarded;
        this.fault = undeclaredQuantity(this.header.contract, guard.column, cell, row.line);
        return;
      }
      const checked: CheckedRow = row.fault
        ? { ok: false, faults: [row.fault] }
        : this.rules.check(row.cells, row.line);
      if (checked.ok) {
        this.good.add(this.file, checked.values, row.line);
        this.goodRows += 1;
      } else {
        this.bad.add(row.line, checked.faults, row.raw.toString());
        this.tally.add(checked.faults, row.line);
      }
    }
    await this.bad.flush();
  }

  async close(): Promise<void> {
    await this.bad.close();
  }
}
