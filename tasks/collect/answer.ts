/** An event of a request that was not taken. */
export interface Rejected {
  /** Its place in the request, from 0. */
  readonly index: number;
  readonly reason: string;
}

/** A response, as an HTTP API expects it of a function. */
export interface Answer {
  readonly statusCode: 202 | 400 | 401 | 413 | 415 | 503;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Seconds after which a client may try again: longer than the retries of collect itself. */
const RETRY_AFTER = '5';

const HEADERS = { 'content-type': 'application/json', 'cache-control': 'no-store' };

/** `accepted` events are stored. */
export function accepted(count: number, rejected: readonly Rejected[]): Answer {
  return { statusCode: 202, headers: HEADERS, body: JSON.stringify({ accepted: count, rejected }) };
}

/** Nothing of the request is stored, and a repeat of it will not be either. */
export function refused(
  statusCode: 400 | 401 | 413 | 415,
  error: string,
  rejected: readonly Rejected[] = [],
): Answer {
  return { statusCode, headers: HEADERS, body: JSON.stringify({ error, accepted: 0, rejected }) };
}

/** None or a part of the request is stored: it is to be repeated. */
export function unavailable(error: string): Answer {
  return {
    statusCode: 503,
    headers: { ...HEADERS, 'retry-after': RETRY_AFTER },
    body: JSON.stringify({ error }),
  };
}
