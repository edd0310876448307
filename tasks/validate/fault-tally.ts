import type { RowFault } from '../../domain/row-rules';

const MAX_SENTENCES = 5;

/** Counts the faults in a file's rows by column and rule. */
export class FaultTally {
  private readonly seen = new Map<string, { rows: number; firstLine: number }>();

  add(faults: readonly RowFault[], line: number): void {
    for (const { column, rule } of faults) {
      const label = column === '' ? rule : `${column}: ${rule}`;
      const entry = this.seen.get(label);
      if (entry) entry.rows += 1;
      else this.seen.set(label, { rows: 1, firstLine: line });
    }
  }

  /** The most frequent faults, one sentence each: `created_at: expected a value (7 rows, first in line 3)`. */
  mostFrequent(): string[] {
    return [...this.seen]
      .sort(([, a], [, b]) => b.rows - a.rows || a.firstLine - b.firstLine)
      .slice(0, MAX_SENTENCES)
      .map(
        ([label, { rows, firstLine }]) =>
          `${label} (${rows === 1 ? `line ${firstLine}` : `${rows} rows, first in line ${firstLine}`})`,
      );
  }
}
