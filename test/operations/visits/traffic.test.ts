import { catalog } from '../../../catalog/catalog';
import type { OpenLake } from '../../../operations/lake/reader';
import { martOfDays } from '../../../operations/visits/mart-days';
import { readOrigins, readTraffic } from '../../../operations/visits/traffic';
import { openLakeInMemory } from '../../builders/open-lake';
import { type Cells, mergeRows, type TestLake } from '../../builders/test-lake';

let open: OpenLake & { readonly lake: TestLake };
beforeEach(async () => {
  open = await openLakeInMemory();
});
afterEach(() => open.close());

const SPEC = catalog.martTable('traffic_kpis');

function row(event_date: string, channel: string, source: string, values: Cells = {}): Cells {
  return {
    event_date,
    channel,
    source,
    medium: 'm',
    sessions: 3,
    visitors: 2,
    engaged_sessions: 1,
    bounce_rate: '66.67',
    avg_duration_seconds: '10.01',
    purchases: 1,
    revenue: '0.10',
    year: event_date.slice(0, 4),
    month: event_date.slice(0, 7),
    ...values,
  };
}

async function mart() {
  const found = await martOfDays(open, 'traffic_kpis');
  if (!found) throw new Error('there is no table');
  return found;
}

test('without a table there are no days', async () => {
  expect(await martOfDays(open, 'traffic_kpis')).toBeUndefined();
  expect(await martOfDays(open, 'no_such_mart')).toBeUndefined();
});

test('adds up days exactly, by bucket and channel, and moves the period before to its bucket', async () => {
  await mergeRows(open.lake, SPEC, [
    row('2026-03-03', 'Email', 'news'),
    row('2026-03-10', 'Email', 'news', { revenue: '90071992547409.93' }),
    row('2026-03-10', 'Direct', '(direct)', { sessions: 1, visitors: 1, engaged_sessions: 0 }),
    row('2026-03-11', 'Email', 'other'),
  ]);
  const found = await mart();
  expect(found.data).toEqual({ from: '2026-03-03', to: '2026-03-11' });
  const days = { from: '2026-03-08', to: '2026-03-14' };
  const before = { from: '2026-03-01', to: '2026-03-07' };
  const { sums, parts, channels } = await readTraffic(open, found, { days, before }, 'week', 7);
  const of = (is_before: boolean, bucket: string | null, part?: string) =>
    sums.find((sum) => sum.is_before === is_before && sum.bucket === bucket && sum.part === part);
  expect(parts).toBe(2);
  expect(channels).toEqual(['Direct', 'Email']);
  expect(of(false, null)).toMatchObject({
    days: 2,
    sessions: 7n,
    visitors: 5n,
    engaged_sessions: 2n,
    seconds: 7007n,
    purchases: 3n,
    // 90071992547409.93 + 0.10 + 0.10: more digits than a float has.
    revenue: 9007199254741013n,
  });
  // The range begins on a Sunday: its first week has one day.
  expect(of(false, '2026-03-08')).toBeUndefined();
  expect(of(false, '2026-03-09', 'Email')).toMatchObject({ days: 2, sessions: 6n });
  expect(of(true, '2026-03-09')).toMatchObject({ days: 1, sessions: 3n });
});

test('names the largest parts, and the others are one', async () => {
  const sources = ['a', 'b', 'c', 'd'];
  await mergeRows(
    open.lake,
    SPEC,
    sources.map((source, at) => row('2026-03-10', 'Email', source, { sessions: 10 - at })),
  );
  const choice = { days: { from: '2026-03-10', to: '2026-03-10' }, before: null, channel: 'Email' };
  const partsOf = async (named: number) => {
    const { sums } = await readTraffic(open, await mart(), choice, 'day', named);
    return sums.filter(({ part }) => part !== undefined).map(({ part, sessions }) => [part, sessions]);
  };
  expect(new Map((await partsOf(2)) as [string, bigint][])).toEqual(
    new Map<string | null, bigint>([
      ['a', 10n],
      ['b', 9n],
      [null, 15n],
    ]),
  );
  // A single other one has its own name.
  expect((await partsOf(3)).length).toBe(4);
  expect((await partsOf(3)).some(([part]) => part === null)).toBe(false);
});

test('lists origins of the days alone, with their sessions before', async () => {
  await mergeRows(open.lake, SPEC, [
    row('2026-03-01', 'Email', 'gone'),
    row('2026-03-02', 'Email', "o'hara"),
    row('2026-03-10', 'Email', "o'hara", { sessions: 5 }),
    row('2026-03-10', 'Referral', "o'hara"),
  ]);
  const choice = {
    days: { from: '2026-03-08', to: '2026-03-14' },
    before: { from: '2026-03-01', to: '2026-03-07' },
  };
  const { origins, count } = await readOrigins(open, await mart(), choice, 'source', 10);
  expect(count).toBe(1);
  expect(origins).toMatchObject([
    { channel: null, source: "o'hara", medium: null, sessions: 8n, sessions_before: 3n, days: 1 },
  ]);
  const all = await readOrigins(open, await mart(), { ...choice, channel: 'Email' }, 'all', 10);
  expect(all.origins).toMatchObject([{ channel: 'Email', source: "o'hara", medium: 'm', sessions: 5n }]);
});

test('ten years of forty origins are added up by month', async () => {
  const days = Array.from({ length: 3653 }, (_, at) =>
    new Date(Date.UTC(2016, 0, 1) + at * 86_400_000).toISOString().slice(0, 10),
  );
  await mergeRows(
    open.lake,
    SPEC,
    days.flatMap((day) =>
      Array.from({ length: 40 }, (_, at) => row(day, `channel ${at % 10}`, `source ${at}`)),
    ),
  );
  const found = await mart();
  const choice = { days: { from: '2016-01-01', to: '2025-12-31' }, before: null };
  const { sums } = await readTraffic(open, found, choice, 'month', 7);
  expect(sums.find(({ bucket }) => bucket === null)).toMatchObject({ days: 3653, sessions: 438_360n });
}, 120_000);
