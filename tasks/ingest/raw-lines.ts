import { readCollected } from '../../domain/events/collected';
import { type EventSource, positionId } from '../../domain/events/envelope';
import { givenEventId } from '../../domain/events/identity';
import { type ProducerEvent, readRecord } from '../../domain/events/payload';
import type { SourceRecord } from './records';

/** A line of a raw file, and the source that it came from first: `http` for what collect took. */
export interface RawLine {
  readonly source: EventSource;
  /** ISO 8601 in UTC with milliseconds. */
  readonly received_at: string;
  /** The raw envelope as JSON. */
  readonly text: string;
}

/**
 * The raw envelopes of a record, one for each of its events. The same record gives the same envelopes whenever and with whatever other
 * records it comes, apart from a record without a time of its own, which has the current one.
 */
export function rawLinesOf(record: SourceRecord & { readonly text: string }, now: Date): RawLine[] {
  const parts = readRecord(record.text.startsWith('\ufeff') ? record.text.slice(1) : record.text);
  return parts.map((part, at) => {
    const collected = 'value' in part ? readCollected(part.value, part.text) : undefined;
    if (collected) {
      const { event, received_at, ...fields } = collected;
      const head = { ...fields, received_at, source: 'http', position: record.position };
      return { source: 'http', received_at, text: envelope(head, 'event', event) };
    }
    const received_at = timeOf(record.storedAt, now);
    const { source, topic, position } = record;
    const event_id = idOf(part) ?? positionId(source, position, parts.length > 1 ? at : undefined);
    const head = { event_id, received_at, source, ...(topic && { topic }), position };
    const text =
      'value' in part
        ? envelope(head, 'event', part.text)
        : envelope(head, 'text', JSON.stringify(part.notJson));
    return { source, received_at, text };
  });
}

const idOf = (part: ProducerEvent | { readonly notJson: string }) =>
  'value' in part ? givenEventId(part) : undefined;

/** @param json the value as JSON text, which keeps all digits of its numbers */
function envelope(head: object, name: 'event' | 'text', json: string): string {
  return `${JSON.stringify(head).slice(0, -1)},"${name}":${json}}`;
}

function timeOf(storedAt: number | undefined, now: Date): string {
  const instant = new Date(storedAt ?? now.getTime());
  return (Number.isNaN(instant.getTime()) ? now : instant).toISOString();
}
