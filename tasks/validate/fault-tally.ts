import type { RowFault } from '../../domain/row-rules';

const MAX_SENTENCES = 5;

interface Entry {
  rows: number;
  readonly firstLine: number;
  /** Of the first of these faults. */
  readonly remedy: string | undefined;
}

/** Counts the faults in a file's rows by column and rule. */
export class FaultTally {
  private readonly seen = new Map<string, Entry>();

  add(faults: readonly RowFault[], line: number): void {
    for (const { column, rule, remedy } of faults) {
      const label = column === '' ? rule : `${column}: ${rule}`;
      const entry = this.seen.get(label);
      if (entry) entry.rows += 1;
      else this.seen.set(label, { rows: 1, firstLine: line, remedy });
    }
  }

  /** The most frequent faults, one sentence each: `created_at: expected a value (7 rows, first in line 3)`. */
  mostFrequent(): string[] {
    return this.sorted()
      .slice(0, MAX_SENTENCES)
      .map(
        ([label, { rows, firstLine }]) =>
          `${label} (${rows === 1 ? `line ${firstLine}` : `${rows} rows, first in line ${firstLine}`})`,
      );
  }

  /** The lines that the contract lacks, by the number of rows that need them; `all`: no fault has another remedy. */
  declarations(): { readonly lines: readonly string[]; readonly all: boolean } {
    const remedies = this.sorted().map(([, { remedy }]) => remedy);
    const lines = new Set(remedies.filter((remedy) => remedy !== undefined));
    return { lines: [...lines].slice(0, MAX_SENTENCES), all: !remedies.includes(undefined) };
  }

  private sorted(): [string, Entry][] {
    return [...this.seen].sort(([, a], [, b]) => b.rows - a.rows || a.firstLine - b.firstLine);
  }
}
