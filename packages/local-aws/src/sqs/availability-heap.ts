/** When a message becomes available. Stale once the message was changed or deleted. */
export interface HeapEntry {
  readonly messageId: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Breaks ties: the lower is first. */
  readonly sequence: number;
}

const before = (a: HeapEntry, b: HeapEntry) => a.at < b.at || (a.at === b.at && a.sequence < b.sequence);

/** A binary heap ordered by availability. */
export class AvailabilityHeap {
  private entries: HeapEntry[] = [];

  get size(): number {
    return this.entries.length;
  }

  peek(): HeapEntry | undefined {
    return this.entries[0];
  }

  push(entry: HeapEntry): void {
    let index = this.entries.push(entry) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = this.entries[parent] as HeapEntry;
      if (!before(entry, above)) break;
      this.entries[index] = above;
      index = parent;
    }
    this.entries[index] = entry;
  }

  pop(): HeapEntry | undefined {
    const first = this.entries[0];
    const last = this.entries.pop();
    if (last === undefined || this.entries.length === 0) return first;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const right = left + 1;
      if (left >= this.entries.length) break;
      const leftEntry = this.entries[left] as HeapEntry;
      const rightEntry = this.entries[right];
      const takeRight = rightEntry !== undefined && before(rightEntry, leftEntry);
      const child = takeRight ? rightEntry : leftEntry;
      if (!before(child, last)) break;
      this.entries[index] = child;
      index = takeRight ? right : left;
    }
    this.entries[index] = last;
    return first;
  }

  retain(keep: (entry: HeapEntry) => boolean): void {
    const kept = this.entries.filter(keep);
    this.entries = [];
    for (const entry of kept) this.push(entry);
  }
}
