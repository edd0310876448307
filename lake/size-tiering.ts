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

/**
 * New rows share a file with rows of files that are rewritten anyway, up to this size of those: it costs about as much as one file
 * more, to write and to read again. Beyond it they get a file of their own: rows that were changed last are likely to be changed
 * next, and a large file would be rewritten with every merge.
 */
const JOINED_BYTES = 256 * 1024;

/** What a merge does with the files of one partition. Files in no list stay as they are. */
export interface RewritePlan<File> {
  /** Files whose rows are written to one file with the partition's new rows. */
  readonly joined: readonly File[];
  /** Files whose rows are combined into one file. */
  readonly combined: readonly File[];
  /** Files that lose rows, each rewritten by itself. */
  readonly rewritten: readonly File[];
}

/**
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
  const rewritten = rest.filter((file) => dirty.includes(file));
  const limit = Math.min(JOINED_BYTES, target);
  if (sum(combined) <= limit) {
    const joined = fittingInto(limit, [...combined, ...rewritten]);
    return { joined, combined: [], rewritten: without(rewritten, joined) };
  }
  const joined = fittingInto(limit, rewritten);
  return { joined, combined, rewritten: without(rewritten, joined) };
}

function without<File>(files: readonly File[], others: readonly File[]): File[] {
  const gone = new Set(others);
  return files.filter((file) => !gone.has(file));
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
