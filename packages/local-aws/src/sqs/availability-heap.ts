/** When a message may next be received. Left behind, it is stale once the message has another turn or is gone. */
export interface Turn {
  readonly messageId: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Breaks ties: the lower comes first. */
  readonly sequence: number;
}

const before = (a: Turn, b: Turn) => a.at < b.at || (a.at === b.at && a.sequence < b.sequence);

/** A binary heap: the next turn at its head, adding and taking in logarithmic time. */
export class AvailabilityHeap {
  private turns: Turn[] = [];

  get size(): number {
    return this.turns.length;
  }

  peek(): Turn | undefined {
    return this.turns[0];
  }

  push(turn: Turn): void {
    let index = this.turns.push(turn) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = this.turns[parent] as Turn;
      if (!before(turn, above)) break;
      this.turns[index] = above;
      index = parent;
    }
    this.turns[index] = turn;
  }

  pop(): Turn | undefined {
    const first = this.turns[0];
    const last = this.turns.pop();
    if (last === undefined || this.turns.length === 0) return first;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const right = left + 1;
      if (left >= this.turns.length) break;
      const leftTurn = this.turns[left] as Turn;
      const rightTurn = this.turns[right];
      const takeRight = rightTurn !== undefined && before(rightTurn, leftTurn);
      const child = takeRight ? rightTurn : leftTurn;
      if (!before(child, last)) break;
      this.turns[index] = child;
      index = takeRight ? right : left;
    }
    this.turns[index] = last;
    return first;
  }

  /** Keeps only the turns that pass. */
  retain(keep: (turn: Turn) => boolean): void {
    const kept = this.turns.filter(keep);
    this.turns = [];
    for (const turn of kept) this.push(turn);
  }
}
