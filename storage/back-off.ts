import { setTimeout as sleep } from 'node:timers/promises';

/**
 * A pause with full jitter before another attempt.
 * https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
 * @param failed attempts so far; each doubles the pause
 */
export async function backOff(
  failed: number,
  { firstMs, mostMs = Number.POSITIVE_INFINITY }: { readonly firstMs: number; readonly mostMs?: number },
): Promise<void> {
  await sleep(Math.random() * Math.min(mostMs, firstMs * 2 ** failed));
}
