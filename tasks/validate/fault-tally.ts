import type { RowFault } from '../../domain/row-rules';

const SHOWN_FAULTS = 5;

/** Counts the faults of a file's rows by column and sort. */
export class FaultTally {
  private readonly seen = new Map<string, { rows: number; firstLine: number }>();

  add(faults: readonly RowFault[], line: number): void {
    for (const { column, rule } of faults) {
      const sort = column === '' ? rule : `${column}: ${rule}`;
      const entry = this.seen.get(sort);
      if (entry) entry.rows += 1;
      else this.seen.set(sort, { rows: 1, firstLine: line });
    }
  }

  /** The commonest faults, one sentence each: `created_at: expected a value (7 rows, first in line 3)`. */
  commonest(): string[] {
    return [...this.seen]
      .sort(([, a], [, b]) => b.rows - a.rows || a.firstLine - b.firstLine)
      .slice(0, SHOWN_FAULTS)
      .map(
        ([sort, { rows, firstLine }]) =>
          `${sort} (${rows === 1 ? `line ${firstLine}` : `${rows} rows, first in line ${firstLine}`})`,
      );
  }
}
