import type { Declaration } from '../../domain/declare';
import type { RowFault } from '../../domain/row-rules';

const MAX_SENTENCES = 5;

interface Entry {
  rows: number;
  readonly firstLine: number;
  /** The first of these faults. */
  readonly fault: RowFault;
}

/** Counts the faults in a file's rows by column and rule. */
export class FaultTally {
  private readonly seen = new Map<string, Entry>();

  add(faults: readonly RowFault[], line: number): void {
    for (const fault of faults) {
      const { column, rule } = fault;
      const label = column === '' ? rule : `${column}: ${rule}`;
      const entry = this.seen.get(label);
      if (entry) entry.rows += 1;
      else this.seen.set(label, { rows: 1, firstLine: line, fault });
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
  declarations(): {
    readonly remedies: readonly string[];
    readonly lines: readonly Declaration[];
    readonly all: boolean;
  } {
    const byRemedy = new Map<string, readonly Declaration[]>();
    let all = true;
    for (const [, { fault }] of this.sorted()) {
      const { remedy, declarations = [] } = fault;
      if (remedy === undefined) all = false;
      else if (byRemedy.size < MAX_SENTENCES) byRemedy.set(remedy, declarations);
    }
    return { remedies: [...byRemedy.keys()], lines: [...byRemedy.values()].flat(), all };
  }

  private sorted(): [string, Entry][] {
    return [...this.seen].sort(([, a], [, b]) => b.rows - a.rows || a.firstLine - b.firstLine);
  }
}
