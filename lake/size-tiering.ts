/**
 * Which files of a partition a merge rewrites, by size-tiered compaction: files are grouped into tiers by size, each tier
 * five times the one below, and five files of a tier are combined into one of the next. So there are few live files, and a
 * row is rewritten a logarithmic number of times however many merges there are.
 */

/** Files below this size are in the lowest tier: half of such a file is its footer. */
const LOWEST_TIER_BYTES = 8 * 1024;
const TIER_FACTOR = 5;

/** The size that data files grow to, in bytes. */
export const TARGET_FILE_BYTES = 128 * 1024 * 1024;

export function tier(bytes: number): number {
  return bytes < LOWEST_TIER_BYTES
    ? 0
    : Math.floor(Math.log(bytes / LOWEST_TIER_BYTES) / Math.log(TIER_FACTOR)) + 1;
}

/** What a merge does with the files of one partition. Files in neither list stay as they are. */
export interface RewritePlan<File> {
  /** Files whose rows are combined into one file. */
  readonly combined: readonly File[];
  /** Files that lose rows, each rewritten by itself. */
  readonly rewritten: readonly File[];
}

/**
 * New rows get a file of their own and are not part of the plan: rows that were changed last are likely to be changed next,
 * and the next merge would have to rewrite the file they were combined into.
 *
 * @param dirty live files of a partition that lose rows
 * @param clean the partition's other live files
 * @param target the size that files grow to, in bytes: files are not combined beyond it
 */
export function planRewrites<File extends { readonly size: number }>(
  dirty: readonly File[],
  clean: readonly File[],
  target: number,
): RewritePlan<File> {
  let rest = [...dirty, ...clean].toSorted((a, b) => a.size - b.size);
  let combined: File[] = [];
  const highest = tier(rest.at(-1)?.size ?? 0);
  for (let level = 0; level <= highest; level++) {
    const count = rest.filter(({ size }) => tier(size) === level).length;
    const own = combined.length > 0 && tier(sum(combined)) <= level ? 1 : 0;
    if (own + count < TIER_FACTOR) continue;
    const low = [...combined, ...rest.filter(({ size }) => tier(size) <= level)];
    const fitting = fittingInto(target, low);
    if (fitting.length <= Math.max(1, combined.length)) continue;
    combined = fitting;
    const taken = new Set(fitting);
    rest = rest.filter((file) => !taken.has(file));
  }
  return { combined, rewritten: rest.filter((file) => dirty.includes(file)) };
}

/** The first files whose total size is within the target. */
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
