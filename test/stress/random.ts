/** The same numbers for the same seed: a linear congruential generator with Knuth's constants for 64 bits. */
export class Random {
  private state: bigint;

  constructor(seed: number) {
    this.state = BigInt(seed) + 1n;
  }

  /** From 0 up to, and not including, `bound`. */
  upTo(bound: number): number {
    this.state = (this.state * 6364136223846793005n + 1442695040888963407n) & 0xffff_ffff_ffff_ffffn;
    return Math.floor((Number(this.state >> 40n) / 2 ** 24) * bound);
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.upTo(items.length)] as Item;
  }
}
