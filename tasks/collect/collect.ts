import { createHash } from 'node:crypto';
import { collectedLine } from '../../domain/events/collected';
import { givenEventId, hasEventName } from '../../domain/events/identity';
import type { ProducerEvent } from '../../domain/events/payload';
import type { TaskLogger } from '../../runtime/logger';
import { causeOf } from '../../runtime/task-result';
import type { EventSink } from '../../storage/event-sink';
import { type Answer, accepted, type Rejected, refused, unavailable } from './answer';
import type { KeyRing } from './api-keys';
import { readBody, refuseType } from './read-body';
import type { CollectRequest } from './request';

export const MAX_EVENT_BYTES = 256 * 1024;

/** A longer one is made up, and is cut off. */
const MAX_USER_AGENT = 1024;

export interface CollectDeps {
  readonly keys: Pick<KeyRing, 'nameOf'>;
  readonly sink: EventSink;
  readonly clock: () => Date;
  /** A new unique id. */
  readonly newId: () => string;
  readonly logger: TaskLogger;
}

/**
 * Answers a request with events. 202 only after the queue or stream has stored every accepted event; after 503 a part of them may
 * be stored.
 *
 * A client repeats a request after 429, 503 or no answer. That is harmless for events with an `event_id` of their own: the same id is
 * the same event. For events without one the request needs the header `idempotency-key`, the same in every repeat, from which their
 * ids are made. Otherwise each repeat is new events.
 */
export async function run(request: CollectRequest, deps: CollectDeps): Promise<Answer> {
  const { keys, sink, logger } = deps;
  const refusal = refuseType(request.headers);
  if (refusal) return refusal;
  let keyName: string | undefined;
  try {
    keyName = request.key === undefined ? undefined : await keys.nameOf(request.key);
  } catch {
    // The key ring has logged it.
    return unavailable('the API keys cannot be read at the moment');
  }
  if (keyName === undefined) {
    return refused(
      401,
      `${request.key === undefined ? 'no' : 'unknown'} API key: send it as x-api-key or ?key=`,
    );
  }
  const body = readBody(request.body);
  if ('answer' in body) return body.answer;

  const faults = body.events.map(faultOf);
  const rejected = faults.flatMap((reason, index): Rejected[] => (reason ? [{ index, reason }] : []));
  const lines = body.events.flatMap((event, index) =>
    faults[index] ? [] : [lineOf(event, index, request, keyName, deps)],
  );
  if (rejected.length > 0) {
    const [first] = rejected;
    logger.warn('events rejected', { key_name: keyName, counts: { rejected: rejected.length }, first });
  }
  if (lines.length === 0) return refused(400, 'no event can be accepted', rejected);
  try {
    await sink.store(lines);
  } catch (error) {
    logger.error('events not stored', { counts: { events: lines.length }, cause: causeOf(error) });
    return unavailable('the events could not be stored: repeat the request');
  }
  return accepted(lines.length, rejected);
}

/** Why a value can never be an event. Everything else is judged where the raw events are validated. */
function faultOf({ value, text }: ProducerEvent): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const got = value === null ? 'null' : Array.isArray(value) ? 'a list' : `a ${typeof value}`;
    return `expected an object, got ${got}`;
  }
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_EVENT_BYTES) return `expected at most ${MAX_EVENT_BYTES} bytes, got ${bytes}`;
  return hasEventName(value) ? undefined : 'event_name is missing';
}

function lineOf(
  event: ProducerEvent,
  index: number,
  { headers }: CollectRequest,
  key_name: string,
  { clock, newId }: CollectDeps,
): string {
  const { 'idempotency-key': repeat, 'user-agent': userAgent } = headers;
  return collectedLine({
    event_id: givenEventId(event) ?? (repeat ? repeatableId(key_name, repeat, index) : newId()),
    received_at: clock().toISOString(),
    ...(userAgent && { user_agent: userAgent.slice(0, MAX_USER_AGENT) }),
    key_name,
    event: event.text,
  });
}

/** The same for every repeat of a request. */
function repeatableId(keyName: string, idempotencyKey: string, index: number): string {
  const hash = createHash('sha256').update(`${keyName}\n${idempotencyKey}`).digest('hex');
  return `${hash.slice(0, 32)}-${index}`;
}
