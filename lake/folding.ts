/**
 * Which files of a partition a merge rewrites, and into what, so that live files stay few and a row is rewritten a
 * logarithmic number of times however many merges there are. Sizes fall into tiers, each five times the one below; a tier
 * keeps up to four files, the fifth takes them all into the next (a size-tiered merge, as log-structured stores have it).
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
  /** Go into one file with the new rows. */
  readonly folded: readonly File[];
  /** Lose rows, and are written anew each by itself. */
  readonly reduced: readonly File[];
}

/**
 * New rows never go into a larger file that happens to lose a row: they would draw the next merge, which is likely to
 * change just these rows, into that file again.
 *
 * @param bytes what the merge brings to the partition, about
 * @param dirty live files that lose rows
 * @param clean the partition's other live files
 * @param target the size that files grow to, in bytes: nothing is folded beyond it
 */
export function planRewriting<File extends { readonly size: number }>(
  bytes: number,
  dirty: readonly File[],
  clean: readonly File[],
  target: number,
): Rewriting<File> {
  const isDirty = new Set(dirty);
  const folded: File[] = [];
  let rest = [...dirty, ...clean].toSorted((a, b) => a.size - b.size);
  let gathered = bytes;
  for (;;) {
    const low = rest.filter(({ size }) => tier(size) <= tier(gathered));
    const own = bytes > 0 || folded.length > 0 ? 1 : 0;
    const isFull = own + low.length >= TIER_FACTOR;
    const taken = new Set<File>();
    for (const file of low) {
      if (gathered + file.size > target) break;
      // A file that is rewritten anyway may as well join.
      if (!isFull && !isDirty.has(file)) continue;
      taken.add(file);
      gathered += file.size;
    }
    if (taken.size === 0) break;
    folded.push(...taken);
    rest = rest.filter((file) => !taken.has(file));
  }
  return { folded, reduced: rest.filter((file) => isDirty.has(file)) };
}
