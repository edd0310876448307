import { merge } from '../../lake/merge';
import type { TableSpec } from '../../lake/table-spec';
import { MemoryBucket } from '../builders/memory-bucket';
import { readDeltaRows } from '../builders/read-delta';
import {
  type Cells,
  mergeRows,
  openTestLake,
  relationOf,
  type TestLake,
  THINGS,
  thing,
} from '../builders/test-lake';

/** Things by day, of which a key is in one day only. */
const DAILY: TableSpec = {
  ...THINGS,
  columns: [...THINGS.columns, { name: 'is_guess', type: 'boolean' }],
  keyDays: { uncertain: 'is_guess' },
};

let lake: TestLake;
beforeEach(async () => {
  lake = await openTestLake();
});
afterEach(() => lake.close());

const on = (day: string, id: number, version: number, more: Cells = {}) =>
  thing(id, `2026-11-${day}`, version, more);
const guess = (day: string, id: number, version: number) => on(day, id, version, { is_guess: 'true' });

/** Merges rows; the days whose files were read for their keys. */
async function daysRead(rows: readonly Cells[]): Promise<string[]> {
  lake.bucket.calls.length = 0;
  await mergeRows(lake, DAILY, rows);
  const days = lake.bucket
    .callsOf('download')
    .flatMap((key) => /place=2026-11-(\d\d)\//.exec(key)?.[1] ?? []);
  return [...new Set(days)].toSorted();
}

const stored = async () =>
  (await readDeltaRows(lake.bucket, DAILY.location)).map(({ id, place }) => [Number(id), place]).toSorted();

async function fill(): Promise<void> {
  lake = { ...lake, bucket: new MemoryBucket() };
  // Every file has the keys 1 to 9 in its range.
  for (const day of ['26', '27', '28', '29'])
    await mergeRows(lake, DAILY, [
      on(day, Number(day) * 10, 1),
      on(day, Number(day) * 10 + 9, 1),
      on(day, -Number(day), 1),
    ]);
}

test('keys are looked up in the files of their days only', async () => {
  await fill();
  expect(await daysRead([on('27', 5, 2)])).toEqual(['27']);
  expect(await daysRead([on('26', 5, 2), on('29', 6, 2)])).toEqual(['26', '29']);
  expect(await daysRead([on('30', 7, 2)])).toEqual([]);
});

test('a row whose day is uncertain is also looked up in the day before and after', async () => {
  await fill();
  expect(await daysRead([guess('27', 5, 2)])).toEqual(['26', '27', '28']);
  expect(await daysRead([guess('30', 6, 2)])).toEqual(['29']);
});

test('a key that comes again on the next day replaces its row where the day is uncertain', async () => {
  await mergeRows(lake, DAILY, [guess('28', 1, 1)]);
  await mergeRows(lake, DAILY, [guess('29', 1, 2)]);
  expect(await stored()).toEqual([[1, '2026-11-29']]);
  // The first delivery again, late.
  await mergeRows(lake, DAILY, [guess('28', 1, 1)]);
  expect(await stored()).toEqual([[1, '2026-11-29']]);
});

test('a row of the same day replaces an older one', async () => {
  await mergeRows(lake, DAILY, [on('28', 1, 1), on('28', 2, 1)]);
  await mergeRows(lake, DAILY, [on('28', 1, 2, { price: '9' })]);
  expect(await stored()).toEqual([
    [1, '2026-11-28'],
    [2, '2026-11-28'],
  ]);
});

test('keys to delete without their day are refused', async () => {
  await mergeRows(lake, DAILY, [on('28', 1, 1)]);
  const rows = await relationOf(lake, DAILY, []);
  const deletes = '(select 1::bigint as id)';
  await expect(merge(lake, DAILY, { rows, deletes })).rejects.toThrow(
    'staging/things: keys came without their day: delete rows by their deletion flag',
  );
});
