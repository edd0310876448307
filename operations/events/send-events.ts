import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { jsonOrUndefined } from '../../domain/json';
import { backOffMs } from '../../storage/back-off';

export interface Endpoint {
  /** That of `POST /events`. */
  readonly url: string;
  readonly key: string;
}

export interface SendDeps {
  readonly fetch: typeof fetch;
  /** Waits, or less if the signal aborts. */
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Once it aborts, no further batch is sent; the present one is not repeated. */
  readonly signal: AbortSignal;
  readonly onProgress: (soFar: SendTotals) => void;
}

export interface SendTotals {
  /** Events of all batches that were sent at least once. */
  readonly sent: number;
  readonly accepted: number;
  readonly rejected: number;
  /** Some of them may have been stored: their last answer was none, or asked for a repeat. */
  readonly unconfirmed: number;
  readonly requests: number;
  readonly retries: number;
  /** Why the first event was rejected, or the endpoint was given up; null if neither happened. */
  readonly reason: string | null;
}

/** Repeated: too many requests, and what a server or a proxy answers while it cannot store events. */
const REPEATED = [429, 500, 502, 503, 504];
const MAX_TRIES = 10;
const BACK_OFF = { firstMs: 250, maxMs: 30_000 };
const TIMEOUT_MS = 60_000;

const answerSchema = z.object({
  accepted: z.number().int().nonnegative(),
  rejected: z.array(z.object({ index: z.number(), reason: z.string() })),
});

/**
 * Sends batches of events one after the other. A batch that got no answer, or one that asks for a repeat, is sent again as it is: its
 * events have ids, so none counts twice. Stops at a request that a repeat would not change, such as one with a wrong key.
 */
export async function sendEvents(
  { url, key }: Endpoint,
  batches: AsyncIterable<readonly object[]>,
  { fetch: send, pause, signal, onProgress }: SendDeps,
): Promise<SendTotals> {
  let totals: SendTotals = {
    sent: 0,
    accepted: 0,
    rejected: 0,
    unconfirmed: 0,
    requests: 0,
    retries: 0,
    reason: null,
  };
  const add = (counts: Partial<SendTotals>) => {
    const { reason = null, ...numbers } = counts;
    const sums = Object.entries(numbers).map(([name, count]) => [
      name,
      Number(totals[name as keyof SendTotals]) + Number(count),
    ]);
    totals = { ...totals, ...Object.fromEntries(sums), reason: totals.reason ?? reason };
    onProgress(totals);
  };

  async function post(body: string): Promise<Answer> {
    try {
      const response = await send(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-api-key': key },
        body,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const text = await response.text();
      return { status: response.status, retryAfter: response.headers.get('retry-after'), text };
    } catch (error) {
      return { status: 0, retryAfter: null, text: causeOf(error) };
    }
  }

  /** @returns false: it is no use to send others */
  async function sendBatch(batch: readonly object[]): Promise<boolean> {
    const body = JSON.stringify(batch);
    add({ sent: batch.length });
    for (let failed = 1; ; failed += 1) {
      const answer = await post(body);
      add({ requests: 1 });
      if (answer.status !== 0 && !REPEATED.includes(answer.status)) return settle(batch.length, answer);
      if (failed === MAX_TRIES || signal.aborted) {
        add({ unconfirmed: batch.length, reason: described(answer) });
        return false;
      }
      await pause(pauseMs(answer.retryAfter, failed), signal);
      add({ retries: 1 });
    }
  }

  function settle(events: number, answer: Answer): boolean {
    const parsed = answerSchema.safeParse(jsonOrUndefined(answer.text));
    const { accepted = 0, rejected = [] } = parsed.data ?? {};
    const isAnswer = (answer.status === 202 || answer.status === 400) && parsed.success;
    if (!isAnswer || accepted + rejected.length !== events) {
      // What was stored, if anything, is not known from such an answer.
      const counted = answer.status < 300 ? { unconfirmed: events } : { rejected: events };
      add({ ...counted, reason: described(answer) });
      return false;
    }
    add({ accepted, rejected: rejected.length, reason: rejected[0]?.reason ?? null });
    return true;
  }

  for await (const batch of batches) {
    if (signal.aborted || !(await sendBatch(batch))) break;
  }
  return totals;
}

/** Waits for a time, or until the signal aborts. */
export async function pauseUnless(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch((error: Error) => {
    if (error.name !== 'AbortError') throw error;
  });
}

interface Answer {
  /** 0: there was none. */
  readonly status: number;
  readonly retryAfter: string | null;
  readonly text: string;
}

/** Seconds or a date: https://www.rfc-editor.org/rfc/rfc9110#field.retry-after; otherwise {@link backOffMs}. */
function pauseMs(retryAfter: string | null, failed: number): number {
  const date = Date.parse(retryAfter ?? '');
  if (retryAfter !== null && /^\d+$/.test(retryAfter)) return Number(retryAfter) * 1000;
  if (!Number.isNaN(date)) return Math.max(0, date - Date.now());
  return backOffMs(failed, BACK_OFF);
}

const SHOWN_CHARACTERS = 200;

function described({ status, text }: Answer): string {
  if (status === 0) return `no answer: ${text}`;
  const error = z.object({ error: z.string() }).safeParse(jsonOrUndefined(text)).data?.error ?? text;
  return `${status}: ${error.slice(0, SHOWN_CHARACTERS)}`;
}

/** `fetch failed` has the reason in its cause. */
function causeOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? cause.message || String((cause as NodeJS.ErrnoException).code) : message;
}
