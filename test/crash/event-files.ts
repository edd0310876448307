import { collectedLine } from '../../domain/events/collected';
import { rawFilesOf } from '../../tasks/ingest/raw-files';
import { rawLinesOf } from '../../tasks/ingest/raw-lines';
import { recordsOf } from '../../tasks/ingest/records';
import { kafkaBatch, kinesisBatch, sqsRecord } from '../builders/source-records';
import type { ShopFile } from './files';

/** What the crash matrix of events uploads: files as ingest writes them, of visits over two days, and a batch that changes these. */

const MIDNIGHT = Date.UTC(2026, 10, 28);
const RECEIVED = MIDNIGHT + 12 * 3_600_000;
const VISITORS = 3;
const MINUTES_A_VISIT = 8;
/** Between visits of a visitor: more than the gap that ends a session. */
const MINUTES_APART = 40;
const LISTED = [{ product_id: 'p1', list_name: 'sale', price: 5 }];

interface Sent {
  readonly event_id: string;
  readonly event_name: string;
  readonly event_time: string;
  readonly [property: string]: unknown;
}

/** @param minutes from midnight */
const sent = (event_name: string, visitor: number, minutes: number, more: object = {}): Sent => ({
  event_id: `${event_name}-${visitor}-${minutes}`,
  event_name,
  event_time: new Date(MIDNIGHT + minutes * 60_000).toISOString(),
  client_id: `c${visitor}`,
  ...more,
});

const purchase = (visitor: number, minutes: number, transaction_id: string) =>
  sent('purchase', visitor, minutes, { transaction_id, value: 12.5, currency: 'EUR', items: LISTED });

function visit(visitor: number, start: number): Sent[] {
  const page_url = `https://shop.example/${visitor === 0 ? '?utm_source=news&utm_medium=email' : ''}`;
  return [
    sent('page_view', visitor, start, { page_url }),
    sent('view_item_list', visitor, start + 1, { items: LISTED }),
    sent('select_item', visitor, start + 2, { items: LISTED }),
    sent('view_item', visitor, start + 3, { items: LISTED }),
    sent('add_to_cart', visitor, start + 4, { items: LISTED }),
    ...(visitor === 1 ? [purchase(visitor, start + MINUTES_A_VISIT, `t${start}`)] : []),
  ];
}

const filesOf = (batch: unknown): ShopFile[] =>
  rawFilesOf(
    recordsOf(batch).flatMap(({ text = '', ...record }) =>
      rawLinesOf({ ...record, text }, new Date(RECEIVED)),
    ),
  );

let messages = 0;
/** What collect sent, or another producer. */
const fromQueue = (...bodies: readonly string[]) =>
  filesOf({ Records: bodies.map((body) => sqsRecord(body, `m${++messages}`, RECEIVED)) });

const texts = (events: readonly object[]) => events.map((event) => JSON.stringify(event));

const overHttp = (events: readonly Sent[], received = RECEIVED) =>
  events
    .map((event) =>
      collectedLine({
        event_id: event.event_id,
        received_at: new Date(received).toISOString(),
        key_name: 'web',
        event: JSON.stringify(event),
      }),
    )
    .join('\n');

/** When the visits of a batch start. */
const startOf = (batch: number): number => (batch - 1) * MINUTES_APART;

/** One batch after the other, each with a visit of every visitor; the first visits are before midnight. */
export function eventHistory(batches: number): ShopFile[][] {
  return Array.from({ length: batches }, (_, batch) =>
    fromQueue(
      overHttp(Array.from({ length: VISITORS }, (_, visitor) => visit(visitor, startOf(batch))).flat()),
    ),
  );
}

/**
 * Late events that merge visits, a purchase whose transaction was sent later, an event that comes again with other content and through
 * another entry point, a visit of a new visitor, text that is no JSON, and a file with nothing else.
 */
export function eventUpdates(): ShopFile[] {
  const again = sent('view_item', 0, startOf(0) + 3, { items: [{ product_id: 'p2', price: 7 }] });
  return [
    ...fromQueue(overHttp([sent('page_view', 0, startOf(0) + 20), again], RECEIVED + 1000)),
    ...fromQueue(...texts([purchase(1, startOf(0) - 5, `t${startOf(0)}`)]), 'no JSON'),
    ...filesOf(kinesisBatch(...texts(visit(VISITORS, startOf(1))))),
    ...filesOf(kafkaBatch('cart', ...texts([{ ...again, country: 'DE' }]))),
    { key: 'input/events/broken.ndjson', body: 'no JSON\nneither\n' },
  ];
}
