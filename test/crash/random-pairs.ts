import type { PlannedCase } from './case';
import { modesOf, type Write } from './writes';

/** An endless sequence of pairs of faults at writes of one run, the same for the same seed. */
export function* pickPairs(
  writes: readonly Write[],
  seed: number,
  goesOn: () => boolean,
): Generator<PlannedCase> {
  const random = generator(seed);
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  const fault = () => {
    const write = pick(writes);
    return { write, mode: pick(modesOf(write)) };
  };
  while (goesOn()) yield { faults: [fault(), fault()] };
}

/** Numbers from 0 up to 1: a linear congruential generator with Knuth's constants for 64 bits. */
function generator(seed: number): () => number {
  let state = BigInt(seed) + 1n;
  return () => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffff_ffff_ffff_ffffn;
    return Number(state >> 40n) / 2 ** 24;
  };
}
