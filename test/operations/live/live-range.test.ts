import { gzipSync } from 'node:zlib';
import type { Contract } from '../../../domain/contract';
import { eventsKey } from '../../../domain/object-keys';
import { DEFAULT_SETTINGS } from '../../../domain/values';
import { LiveView } from '../../../operations/live/live-view';
import { MemoryBucket } from '../../builders/memory-bucket';
import { EVENTS, ITEMS } from '../../domain/events/event-builders';

const NOW = Date.UTC(2026, 10, 28, 10, 0, 35);
const BOT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';

/** @param ago seconds before now */
const line = (id: string, name: string, ago: number, others: object = {}) =>
  JSON.stringify({
    event_id: id,
    received_at: new Date(NOW - ago * 1000).toISOString(),
    source: 'http',
    event: {
      ...{ event_id: id, event_name: name, event_time: new Date(NOW - ago * 1000).toISOString() },
      ...{ client_id: 'v1', ...others },
    },
  });

let files = 0;
const put = (bucket: MemoryBucket, ago: number, lines: readonly string[]) => {
  files += 1;
  const key = eventsKey('http', new Date(NOW - ago * 1000), String(files).padStart(6, '0'));
  return bucket.put(key, gzipSync(lines.map((one) => `${one}\n`).join('')));
};

async function withView<Result>(
  work: (view: LiveView, bucket: MemoryBucket) => Promise<Result>,
  events: Contract = EVENTS,
): Promise<Result> {
  const bucket = new MemoryBucket();
  const view = await LiveView.open({
    bucket,
    kinds: { events, items: ITEMS },
    settings: DEFAULT_SETTINGS,
    clock: () => new Date(NOW),
  });
  try {
    return await work(view, bucket);
  } finally {
    await view.close();
  }
}

const readAll = () => false;

test('counts events by bucket and name, the names by their events and the rest as others', async () => {
  const range = await withView(async (view, bucket) => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'];
    await put(bucket, 0, [
      ...names.map((name) => line(name, name, 10)),
      line('b2', 'b', 14),
      line('b3', 'b', 16),
      line('old', 'page_view', 400),
    ]);
    await view.read(readAll);
    return view.range(5);
  });
  expect(range).toMatchObject({ events: 11, bucket_seconds: 10 });
  expect(range.names).toEqual(['b', 'a', 'c', 'd', 'e', 'f', 'g', null]);
  expect(range.buckets).toHaveLength(30);
  // 10:00:25 and 10:00:21 are in the last but one, 10:00:19 in the one before.
  expect(range.buckets.slice(-3).map(({ start, events }) => [start, events])).toEqual([
    ['2026-11-28T10:00:10Z', [1, 0, 0, 0, 0, 0, 0, 0]],
    ['2026-11-28T10:00:20Z', [2, 1, 1, 1, 1, 1, 1, 2]],
    ['2026-11-28T10:00:30Z', [0, 0, 0, 0, 0, 0, 0, 0]],
  ]);
});

test('a visitor came from the first origin that is not direct', async () => {
  const from = (query: string) => ({ page_url: `https://shop.example/?${query}` });
  const range = await withView(async (view, bucket) => {
    await put(bucket, 0, [
      line('1', 'page_view', 90),
      line('2', 'page_view', 80, from('utm_source=news&utm_medium=email')),
      line('3', 'page_view', 70, from('gclid=x')),
      line('4', 'purchase', 60, { transaction_id: 't1', value: 1, currency: 'EUR' }),
      line('5', 'page_view', 50, { client_id: 'v2' }),
      // Without a visitor, the purchase has its own origin.
      line('6', 'purchase', 40, {
        client_id: null,
        transaction_id: 't2',
        ...from('utm_source=adnet&utm_medium=cpc'),
      }),
    ]);
    await view.read(readAll);
    return view.range(60);
  });
  expect(range.top_origins).toEqual([
    { channel: 'Email', source: 'news', medium: 'email', visitors: 1, purchases: 1 },
    { channel: 'Direct', source: '(direct)', medium: '(none)', visitors: 1, purchases: 0 },
    { channel: 'Paid Other', source: 'adnet', medium: 'cpc', visitors: 0, purchases: 1 },
  ]);
});

test('counts an event of a bot once, and nowhere else', async () => {
  const range = await withView(async (view, bucket) => {
    for (const round of [1, 2]) {
      await put(bucket, round, [line('1', 'page_view', 10, { user_agent: BOT })]);
      await view.read(readAll);
    }
    return view.range(60);
  });
  expect(range).toMatchObject({ bots: 1, events: 0, visitors: 0, active_visitors: 0, names: [] });
});

test('reads the newest files first, and the others as far as it may', async () => {
  await withView(async (view, bucket) => {
    for (let file = 0; file < 20; file += 1)
      await put(bucket, 7_200 + file, [line(`f${file}`, 'page_view', 7_200 + file)]);
    await put(bucket, 0, [line('new', 'page_view', 0)]);
    await view.read((isRecent) => !isRecent);
    // Eight small files are read together.
    expect((await view.range(1440)).events).toBe(8);
    expect(view.readSince).toEqual(new Date(NOW - 7_207_000));
    expect((await view.range(60)).events).toBe(1);
    await view.read(readAll);
    expect((await view.range(1440)).events).toBe(21);
    expect(view.readSince).toBeNull();
  });
});

test('lists the latest events with their lines and rows', async () => {
  const sent = Array.from({ length: 60 }, (_, index) => line(`e${index}`, 'page_view', index));
  await withView(async (view, bucket) => {
    await put(bucket, 0, [...sent, line('bot', 'page_view', 0, { user_agent: BOT })]);
    await view.read(readAll);
    const latest = view.latestEvents();
    expect(latest.map(({ row }) => row.event_id)).toEqual(
      Array.from({ length: 50 }, (_, index) => `e${index}`),
    );
    expect(latest[0]).toMatchObject({ raw: sent[0], is_cut: false, items: [] });
    expect(latest[0]?.row).toMatchObject({ event_name: 'page_view', visitor_id: 'v1', channel: 'Direct' });
  });
});

test('neither the line of an event nor a value is shown where the deployment pseudonymizes it', async () => {
  const columns = EVENTS.columns.map((column) =>
    column.name === 'client_id' ? { ...column, pseudonymize: true } : column,
  );
  const latest = await withView(
    async (view, bucket) => {
      await put(bucket, 0, [line('1', 'page_view', 0)]);
      await view.read(readAll);
      return view.latestEvents();
    },
    { ...EVENTS, columns },
  );
  expect(latest[0]?.raw).toBeNull();
  expect(latest[0]?.row.event_id).toBe('1');
  expect(JSON.stringify(latest)).not.toContain('v1');
});
