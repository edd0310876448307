import type { Bucket } from '../storage/bucket';

/**
 * A bucket that tracks commits in progress: the put-if-absent of a table's next log entry. A task that is stopped waits for
 * them. It need not wait for other writes, which have no effect before a commit.
 */
export function trackCommits(bucket: Bucket): {
  readonly bucket: Bucket;
  /** Resolves once every commit that is in progress now has succeeded or failed; never rejects. */
  readonly commitsSettled: () => Promise<void>;
} {
  const pending = new Set<Promise<unknown>>();
  return {
    bucket: {
      ...bucket,
      putIfAbsent: (key, body, contentType) => {
        const commit = bucket.putIfAbsent(key, body, contentType).finally(() => pending.delete(commit));
        pending.add(commit);
        return commit;
      },
    },
    commitsSettled: async () => {
      await Promise.allSettled(pending);
    },
  };
}
