/** A reading is believed for so many times as long as it took, so that reading takes a twentieth of the time at most. */
const BELIEVED_FOR = 20;
const LONGEST_MS = 300_000;

/** What takes longer is not waited for while an older reading can be shown. */
const WAITED_FOR_MS = 500;

/** Readings that are kept at one time. */
const MOST = 8;

interface Reading<Value> {
  value?: Value;
  /** Milliseconds of the clock when the reading came back, and what it took. */
  at: number;
  tookMs: number;
  running?: Promise<Value> | undefined;
}

/**
 * Keeps what was read for a while, by key. What reads quickly is read again nearly every time; what takes long is read
 * seldom, and meanwhile the last reading is given, which a later call finds replaced.
 *
 * @param clock in milliseconds
 */
export function kept<Value>(
  read: (key: string) => Promise<Value>,
  clock: () => number = Date.now,
): (key: string) => Promise<Value> {
  const readings = new Map<string, Reading<Value>>();

  const begin = (key: string, reading: Reading<Value>): Promise<Value> => {
    const started = clock();
    reading.running ??= read(key)
      .then((value) => {
        Object.assign(reading, { value, at: clock(), tookMs: clock() - started });
        return value;
      })
      .finally(() => {
        reading.running = undefined;
      });
    return reading.running;
  };

  return async (key) => {
    const reading: Reading<Value> = readings.get(key) ?? { at: 0, tookMs: 0 };
    // The one that was asked for last goes last.
    readings.delete(key);
    readings.set(key, reading);
    const [oldest] = readings.keys();
    if (readings.size > MOST && oldest !== undefined) readings.delete(oldest);

    if (reading.value === undefined) return begin(key, reading);
    if (clock() - reading.at < Math.min(LONGEST_MS, reading.tookMs * BELIEVED_FOR)) return reading.value;
    const next = begin(key, reading);
    if (reading.tookMs <= WAITED_FOR_MS) return next;
    // Where it fails, the next call tries again, and is told.
    next.catch(() => {});
    return reading.value;
  };
}
