/**
 * Which files of a partition a merge rewrites, and into what, so that live files stay few and a row is rewritten a
 * logarithmic number of times however many merges there are. Sizes fall into tiers, each five times the one below; five
 * files of a tier become one of the next (size-tiered compaction, as log-structured stores have it).
 */

/** Files below this size are all of the lowest tier: the footer is half of them. */
const LOWEST_TIER_BYTES = 8 * 1024;
const TIER_FACTOR = 5;

/** The size that data files grow to, in bytes. */
export const TARGET_FILE_BYTES = 128 * 1024 * 1024;

export function tier(bytes: number): number {
  return bytes < LOWEST_TIER_BYTES
    ? 0
    : Math.floor(Math.log(bytes / LOWEST_TIER_BYTES) / Math.log(TIER_FACTOR)) + 1;
}

/** What a merge does with files of one partition. Files in neither list are left alone. */
export interface Rewriting<File> {
  /** Go into one file. */
  readonly folded: readonly File[];
  /** Lose rows, and are written anew each by itself. */
  readonly reduced: readonly File[];
}

/**
 * New rows are no part of this: they make a file of their own. What was changed last is likely to be changed next, and
 * would have the next merge rewrite whatever it was folded into.
 *
 * @param dirty live files of a partition that lose rows
 * @param clean the partition's other live files
 * @param target the size that files grow to, in bytes: nothing is folded beyond it
 */
export function planRewriting<File extends { readonly size: number }>(
  dirty: readonly File[],
  clean: readonly File[],
  target: number,
): Rewriting<File> {
  let rest = [...dirty, ...clean].toSorted((a, b) => a.size - b.size);
  let folded: File[] = [];
  const highest = tier(rest.at(-1)?.size ?? 0);
  for (let level = 0; level <= highest; level++) {
    const count = rest.filter(({ size }) => tier(size) === level).length;
    const own = folded.length > 0 && tier(sum(folded)) <= level ? 1 : 0;
    if (own + count < TIER_FACTOR) continue;
    const low = [...folded, ...rest.filter(({ size }) => tier(size) <= level)];
    const fitting = fittingInto(target, low);
    if (fitting.length <= Math.max(1, folded.length)) continue;
    folded = fitting;
    const taken = new Set(fitting);
    rest = rest.filter((file) => !taken.has(file));
  }
  return { folded, reduced: rest.filter((file) => dirty.includes(file)) };
}

/** The first of the files, as many as come to no more than so many bytes. */
function fittingInto<File extends { readonly size: number }>(target: number, files: readonly File[]): File[] {
  let bytes = 0;
  return files.filter(({ size }) => {
    bytes += size;
    return bytes <= target;
  });
}

function sum(files: readonly { readonly size: number }[]): number {
  return files.reduce((bytes, { size }) => bytes + size, 0);
}
