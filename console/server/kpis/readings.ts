/** A reading is believed for so many times as long as it took, so that reading takes a twentieth of the time at most. */
const TIMES = 20;
const LONGEST_MS = 300_000;

/** @param tookMs what a reading took, in milliseconds */
export const believedFor = (tookMs: number): number => Math.min(LONGEST_MS, tookMs * TIMES);

/**
 * Reads again what may have changed, but no more often than is believed for; who asks meanwhile is given the last reading,
 * or waits for the one under way.
 *
 * @param clock in milliseconds
 */
export function readings<Value>(
  read: () => Promise<Value>,
  clock: () => number = Date.now,
): () => Promise<Value> {
  let last: { readonly value: Value; readonly until: number } | undefined;
  let running: Promise<Value> | undefined;
  return async () => {
    if (last && clock() < last.until) return last.value;
    const started = clock();
    running ??= read()
      .then((value) => {
        last = { value, until: clock() + believedFor(clock() - started) };
        return value;
      })
      .finally(() => {
        running = undefined;
      });
    return running;
  };
}
