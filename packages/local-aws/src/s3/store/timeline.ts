/** Sequencers per millisecond; more of them use values of the next milliseconds. */
const PER_MILLISECOND = 1024;

/** Issues strictly increasing sequencers, and strictly increasing times per key. */
export class Timeline {
  private last = 0;

  constructor(private readonly clock: () => Date) {}

  /** Milliseconds since 1970. */
  now(): number {
    return this.clock().getTime();
  }

  /** The current time, or one millisecond after `previous` if that is later. */
  after(previous: number): { lastModified: number; sequencer: string } {
    return { lastModified: Math.max(this.now(), previous + 1), sequencer: this.sequencer() };
  }

  /** 16 hexadecimal digits. */
  sequencer(): string {
    this.last = Math.max(this.now() * PER_MILLISECOND, this.last + 1);
    return this.last.toString(16).toUpperCase().padStart(16, '0');
  }

  /** Continues after a sequencer issued before the last restart. */
  continueAfter(sequencer: string): void {
    this.last = Math.max(this.last, Number.parseInt(sequencer, 16));
  }
}
