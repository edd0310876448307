import fc from 'fast-check';
import { cachedRead } from '../../console/server/cached-read';
import {
  addDays,
  bucketIndex,
  bucketsOf,
  dayNumber,
  GRANULARITIES,
  granularitiesFor,
  lengthOf,
} from '../../console/server/range/calendar';
import { rangeOf } from '../../console/server/range/range';

const data = { from: '2024-01-10', to: '2025-03-31' };

describe('the requested days', () => {
  test('are by default the last thirty of the data, compared with the thirty before', () => {
    expect(rangeOf({}, data)).toMatchObject({
      days: { from: '2025-03-02', to: '2025-03-31' },
      before: { from: '2025-01-31', to: '2025-03-01' },
      granularity: 'day',
    });
  });

  test('begin no earlier than the data, then without a period before', () => {
    const short = { from: '2025-03-30', to: '2025-03-31' };
    expect(rangeOf({ period: '365' }, short)).toMatchObject({ days: short, before: null });
    expect(rangeOf({ period: 'all' }, data)).toMatchObject({ days: data, before: null });
  });

  test('can be any range, with or without data; an open end is that of the data', () => {
    expect(rangeOf({ from: '2030-01-01', to: '2030-01-01' }, data)).toMatchObject({
      days: { from: '2030-01-01', to: '2030-01-01' },
      before: null,
    });
    expect(rangeOf({ from: '2025-03-30' }, data).days).toEqual({ from: '2025-03-30', to: '2025-03-31' });
    expect(rangeOf({ from: '2026-01-01' }, data).days).toEqual({ from: '2026-01-01', to: '2026-01-01' });
    expect(rangeOf({ to: '2020-01-01' }, data).days).toEqual({ from: '2020-01-01', to: '2020-01-01' });
  });

  test('have the finest readable granularity, or the requested one if it is not too fine', () => {
    const best = (from: string, to: string) => granularitiesFor({ from, to }).best;
    expect(best('2025-01-01', '2025-06-30')).toBe('day');
    expect(best('2024-07-01', '2025-06-30')).toBe('week');
    expect(best('2016-01-01', '2025-12-31')).toBe('month');
    expect(best('0001-01-01', '9999-12-31')).toBe('year');
    expect(rangeOf({ period: 'all', by: 'day' }, data).granularity).toBe('day');
    expect(rangeOf({ period: 'all', by: 'day' }, { from: '2016-01-01', to: '2025-12-31' }).granularity).toBe(
      'month',
    );
  });
});

test('buckets cover every day once, in order, whatever the days', () => {
  const day = fc.integer({ min: dayNumber('0001-01-01'), max: dayNumber('9999-12-31') });
  fc.assert(
    fc.property(
      day,
      fc.integer({ min: 0, max: 900 }),
      fc.constantFrom(...GRANULARITIES),
      (first, more, by) => {
        const from = addDays('1970-01-01', first);
        const days = { from, to: addDays(from, more) };
        const buckets = bucketsOf(days, by);
        expect(buckets.reduce((sum, bucket) => sum + lengthOf(bucket), 0)).toBe(lengthOf(days));
        const place = bucketIndex(buckets, by);
        const starts = buckets.map((_, index) =>
          index === 0 ? from : addDays(buckets[index - 1]?.to ?? '', 1),
        );
        expect(buckets.map((bucket) => bucket.from)).toEqual(starts);
        expect(buckets.map((bucket) => [place(bucket.from), place(bucket.to)])).toEqual(
          buckets.map((_, index) => [index, index]),
        );
      },
    ),
  );
});

test('weeks begin on Mondays, months and years with their first day', () => {
  const days = { from: '2024-02-28', to: '2025-01-01' };
  expect(bucketsOf(days, 'week')[1]?.from).toBe('2024-03-04');
  expect(bucketsOf(days, 'month')[0]).toEqual({ from: '2024-02-28', to: '2024-02-29' });
  expect(bucketsOf(days, 'year')[1]).toEqual({ from: '2025-01-01', to: '2025-01-01' });
});

describe('a cached read', () => {
  test('is reused for twenty times as long as it took', async () => {
    let [now, reads] = [0, 0];
    const get = cachedRead(
      async () => {
        now += 10;
        return ++reads;
      },
      () => now,
    );
    expect(await get()).toBe(1);
    now += 199;
    expect(await get()).toBe(1);
    now += 1;
    expect(await get()).toBe(2);
  });

  test('is shared by concurrent callers, and repeated after a failure', async () => {
    let reads = 0;
    const get = cachedRead(async () => {
      reads++;
      if (reads === 1) throw new Error('throttled');
      return reads;
    });
    const asked = [get(), get()];
    await Promise.all(asked.map((reading) => expect(reading).rejects.toThrow('throttled')));
    expect(reads).toBe(1);
    expect(await get()).toBe(2);
  });
});
