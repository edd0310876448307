/**
 * The raw event: what arrived at an entry point, unchanged, with what the entry point knows about it. `input/events/` has one per
 * line, as JSON.
 */

/** The entry points. The name is part of the keys below `input/events/`. */
export const EVENT_SOURCES = ['http', 'sqs', 'kinesis', 'kafka'] as const;
export type EventSource = (typeof EVENT_SOURCES)[number];

/** A record that is not JSON has `text` in place of `event`, so that it becomes a rejected row and nothing is lost. */
export interface RawEvent {
  /** As given, or made from the position; see `positionId`. */
  readonly event_id: string;
  /**
   * ISO 8601 in UTC with milliseconds: when collect took the event, otherwise when the broker stored it, so that a redelivery has
   * the same.
   */
  readonly received_at: string;
  readonly source: EventSource;
  /** Of Kafka. */
  readonly topic?: string;
  /** Where the record was: message id; shard-sequence; topic-partition-offset. */
  readonly position?: string;
  /** Of the HTTP request. */
  readonly user_agent?: string;
  /** The name of the API key. */
  readonly key_name?: string;
  /** The event as it was sent: a JSON value, read with `parseEventJson`. */
  readonly event?: unknown;
  readonly text?: string;
}

/** What collect puts into the queue or the stream: a raw event without position, marked so that no bare event is taken for one. */
export type SentEvent = Omit<RawEvent, 'position'> & { readonly daybook: 1 };

const MEMBERS: ReadonlySet<string> = new Set([
  'daybook',
  'event_id',
  'received_at',
  'source',
  'topic',
  'position',
  'user_agent',
  'key_name',
  'event',
  'text',
]);

const isSource = (value: unknown): value is EventSource => EVENT_SOURCES.some((source) => source === value);

const isText = (value: unknown): boolean => value === undefined || typeof value === 'string';

/** True for what collect sends; any other record is a bare event. */
export const isSentEvent = (value: unknown): value is SentEvent => isMember(value) && value.daybook === 1;

/**
 * True for the JSON value of a raw event, in which nothing but its own members is. Another value in a file of events is a bare
 * event, as people upload them.
 */
export function isRawEvent(value: unknown): value is RawEvent {
  if (!isMember(value) || typeof value.event_id !== 'string' || typeof value.received_at !== 'string')
    return false;
  const { source, topic, position, user_agent, key_name, text } = value;
  if (!isSource(source) || !isText(topic) || !isText(position)) return false;
  if (!isText(user_agent) || !isText(key_name) || !isText(text)) return false;
  return 'event' in value !== 'text' in value;
}

/** True for an object that has only members of a raw event. */
function isMember(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  for (const name in value) if (!MEMBERS.has(name)) return false;
  return true;
}

/**
 * The id of an event that was sent without one: a redelivery of the same record is the same event.
 *
 * @param position see {@link RawEvent}
 * @param index of the event among those in one record
 */
export const positionId = (source: EventSource, position: string, index?: number): string =>
  index === undefined ? `${source}:${position}` : `${source}:${position}:${index}`;
