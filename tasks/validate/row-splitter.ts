import type { HeaderMatch } from '../../domain/file-rules';
import { type CheckedRow, rowCheck, STRAY_QUOTE } from '../../domain/row-rules';
import type { CsvRow } from '../../formats/csv/read-rows';
import { FaultTally } from './fault-tally';
import { RejectedRows } from './rejected-rows';
import type { TypedRows } from './typed-rows';

/** Checks the rows of one file with the rules of domain/, and splits them into good and bad rows. */
export class RowSplitter {
  readonly tally = new FaultTally();
  readonly bad: RejectedRows;
  goodRows = 0;
  private readonly check: ReturnType<typeof rowCheck>;

  /** @param file the file's number among the files that share `good` */
  constructor(
    header: HeaderMatch,
    private readonly file: number,
    private readonly good: TypedRows,
    rejectedRowsPath: string,
  ) {
    this.check = rowCheck(header);
    this.bad = new RejectedRows(rejectedRowsPath);
  }

  async add(rows: readonly CsvRow[]): Promise<void> {
    for (const row of rows) {
      const checked = row.strayQuote ? STRAY_QUOTE_ROW : this.check(row.cells);
      if (checked.ok) {
        this.good.add(this.file, checked.values, row.line);
        this.goodRows += 1;
      } else {
        this.bad.add(row.line, checked.faults, row.raw.toString('utf8'));
        this.tally.add(checked.faults, row.line);
      }
    }
    await this.bad.flush();
  }

  async close(): Promise<void> {
    await this.bad.close();
  }
}

const STRAY_QUOTE_ROW: CheckedRow = { ok: false, faults: [STRAY_QUOTE] };
