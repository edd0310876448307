/** Sequencers in a millisecond: those of a busier one run ahead into the next. */
const PER_MILLISECOND = 1024;

/** Hands out the times and the sequencers of changes, which both only grow: a sequencer everywhere, a time per key. */
export class Timeline {
  private last = 0;

  constructor(private readonly clock: () => Date) {}

  /** Milliseconds since 1970. */
  now(): number {
    return this.clock().getTime();
  }

  /** A moment later than `previous` (milliseconds), which is now unless the clock has not moved on. */
  after(previous: number): { lastModified: number; sequencer: string } {
    return { lastModified: Math.max(this.now(), previous + 1), sequencer: this.sequencer() };
  }

  /** 16 hexadecimal digits. */
  sequencer(): string {
    this.last = Math.max(this.now() * PER_MILLISECOND, this.last + 1);
    return this.last.toString(16).toUpperCase().padStart(16, '0');
  }

  /** Takes note of a sequencer given before the last restart. */
  passed(sequencer: string): void {
    this.last = Math.max(this.last, Number.parseInt(sequencer, 16));
  }
}
