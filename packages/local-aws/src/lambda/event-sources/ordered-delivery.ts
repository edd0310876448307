import { setTimeout as sleep } from 'node:timers/promises';

/** What happens with records that a function does not process. */
export interface RetryPolicy {
  /** Splits a batch in two instead of repeating it. */
  readonly bisects: boolean;
  /** Number of repetitions before records are discarded; undefined: until they are too old. */
  readonly maxRetries: number | undefined;
  /** undefined: no limit. */
  readonly maxAgeMs: number | undefined;
}

/** Why records are discarded, as in an invocation record. */
export interface Discarded {
  readonly condition: 'RetryAttemptsExhausted' | 'RecordAgeExceeded';
  readonly invocations: number;
  /** Of the last invocation. */
  readonly requestId: string | undefined;
}

/** The result of an invocation. */
export interface Attempt {
  /** Index of the first record that was not processed; undefined if all were. */
  readonly failedAt: number | undefined;
  /** False if the function did not run, which does not count as an attempt. */
  readonly hasRun: boolean;
  readonly requestId?: string;
}

export interface BatchHandler<Item> {
  /** Does not reject. */
  invoke(items: readonly Item[]): Promise<Attempt>;
  /** The items were processed or discarded: they must not be delivered again. */
  checkpoint(items: readonly Item[]): Promise<void> | void;
  /** Reports items that are given up. */
  discard(items: readonly Item[], why: Discarded): Promise<void>;
  /** Milliseconds. */
  ageOf(item: Item): number;
}

interface Pending<Item> {
  readonly items: readonly Item[];
  readonly invocations: number;
  readonly requestId?: string | undefined;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;

/**
 * Delivers a batch of consecutive records: later records wait until earlier ones are processed or discarded.
 * https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
 * @param firstPauseMs before a batch is repeated; each further pause is twice as long, up to 10 s
 * @throws an error of `checkpoint` or `discard`; the records after the last checkpoint can be delivered again
 */
export async function deliverInOrder<Item>(
  items: readonly Item[],
  policy: RetryPolicy,
  handler: BatchHandler<Item>,
  signal: AbortSignal,
  firstPauseMs = FIRST_PAUSE_MS,
): Promise<void> {
  const pending: Pending<Item>[] = [{ items, invocations: 0 }];
  let pauses = 0;
  const giveUp = async (given: readonly Item[], why: Discarded) => {
    if (given.length === 0) return;
    await handler.discard(given, why);
    await handler.checkpoint(given);
  };
  for (let next = pending.shift(); next && !signal.aborted; next = pending.shift()) {
    const { invocations, requestId } = next;
    const { old, current } = byAge(next.items, policy, handler);
    await giveUp(old, { condition: 'RecordAgeExceeded', invocations, requestId });
    if (current.length === 0) continue;
    const attempt = await handler.invoke(current);
    const { failedAt } = attempt;
    if (failedAt !== 0) await handler.checkpoint(current.slice(0, failedAt));
    if (failedAt === undefined || signal.aborted) {
      pauses = 0;
      continue;
    }
    const rest = current.slice(failedAt);
    const made = attempt.hasRun ? invocations + 1 : invocations;
    if (failedAt > 0) {
      pending.unshift({ items: rest, invocations: 0, requestId: attempt.requestId });
    } else if (attempt.hasRun && policy.bisects && rest.length > 1) {
      const middle = Math.ceil(rest.length / 2);
      pending.unshift(
        { items: rest.slice(0, middle), invocations: 0 },
        { items: rest.slice(middle), invocations: 0 },
      );
    } else if (attempt.hasRun && policy.maxRetries !== undefined && made > policy.maxRetries) {
      await giveUp(rest, {
        condition: 'RetryAttemptsExhausted',
        invocations: made,
        requestId: attempt.requestId,
      });
    } else {
      pending.unshift({ items: rest, invocations: made, requestId: attempt.requestId ?? requestId });
      const pause = Math.min(firstPauseMs * 2 ** pauses++, LONGEST_PAUSE_MS);
      await sleep(pause, undefined, { signal }).catch(() => {});
    }
  }
}

/** Records are in the order of their arrival: the old ones are first. */
function byAge<Item>(items: readonly Item[], { maxAgeMs }: RetryPolicy, handler: BatchHandler<Item>) {
  const isCurrent = (item: Item) => maxAgeMs === undefined || handler.ageOf(item) <= maxAgeMs;
  const found = items.findIndex(isCurrent);
  const start = found < 0 ? items.length : found;
  return { old: items.slice(0, start), current: items.slice(start) };
}
