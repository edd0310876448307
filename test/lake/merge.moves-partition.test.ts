import { catalog } from '../../catalog/catalog';
import { partitionDirectory } from '../../lake/partition-path';
import { readDelta, readDeltaRows } from '../builders/read-delta';
import { mergeRows, openTestLake, type TestLake, THINGS, thing } from '../builders/test-lake';

let lake: TestLake;
beforeEach(async () => {
  lake = await openTestLake();
});
afterEach(() => lake.close());

const order = (id: number, createdAt: string, version: number) => ({
  order_id: id,
  user_id: 1,
  status: 'shipped',
  created_at: createdAt,
  _source_key: 'input/orders.csv',
  _source_modified_at: `2025-01-01 00:00:0${version}+00`,
  _source_line: 2,
});

test('a key is found in whichever partition it was, and leaves it', async () => {
  await mergeRows(lake, THINGS, [thing(1, 'a', 1), thing(2, 'a', 1), thing(3, 'b', 1), thing(4, 'c', 1)]);
  const outcome = await mergeRows(lake, THINGS, [thing(1, 'b', 2)]);
  expect(outcome).toMatchObject({ updated: 1, inserted: 0 });
  const files = await readDelta(lake.bucket, THINGS.location);
  expect(
    files.map(({ partitionValues, rows }) => [partitionValues.place, rows.map(({ id }) => id)]).sort(),
  ).toEqual([
    ['a', ['2']],
    ['b', ['1']],
    ['b', ['3']],
    ['c', ['4']],
  ]);
});

test('a partition whose last row leaves has no file any more', async () => {
  await mergeRows(lake, THINGS, [thing(1, 'a', 1), thing(2, 'b', 1)]);
  await mergeRows(lake, THINGS, [thing(1, 'b', 2)]);
  const files = await readDelta(lake.bucket, THINGS.location);
  expect([...new Set(files.map(({ partitionValues }) => partitionValues.place))]).toEqual(['b']);
});

test('an older row does not move a newer one back', async () => {
  await mergeRows(lake, THINGS, [thing(1, 'b', 2)]);
  expect(await mergeRows(lake, THINGS, [thing(1, 'a', 1)])).toMatchObject({ version: 0, superseded: 1 });
});

test('an order whose created_at changes moves to the year and month of that instant in UTC', async () => {
  const orders = catalog.stagingTable('orders');
  await mergeRows(lake, orders, [
    order(1, '2025-06-30 23:59:59+00', 1),
    order(2, '2025-07-01 00:30:00+02', 1),
  ]);
  await mergeRows(lake, orders, [order(1, '2024-12-31 23:00:00-05', 2)]);
  const files = await readDelta(lake.bucket, orders.location);
  expect(files.map(({ path }) => path.replace(/part-.*/, '')).sort()).toEqual([
    'year=2025/month=01/',
    'year=2025/month=06/',
  ]);
  const rows = await readDeltaRows(lake.bucket, orders.location);
  expect(
    rows.map(({ order_id, year, month, created_at }) => [order_id, year, month, created_at]).sort(),
  ).toEqual([
    ['1', '2025', '01', '2025-01-01T04:00:00.000000Z'],
    ['2', '2025', '06', '2025-06-30T22:30:00.000000Z'],
  ]);
});

test.each([
  'a/b',
  'x=y',
  '%',
  '%2F',
  '😀',
  ' lead and trail ',
  `it's "so"`,
  '..',
  'a\\b',
  'é'.repeat(400),
  '__HIVE_DEFAULT_PARTITION__',
  'null',
])('rows move into and out of the partition %j', async (place) => {
  await mergeRows(lake, THINGS, [thing(1, place, 1), thing(2, 'plain', 1)]);
  const inside = await readDelta(lake.bucket, THINGS.location);
  const file = inside.find(({ partitionValues }) => partitionValues.place === place);
  expect(decodeURIComponent(file?.path ?? '')).toMatch(/^place=[^/]*\/part-[^/]*$/);
  expect(decodeURIComponent(file?.path ?? '').startsWith(partitionDirectory(['place'], { place }))).toBe(
    true,
  );

  await mergeRows(lake, THINGS, [thing(1, 'plain', 2), thing(2, place, 2)]);
  const rows = await readDeltaRows(lake.bucket, THINGS.location);
  expect(rows.map((row) => [row.id, row.place]).sort()).toEqual([
    ['1', 'plain'],
    ['2', place],
  ]);
});

test('null and empty are one partition, named by null', async () => {
  await mergeRows(lake, THINGS, [thing(1, null, 1), thing(2, '', 1)]);
  await mergeRows(lake, THINGS, [thing(3, '', 1)]);
  const files = await readDelta(lake.bucket, THINGS.location);
  expect(files.map(({ partitionValues, rows }) => [partitionValues, rows.length])).toEqual([
    [{ place: null }, 2],
    [{ place: null }, 1],
  ]);
});

test('rows go into a partition whose name begins with a byte order mark', async () => {
  await mergeRows(lake, THINGS, [thing(1, '\ufeff', 1), thing(2, '\ufeffa', 1), thing(3, 'a', 1)]);
  const rows = await readDeltaRows(lake.bucket, THINGS.location);
  expect(rows.map(({ id, place }) => [id, place]).sort()).toEqual([
    ['1', '\ufeff'],
    ['2', '\ufeffa'],
    ['3', 'a'],
  ]);
});
