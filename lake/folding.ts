/**
 * Which small files a merge takes along, so that live files stay few however many merges there are. Sizes fall into
 * tiers, each four times the one below; a partition keeps about one file a tier, and a row is rewritten a few times a
 * tier on its way up.
 */

/** Files below this size are all of the lowest tier: reading one costs a request, whatever it holds. */
const LOWEST_TIER_BYTES = 64 * 1024;
const TIER_FACTOR = 4;

/** The size that data files grow to, in bytes. */
export const TARGET_FILE_BYTES = 128 * 1024 * 1024;

export function tier(bytes: number): number {
  return bytes < LOWEST_TIER_BYTES
    ? 0
    : Math.floor(Math.log(bytes / LOWEST_TIER_BYTES) / Math.log(TIER_FACTOR)) + 1;
}

/**
 * @param bytes what the merge writes to the partition anyway, about
 * @param live the partition's other live files
 * @returns those to be rewritten into the same file: smallest first, while their tier is not above what has been
 * gathered, and the whole stays within the target
 */
export function filesToFold<File extends { readonly size: number }>(
  bytes: number,
  live: readonly File[],
  target: number,
): File[] {
  const folded: File[] = [];
  let gathered = bytes;
  for (const file of live.toSorted((a, b) => a.size - b.size)) {
    if (tier(file.size) > tier(gathered) || gathered + file.size > target) break;
    folded.push(file);
    gathered += file.size;
  }
  return folded;
}
