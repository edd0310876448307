/** A result is reused for this many times as long as it took to read, so that reading takes at most 5% of the time. */
const REUSE_FACTOR = 20;
const MAX_REUSE_MS = 300_000;

/** How long a result may be reused, in milliseconds. @param tookMs duration of the read in milliseconds */
export const reuseMs = (tookMs: number): number => Math.min(MAX_REUSE_MS, tookMs * REUSE_FACTOR);

/**
 * Wraps a read so that its result is reused for a while and concurrent callers share one read.
 *
 * @param clock in milliseconds
 */
export function cachedRead<Value>(
  read: () => Promise<Value>,
  clock: () => number = Date.now,
): () => Promise<Value> {
  let last: { readonly value: Value; readonly until: number } | undefined;
  let running: Promise<Value> | undefined;
  return async () => {
    if (last && clock() < last.until) return last.value;
    const startedAt = clock();
    running ??= read()
      .then((value) => {
        last = { value, until: clock() + reuseMs(clock() - startedAt) };
        return value;
      })
      .finally(() => {
        running = undefined;
      });
    return running;
  };
}
