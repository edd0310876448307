import { setTimeout as sleep } from 'node:timers/promises';

interface BackOff {
  readonly firstMs: number;
  readonly maxMs?: number;
}

/**
 * How long to wait before another attempt, in milliseconds: exponential back-off with full jitter.
 * https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
 * @param failed attempts so far; each doubles the maximum wait
 */
export const backOffMs = (failed: number, { firstMs, maxMs = Number.POSITIVE_INFINITY }: BackOff): number =>
  Math.random() * Math.min(maxMs, firstMs * 2 ** failed);

/** Waits as long as {@link backOffMs} says. */
export async function backOff(failed: number, options: BackOff): Promise<void> {
  await sleep(backOffMs(failed, options));
}
