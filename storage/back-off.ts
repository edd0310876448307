import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits before another attempt: exponential back-off with full jitter.
 * https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
 * @param failed attempts so far; each doubles the maximum wait
 */
export async function backOff(
  failed: number,
  { firstMs, maxMs = Number.POSITIVE_INFINITY }: { readonly firstMs: number; readonly maxMs?: number },
): Promise<void> {
  await sleep(Math.random() * Math.min(maxMs, firstMs * 2 ** failed));
}
