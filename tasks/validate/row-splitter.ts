import { pseudonymizes } from '../../domain/contract';
import type { Remedy } from '../../domain/declare';
import { extraJson } from '../../domain/extra-columns';
import type { FileFault } from '../../domain/file-rules';
import type { HeaderMatch } from '../../domain/header-match';
import { type JudgedRow, RowCheck, type RowFault, rowFault, withoutValue } from '../../domain/row-rules';
import type { ValueSettings } from '../../domain/values';
import type { InputRow } from '../../formats/input-file';
import type { ReplaceValues } from '../../runtime/pseudonyms';
import { FaultTally } from './fault-tally';
import { RejectedRows } from './rejected-rows';
import type { TypedRows } from './typed-rows';

/** A remedy for the row as a whole counts for each of its faults. */
const withRemedy = (faults: readonly RowFault[], remedy: Remedy | undefined): readonly RowFault[] =>
  remedy === undefined
    ? faults
    : faults.map(({ column, rule, reason }) => rowFault(column, rule, reason, remedy));

/** Checks the rows of one file with the rules of domain/, and splits them into good and bad rows. */
export class RowSplitter {
  readonly tally = new FaultTally();
  readonly bad: RejectedRows;
  goodRows = 0;
  /** Those of the good rows that delete their key. */
  deletedRows = 0;
  leftOutRows = 0;
  private rules: RowCheck | undefined;
  /** The fault of the whole file that a row shows; the rows after it are not checked. */
  fault: FileFault | undefined;
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
    private readonly settings: ValueSettings,
    private readonly replace: ReplaceValues,
  ) {
    this.hidesValues = pseudonymizes(header.contract);
    this.bad = new RejectedRows(rejectedRowsPath);
  }

  async add(rows: readonly InputRow[]): Promise<void> {
    // Most files have no row to be checked here.
    this.rules ??= new RowCheck(this.header, this.settings);
    const { rules } = this;
    for (const row of rows) {
      if (this.fault) return;
      const judged: JudgedRow = row.fault
        ? { outcome: 'bad', faults: [row.fault] }
        : rules.judge(row.cells, row.line);
      switch (judged.outcome) {
        case 'leftOut':
          this.leftOutRows += 1;
          break;
        case 'invalid':
          this.fault = judged.fault;
          break;
        case 'bad':
          this.addBad(row, withRemedy(judged.faults, row.remedy));
          break;
        case 'good':
          this.addGood(row, judged.values, judged.deletes);
      }
    }
    await this.bad.flush();
  }

  /** See {@link RowCheck.mixedNotations}, of the rows that have been added. */
  get mixedNotations(): FileFault | undefined {
    return this.rules?.mixedNotations;
  }

  /** See {@link RowCheck.hasDecimalComma}. */
  get hasDecimalComma(): boolean {
    return this.rules?.hasDecimalComma ?? false;
  }

  private addGood({ cells, line }: InputRow, values: (string | null)[], deleted: boolean): void {
    const extra = deleted ? null : extraJson(this.header.kept, cells);
    this.good.add(this.file, this.replace(values), line, { deleted, extra });
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
