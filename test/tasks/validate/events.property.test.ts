import * as fc from 'fast-check';
import type { RawEvent } from '../../../domain/events/envelope';
import { eventsKey } from '../../../domain/object-keys';
import { EVENT_MARTS, eventCatalog } from '../../builders/kpi-catalog';
import { propertyRuns, propertyTimeout } from '../../builders/property-runs';
import { readDeltaRows } from '../../builders/read-delta';
import { readMarts, sortedRows } from '../../builders/read-marts';
import { TaskPipeline } from '../../builders/task-pipeline';
import { computeVisits, type VisitEvent } from '../../reference/visits';

const MIDNIGHT = Date.UTC(2026, 10, 29);
/** Minutes from midnight at which events are, so that some are 30 minutes apart, and some a little more or less. */
const MINUTES = [-61, -31, -30, -1, 0, 1, 29, 30, 60] as const;

/** Events with a time of their own, which remains in its day, and events that have the time of their receipt. */
const IDS = ['a1', 'a2', 'a3', 'b1', 'b2', 'b3', 'c1', 'c2', 'c3'] as const;
const timesOf = (id: string): readonly (number | null)[] =>
  ({ a: MINUTES.filter((minutes) => minutes < 0), b: MINUTES.filter((minutes) => minutes >= 0) })[
    id.charAt(0)
  ] ?? [null];

const ADDRESS = 'https://shop.example';
/** What a query of an address says about where the visit came from. */
const TRAFFIC: Readonly<Record<string, VisitEvent['traffic']>> = {
  '': null,
  '?utm_source=news&utm_medium=email&utm_campaign=winter': {
    source: 'news',
    medium: 'email',
    campaign: 'winter',
    channel: 'Email',
  },
  '?utm_source=partner&utm_medium=affiliate': {
    source: 'partner',
    medium: 'affiliate',
    campaign: null,
    channel: 'Affiliates',
  },
};
const NAMES = [
  'page_view',
  'view_item_list',
  'select_item',
  'view_item',
  'view_item',
  'add_to_cart',
  'begin_checkout',
  'purchase',
  'purchase',
] as const;

/** A version of an event, as it is sent, and minutes from midnight to its receipt. */
const version = fc.constantFrom(...IDS).chain((id) =>
  fc.record({
    id: fc.constant(id),
    received: fc.integer({ min: -61, max: 61 }),
    minutes: fc.constantFrom(...timesOf(id)),
    name: fc.constantFrom(...NAMES),
    visitor: fc.constantFrom('v/1', 'v/1', 'v2', null),
    session: fc.constantFrom(null, null, null, 's1'),
    path: fc.constantFrom(null, '/', '/p'),
    query: fc.constantFrom(...Object.keys(TRAFFIC)),
    device: fc.constantFrom(null, 'mobile', 'desktop'),
    transaction: fc.constantFrom(null, 't1', 't2'),
    value: fc.constantFrom(null, 5, 7.125),
    isBot: fc.constantFrom(false, false, false, false, true),
    items: fc.array(
      fc.record({
        product: fc.constantFrom('p1', 'p1', 'p2', null),
        list: fc.constantFrom('sale', 'sale', null),
      }),
      { maxLength: 2 },
    ),
  }),
);
type Version = typeof version extends fc.Arbitrary<infer T> ? T : never;

/** Every version is received at a time of its own. @param at its number */
const receiptOf = ({ received }: Version, at: number): number => MIDNIGHT + received * 60_000 + at;

const rawOf = (sent: Version, at: number): RawEvent => ({
  event_id: sent.id,
  received_at: new Date(receiptOf(sent, at)).toISOString(),
  source: at % 2 === 0 ? 'http' : 'kafka',
  event: {
    event_id: sent.id,
    event_name: sent.name,
    ...(sent.minutes !== null && { event_time: new Date(MIDNIGHT + sent.minutes * 60_000).toISOString() }),
    client_id: sent.visitor,
    session_id: sent.session,
    ...(sent.path !== null && { page_url: `${ADDRESS}${sent.path}${sent.query}` }),
    device_type: sent.device,
    ...(sent.isBot && { user_agent: 'Googlebot/2.1 (+http://www.google.com/bot.html)' }),
    transaction_id: sent.transaction,
    value: sent.value,
    items: sent.items.map(({ product, list }) => ({
      product_id: product,
      name: 'Mug',
      list_name: list,
      price: 1,
    })),
  },
});

const visitOf = (sent: Version, at: number): VisitEvent => ({
  id: sent.id,
  name: sent.name,
  at: BigInt(sent.minutes === null ? receiptOf(sent, at) : MIDNIGHT + sent.minutes * 60_000) * 1000n,
  visitor: sent.visitor,
  session: sent.session,
  path: sent.path,
  device: sent.device,
  traffic: sent.path === null ? null : (TRAFFIC[sent.query] ?? null),
  transaction: sent.transaction,
  value: amountOf(sent),
  items: sent.items,
});

/** A purchase without a value is worth its items. */
function amountOf({ name, value, items }: Version): bigint | null {
  if (value !== null) return BigInt(value * 10_000);
  return name === 'purchase' && items.length > 0 ? BigInt(items.length) * 10_000n : null;
}

/** Files, each with the versions of a batch by their number; the same one can come many times, and late. */
const deliveries = fc.array(version, { minLength: 4, maxLength: 14, size: 'max' }).chain((versions) =>
  fc.record({
    versions: fc.constant(versions),
    batches: fc.array(
      fc.array(fc.nat({ max: versions.length - 1 }), { minLength: 1, maxLength: 6, size: 'max' }),
      { minLength: 1, maxLength: 4, size: 'max' },
    ),
    timeZone: fc.constantFrom('UTC', 'America/New_York', 'Pacific/Kiritimati'),
  }),
);

/** The version of each event that was received last. */
function lastOf(versions: readonly Version[], delivered: readonly number[]): Map<string, number> {
  const last = new Map<string, number>();
  for (const at of delivered) {
    const [sent, held] = [versions[at], last.get(versions[at]?.id ?? '')];
    const before = held === undefined ? undefined : versions[held];
    if (sent && (!before || held === undefined || receiptOf(sent, at) > receiptOf(before, held)))
      last.set(sent.id, at);
  }
  return last;
}

test(
  'deliveries in any order, number and grouping leave each event once, as it was received last, and the marts exact',
  async () => {
    await fc.assert(
      fc.asyncProperty(deliveries, async ({ versions, batches, timeZone }) => {
        const pipeline = new TaskPipeline(timeZone, eventCatalog);
        try {
          for (const [place, batch] of batches.entries()) {
            const body = batch.map((at) => JSON.stringify(rawOf(versions[at] as Version, at))).join('\n');
            const key = eventsKey('http', new Date(MIDNIGHT), `${place}`);
            const uploadedAt = MIDNIGHT + 3_600_000 * (2 + place);
            await pipeline.process([{ key, csv: `${body}\n`, uploadedAt }]);
            const last = lastOf(versions, batches.slice(0, place + 1).flat());
            const visits = [...last.values()].flatMap((at) => {
              const sent = versions[at] as Version;
              return sent.isBot ? [] : [visitOf(sent, at)];
            });
            const found = await pipeline.withLake((lake) => readMarts(lake, eventCatalog));
            const expected = computeVisits(visits, timeZone);
            for (const name of EVENT_MARTS)
              expect({ name, rows: sortedRows(found[name] ?? []) }).toEqual({
                name,
                rows: sortedRows(expected[name] ?? []),
              });
          }
          await expectStaged(pipeline, versions, lastOf(versions, batches.flat()));
        } finally {
          pipeline.close();
        }
      }),
      propertyRuns(6),
    );
  },
  propertyTimeout(30),
);

/** Each event once in its day in UTC, and its items, of which those of earlier versions remain. */
async function expectStaged(
  { bucket }: TaskPipeline,
  versions: readonly Version[],
  last: ReadonlyMap<string, number>,
): Promise<void> {
  const events = await readDeltaRows(bucket, 'staging/events');
  const rows = [...last].map(([id, at]) => {
    const sent = versions[at] as Version;
    const day = new Date(Number(visitOf(sent, at).at / 1000n)).toISOString().slice(0, 10);
    return { id, day, source: rawOf(sent, at).source, products: sent.items.length };
  });
  expect(events.map(({ event_id, day, source }) => [event_id, day, source].join(' ')).toSorted()).toEqual(
    rows.map(({ id, day, source }) => [id, day, source].join(' ')).toSorted(),
  );
  const items = await readDeltaRows(bucket, 'staging/event_items').catch(() => []);
  const ofLast = items.filter(({ event_id, item_index }) => {
    const row = rows.find(({ id }) => id === event_id);
    return row && Number(item_index) < row.products;
  });
  expect(
    ofLast.map(({ event_id, item_index, day }) => [event_id, item_index, day].join(' ')).toSorted(),
  ).toEqual(
    rows
      .flatMap(({ id, day, products }) =>
        [0, 1].slice(0, products).map((index) => [id, index, day].join(' ')),
      )
      .toSorted(),
  );
}
