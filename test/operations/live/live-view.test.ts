import { existsSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { archiveKey, eventsKey, forgetResultKey } from '../../../domain/object-keys';
import { DAY_MS } from '../../../domain/time';
import { DEFAULT_SETTINGS } from '../../../domain/values';
import { LiveView } from '../../../operations/live/live-view';
import type { LiveNumbers } from '../../../operations/live/views';
import { MemoryBucket } from '../../builders/memory-bucket';
import { EVENTS, ITEMS } from '../../domain/events/event-builders';

const NOW = Date.UTC(2026, 10, 28, 10, 0, 30);
const MINUTE = 60_000;

interface Sent {
  readonly id: string;
  readonly name: string;
  /** Minutes before now. */
  readonly ago: number;
  /** Minutes before now; that of the event if not given. */
  readonly receivedAgo?: number;
  readonly visitor?: string | null;
  readonly transaction?: string;
  readonly value?: number;
  readonly product?: string;
  readonly quantity?: number;
  readonly isBot?: boolean;
}

const iso = (ago: number) => new Date(NOW - ago * MINUTE).toISOString();

function line(sent: Sent): string {
  const { id, name, ago, receivedAgo = ago, visitor = 'v1', transaction, value, product } = sent;
  return JSON.stringify({
    event_id: id,
    received_at: iso(receivedAgo),
    source: 'http',
    event: {
      event_id: id,
      event_name: name,
      event_time: iso(ago),
      client_id: visitor,
      transaction_id: transaction,
      ...(value !== undefined && { value, currency: 'EUR' }),
      ...(product && {
        items: [{ product_id: product, name: `Name of ${product}`, price: 1, quantity: sent.quantity ?? 1 }],
      }),
      ...(sent.isBot && {
        user_agent: 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
      }),
    },
  });
}

let files = 0;
const newKey = (ago: number) => {
  files += 1;
  return eventsKey('http', new Date(NOW - ago * MINUTE), String(files).padStart(6, '0'));
};

const put = (bucket: MemoryBucket, lines: readonly string[], key = newKey(0)) =>
  bucket.put(key, gzipSync(lines.map((one) => `${one}\n`).join('')));

async function withView<Result>(
  work: (view: LiveView, bucket: MemoryBucket, clock: { now: number }) => Promise<Result>,
): Promise<Result> {
  const clock = { now: NOW };
  const bucket = new MemoryBucket();
  const view = await LiveView.open({
    bucket,
    kinds: { events: EVENTS, items: ITEMS },
    settings: DEFAULT_SETTINGS,
    clock: () => new Date(clock.now),
  });
  try {
    return await work(view, bucket, clock);
  } finally {
    await view.close();
  }
}

const windowOf = ({ windows }: LiveNumbers, minutes: number) => {
  const found = windows.find((window) => window.minutes === minutes);
  if (!found) throw new Error(`no window of ${minutes} minutes`);
  return found;
};

test('counts events, visitors, the funnel, sales and products of each window', async () => {
  const numbers = await withView(async (view, bucket) => {
    await put(bucket, [
      line({ id: '1', name: 'page_view', ago: 1 }),
      line({ id: '2', name: 'view_item', ago: 1, product: 'p1' }),
      line({ id: '3', name: 'view_item', ago: 2, product: 'p2', visitor: 'v2' }),
      line({ id: '4', name: 'add_to_cart', ago: 10, product: 'p1', visitor: 'v3' }),
      line({ id: '5', name: 'begin_checkout', ago: 20, product: 'p1', visitor: 'v3' }),
      line({
        id: '6',
        name: 'purchase',
        ago: 100,
        product: 'p1',
        quantity: 3,
        transaction: 't1',
        value: 12.5,
      }),
      line({ id: '7', name: 'newsletter signup', ago: 4, visitor: null }),
    ]);
    return view.numbers();
  });
  expect(numbers.at).toBe(new Date(NOW).toISOString());
  expect(windowOf(numbers, 5)).toMatchObject({
    ...{ events: 4, visitors: 2, purchases: 0, revenue: [] },
    funnel: { viewed: 2, carted: 0, checked_out: 0, purchased: 0 },
    top_products: [
      { product_id: 'p1', name: 'Name of p1', views: 1, carts: 0, sold: 0 },
      { product_id: 'p2', name: 'Name of p2', views: 1, carts: 0, sold: 0 },
    ],
  });
  expect(windowOf(numbers, 60)).toMatchObject({
    ...{ events: 6, visitors: 3, funnel: { viewed: 2, carted: 1, checked_out: 1, purchased: 0 } },
  });
  expect(windowOf(numbers, 1440)).toMatchObject({
    ...{ events: 7, visitors: 3, purchases: 1, revenue: [{ currency: 'EUR', amount: '12.5000' }] },
    funnel: { viewed: 2, carted: 1, checked_out: 1, purchased: 1 },
    top_products: [
      { product_id: 'p1', views: 1, carts: 1, sold: 3 },
      { product_id: 'p2', views: 1, carts: 0, sold: 0 },
    ],
  });
  expect(numbers.minutes).toHaveLength(60);
  expect(numbers.minutes.at(-1)).toEqual({
    ...{ minute: '2026-11-28T10:00:00Z', events: 0, visitors: 0, purchases: 0, revenue: [] },
  });
  expect(numbers.minutes.at(-2)).toMatchObject({ minute: '2026-11-28T09:59:00Z', events: 2, visitors: 1 });
});

test('leaves out bots, what is no event, and repeats of an event or of a purchase, and counts them', async () => {
  const numbers = await withView(async (view, bucket) => {
    const purchase = { name: 'purchase', transaction: 't1', value: 10, product: 'p1' };
    await put(bucket, [
      line({ id: '1', ...purchase, ago: 3 }),
      line({ id: '2', ...purchase, ago: 2 }),
      line({ id: '3', name: 'view_item', ago: 1, product: 'p1', isBot: true }),
      'no JSON',
      line({ id: '4', name: 'page_view', ago: -3 * 24 * 60, receivedAgo: 0 }),
    ]);
    await view.numbers();
    await put(bucket, [line({ id: '1', ...purchase, ago: 3 })]);
    return view.numbers();
  });
  expect(windowOf(numbers, 5)).toMatchObject({
    ...{ events: 2, purchases: 1, revenue: [{ currency: 'EUR', amount: '10.0000' }] },
    top_products: [{ product_id: 'p1', views: 0, sold: 1 }],
  });
  expect(numbers.received).toEqual({
    ...{ files: 2, unreadable_files: 0, lines: 6, events: 2, duplicates: 1, bots: 1, rejected: 2 },
  });
});

test('of several versions of an event the one received last remains, in whichever order they come', async () => {
  const early = line({ id: '1', name: 'view_item', ago: 4, receivedAgo: 3, product: 'p1' });
  const late = line({ id: '1', name: 'add_to_cart', ago: 4, receivedAgo: 1, product: 'p2' });
  for (const order of [
    [early, late],
    [late, early],
  ]) {
    const numbers = await withView(async (view, bucket) => {
      for (const one of order) {
        await put(bucket, [one]);
        await view.numbers();
      }
      return view.numbers();
    });
    expect(windowOf(numbers, 5)).toMatchObject({
      ...{ events: 1, funnel: { viewed: 0, carted: 1 }, top_products: [{ product_id: 'p2', carts: 1 }] },
    });
  }
});

test('an event that its device dates after its receipt happened when it was received', async () => {
  const numbers = await withView(async (view, bucket) => {
    await put(bucket, [line({ id: '1', name: 'page_view', ago: -120, receivedAgo: 10 })]);
    return view.numbers();
  });
  expect([windowOf(numbers, 5).events, windowOf(numbers, 60).events]).toEqual([0, 1]);
});

test('starts with archived files, and reads a file that is archived meanwhile once', async () => {
  await withView(async (view, bucket, clock) => {
    const event = (id: string) => line({ id, name: 'page_view', ago: 2 });
    const old = newKey(300);
    await put(bucket, [event('1')], archiveKey('20261128T050000Z-0123456789ab', old));
    await put(bucket, [event('too old')], archiveKey('20261126T050000Z-0123456789ab', newKey(2_000)));
    await bucket.put('archive/20261128T050000Z-0123456789ab/orders.csv', 'order_id\n1\n');
    const waiting = newKey(1);
    await put(bucket, [event('2')], waiting);
    expect(windowOf(await view.numbers(), 5).events).toBe(2);

    const archive = async (key: string) => {
      const body = await bucket.get(key);
      await bucket.put(archiveKey('20261128T095800Z-0123456789ab', key), body ?? '');
      await bucket.delete(key);
    };
    await archive(waiting);
    const listed = newKey(0);
    await put(bucket, [event('3')], listed);
    // It is moved between the list and the download.
    bucket.before = async ({ operation, key }) => {
      if (operation !== 'get' || key !== listed) return;
      bucket.before = undefined;
      await archive(listed);
    };
    clock.now += 1_000;
    expect((await view.numbers()).received).toMatchObject({ files: 3, events: 3, duplicates: 0 });

    // It comes and goes between two looks that are far apart.
    const missed = newKey(0);
    await put(bucket, [event('4')], missed);
    await archive(missed);
    clock.now += 60_000;
    expect((await view.numbers()).received).toMatchObject({ files: 4, events: 4, duplicates: 0 });
  });
});

test('a file that is written later than one with later events is read, and lists begin at the newest', async () => {
  await withView(async (view, bucket) => {
    await put(bucket, [line({ id: '1', name: 'page_view', ago: 1 })], newKey(0));
    await view.numbers();
    await put(bucket, [line({ id: '2', name: 'page_view', ago: 8 })], newKey(7));
    expect((await view.numbers()).received.events).toBe(2);
  });
});

test('a damaged file is counted, and what can be read of it', async () => {
  const numbers = await withView(async (view, bucket) => {
    const body = gzipSync(`${line({ id: '1', name: 'page_view', ago: 1 })}\n`);
    await bucket.put(newKey(0), body.subarray(0, body.length - 10));
    await bucket.put(newKey(0), 'no gzip');
    await put(bucket, [line({ id: '2', name: 'page_view', ago: 1 })]);
    return view.numbers();
  });
  expect(numbers.received).toMatchObject({ files: 3, unreadable_files: 2 });
  expect(windowOf(numbers, 5).events).toBeGreaterThanOrEqual(1);
});

test('events leave the windows as time passes, and after an hour the memory', async () => {
  await withView(async (view, bucket, clock) => {
    await put(bucket, [
      line({ id: '1', name: 'view_item', ago: 1, product: 'p1' }),
      line({ id: '2', name: 'purchase', ago: 23 * 60 + 30, transaction: 't1', value: 1, product: 'p1' }),
    ]);
    expect(windowOf(await view.numbers(), 1440)).toMatchObject({ events: 2, purchases: 1 });
    clock.now += 61 * MINUTE;
    const later = await view.numbers();
    expect(windowOf(later, 60)).toMatchObject({ events: 0, top_products: [] });
    expect(windowOf(later, 1440)).toMatchObject({
      ...{ events: 1, purchases: 0, top_products: [{ product_id: 'p1', views: 1, sold: 0 }] },
    });
    clock.now += DAY_MS;
    expect(windowOf(await view.numbers(), 1440)).toMatchObject({ events: 0, top_products: [] });
  });
});

test('after a person was forgotten, the files are read again as they are now', async () => {
  await withView(async (view, bucket) => {
    const key = newKey(1);
    const [of1, of2] = ['v1', 'v2'].map((visitor) =>
      line({ id: visitor, name: 'page_view', ago: 1, visitor }),
    );
    await put(bucket, [of1 ?? '', of2 ?? ''], key);
    expect(windowOf(await view.numbers(), 5)).toMatchObject({ events: 2, visitors: 2 });
    await put(bucket, ['', of2 ?? ''], key);
    expect(windowOf(await view.numbers(), 5)).toMatchObject({ events: 2 });
    await bucket.put(forgetResultKey(new Date(NOW)), '{}');
    const numbers = await view.numbers();
    expect(windowOf(numbers, 5)).toMatchObject({ events: 1, visitors: 1 });
    expect(numbers.received).toMatchObject({ files: 1, lines: 1, events: 1, duplicates: 0 });
    expect(windowOf(await view.numbers(), 5)).toMatchObject({ events: 1 });
  });
});

test('closing deletes the temporary files', async () => {
  const directory = await withView(async (view) => {
    await view.numbers();
    expect(existsSync(view.directory)).toBe(true);
    return view.directory;
  });
  expect(existsSync(directory)).toBe(false);
});

/** The same numbers, computed one event after the other. */
function expected(sent: readonly Sent[], minutes: number) {
  const newest = new Map<string, Sent>();
  for (const one of sent) {
    const known = newest.get(one.id);
    if (!one.isBot && (known === undefined || (one.receivedAgo ?? 0) < (known.receivedAgo ?? 0)))
      newest.set(one.id, one);
  }
  const events = [...newest.values()];
  const inWindow = ({ ago }: Sent) => ago < minutes;
  const firstOf = new Map<string, number>();
  for (const { name, transaction, ago } of events) {
    if (name === 'purchase' && transaction !== undefined)
      firstOf.set(transaction, Math.max(ago, firstOf.get(transaction) ?? 0));
  }
  const sales = events.filter(
    ({ name, transaction, ago }) =>
      name === 'purchase' && (transaction === undefined || firstOf.get(transaction) === ago),
  );
  const visitors = (name?: string) =>
    new Set(
      events
        .filter((one) => inWindow(one) && (name === undefined || one.name === name))
        .map((one) => one.visitor),
    ).size;
  return {
    events: events.filter(inWindow).length,
    visitors: visitors(),
    funnel: {
      viewed: visitors('view_item'),
      carted: visitors('add_to_cart'),
      checked_out: visitors('begin_checkout'),
      purchased: visitors('purchase'),
    },
    purchases: sales.filter(inWindow).length,
    amount: sales.filter(inWindow).reduce((sum, { value = 0 }) => sum + value, 0),
  };
}

test('whatever is delivered, in whichever files and order, the numbers are those of the distinct events', async () => {
  const sent = fc.record({
    id: fc.constantFrom(...'abcdefgh'),
    name: fc.constantFrom('page_view', 'view_item', 'add_to_cart', 'begin_checkout', 'purchase'),
    // Distinct by the seconds, so that the earliest of a transaction is one.
    ago: fc.integer({ min: 1, max: 100 }),
    visitor: fc.constantFrom('v1', 'v2', 'v3'),
    transaction: fc.option(fc.constantFrom('t1', 't2'), { nil: undefined }),
    value: fc.integer({ min: 1, max: 100 }),
    isBot: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(sent, { minLength: 1, maxLength: 8 }), { maxLength: 6 }),
      async (batches) => {
        let number = 0;
        const given = batches.map((batch) =>
          batch.map((one): Sent => {
            number += 1;
            // Every delivery has a time of its own, and every event a time of its own.
            const ago = one.ago + number / 1_000;
            return { ...one, ago, receivedAgo: 1 - number / 1_000 };
          }),
        );
        const numbers = await withView(async (view, bucket) => {
          for (const batch of given) {
            await put(bucket, batch.map(line));
            if (batch.length === 2) await view.numbers();
          }
          return view.numbers();
        });
        for (const minutes of [5, 60, 1440]) {
          const { events, visitors, funnel, purchases, revenue } = windowOf(numbers, minutes);
          const amount = revenue.reduce((sum, one) => sum + Number(one.amount), 0);
          expect({ events, visitors, funnel, purchases, amount }).toEqual(expected(given.flat(), minutes));
        }
      },
    ),
    { numRuns: 12 },
  );
});
