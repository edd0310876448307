import type { HeaderMatch } from '../../domain/header-match';
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

  /** @param file the file's number among the files that share `good` */
  constructor(
    header: HeaderMatch,
    private readonly file: number,
    private readonly good: TypedRows,
    rejectedRowsPath: string,
    settings: ValueSettings,
  ) {
    this.rules = new RowCheck(header, settings);
    this.bad = new RejectedRows(rejectedRowsPath);
  }

  async add(rows: readonly InputRow[]): Promise<void> {
    for (const row of rows) {
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
