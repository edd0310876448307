import type { Bucket } from '../storage/bucket';

/**
 * A bucket of which it can be asked when no commit is under way: the put-if-absent that makes a table's next log entry.
 * A task that is stopped waits for that. Whatever else it writes counts for nothing until a commit names it.
 */
export function withPendingCommits(bucket: Bucket): {
  readonly bucket: Bucket;
  /** Resolves once every commit that is under way at the call has its answer, whichever; never rejects. */
  readonly settled: () => Promise<void>;
} {
  const pending = new Set<Promise<unknown>>();
  return {
    bucket: {
      ...bucket,
      putIfAbsent: (key, body, contentType) => {
        const writing = bucket.putIfAbsent(key, body, contentType).finally(() => pending.delete(writing));
        pending.add(writing);
        return writing;
      },
    },
    settled: async () => {
      await Promise.allSettled(pending);
    },
  };
}
