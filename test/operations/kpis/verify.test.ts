import { merge } from '../../../lake/merge';
import { type VerifyDeps, verify } from '../../../operations/kpis/verify';
import { UnknownTimeZoneError } from '../../../tasks/refresh/time-zone';
import { csv, ORDER_ITEMS, ORDERS } from '../../builders/csv';
import { kpiCatalog as catalog } from '../../builders/kpi-catalog';
import { TaskPipeline } from '../../builders/task-pipeline';
import { openTestLake, type TestLake } from '../../builders/test-lake';

let pipeline: TaskPipeline;
let lake: TestLake;
beforeEach(async () => {
  pipeline = new TaskPipeline();
  lake = await openTestLake({ bucket: pipeline.bucket, clock: () => new Date() });
});
afterEach(() => {
  lake.close();
  pipeline.close();
});

const file = (name: string, header: string, ...rows: string[]) => ({
  key: `input/${name}.csv`,
  csv: csv(header, ...rows),
  uploadedAt: Date.UTC(2025, 3, 1),
});
const FILES = [
  file('orders', ORDERS, '1,7,returned,2025-03-01T23:30:00Z,,,,1', '2,8,sold,2025-03-02T10:00:00Z,,,,1'),
  file(
    'order_items',
    ORDER_ITEMS,
    '1,1,7,1,sold,2025-03-01T10:00:00,,,,12.505',
    '2,2,8,1,sold,2025-03-01T10:00:00,,,,3',
  ),
];

const NO_TABLES = Object.fromEntries(catalog.kinds.map((kind) => [kind, null]));

const run = (more: Partial<VerifyDeps> = {}) =>
  verify({
    lake: lake,
    catalog,
    itemsOf: ({ name, dynamoDb }) => ({ table: dynamoDb.table, read: () => pipeline.store(name).cells() }),
    ...more,
  });

test('tables that are as they should be do not differ', async () => {
  await pipeline.process(FILES);
  expect(await run()).toEqual({
    time_zone: 'UTC',
    staging: { ...NO_TABLES, orders: 0, order_items: 0 },
    tables: [
      { table: 'order_days', expected: 2, items: null, rows: 2 },
      { table: 'customer_days', expected: 2, items: null, rows: 2 },
      { table: 'order_kpis', expected: 2, items: 2, rows: 2 },
      { table: 'category_kpis', expected: 2, items: 2, rows: 2 },
    ],
    histories: [],
    hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    differences: 0,
    first_differences: [],
    is_current: true,
    moved: false,
  });
});

test('the hash is of the numbers alone, and another one for other numbers', async () => {
  await pipeline.process(FILES);
  const { hash } = await run();
  // The same rows again, as newer versions of another file.
  const [orders, items] = FILES;
  if (orders)
    await pipeline.process([{ ...orders, key: 'input/again/orders.csv', uploadedAt: orders.uploadedAt + 1 }]);
  expect((await run()).hash).toBe(hash);
  const dearer = { ...items, csv: items?.csv.replace('12.505', '12.515') ?? '' };
  await pipeline.process([
    { key: 'input/order_items2.csv', csv: dearer.csv, uploadedAt: Date.UTC(2025, 3, 2) },
  ]);
  expect(await run()).toMatchObject({ differences: 0, hash: expect.not.stringMatching(hash) });
});

test('an item that is not right, in DynamoDB or in kpis/, is named', async () => {
  await pipeline.process(FILES);
  await pipeline.orders.put([{ ...pipeline.orders.all[0], total_revenue: '12.52' }]);
  await pipeline.categories.delete([{ category: 'Unknown', order_date: '2025-03-02' }]);
  const extra = `(select date '2024-02-29' as order_date, 1 as total_orders, 0 as total_revenue, 0 as total_items_sold, 1 as unique_customers, 0 as return_rate, 0 as returned_orders, 0 as _total_revenue)`;
  await merge(lake, catalog.martTable('order_kpis'), { rows: extra });
  const { differences, first_differences, tables } = await run();
  expect(tables[2]).toEqual({ table: 'order_kpis', expected: 2, items: 2, rows: 3 });
  expect(differences).toBe(3);
  expect(first_differences).toEqual([
    {
      table: 'OrderKPIs',
      key: ['2025-03-01'],
      kind: 'different',
      columns: [{ name: 'total_revenue', expected: '12.51', found: '12.52' }],
    },
    { table: 'kpis/order_kpis', key: ['2024-02-29'], kind: 'unexpected', columns: [] },
    { table: 'CategoryKPIs', key: ['Unknown', '2025-03-02'], kind: 'missing', columns: [] },
  ]);
});

test('exact sums that do not add up to the rounded ones are named as well', async () => {
  await pipeline.process(FILES);
  const stored = `(select date '2025-03-01' as order_date, 1 as total_orders, 12.51 as total_revenue, 1 as total_items_sold, 1 as unique_customers, 100 as return_rate, 1 as returned_orders, 12.51 as _total_revenue)`;
  await merge(lake, catalog.martTable('order_kpis'), { rows: stored });
  expect((await run()).first_differences).toEqual([
    {
      table: 'kpis/order_kpis',
      key: ['2025-03-01'],
      kind: 'different',
      columns: [{ name: '_total_revenue', expected: '12.505', found: '12.51' }],
    },
  ]);
});

test('an attribute that is not a column, and a value of another type, are differences', async () => {
  await pipeline.process(FILES);
  const cells = async function* () {
    for await (const item of pipeline.orders.cells())
      yield { ...item, note: 'x', returned_orders: '{"S":"1"}' };
  };
  const { differences, first_differences } = await run({
    itemsOf: ({ name, dynamoDb }) => ({
      table: dynamoDb.table,
      read: name === 'order_kpis' ? cells : () => pipeline.store(name).cells(),
    }),
  });
  expect(differences).toBe(2);
  expect(first_differences[0]?.columns).toEqual([
    { name: 'returned_orders', expected: '1', found: '{"S":"1"}' },
    { name: 'other attributes', expected: null, found: '{"note":"x"}' },
  ]);
});

test('one mart is compared with those that it is computed from, and its hash is not that of all', async () => {
  await pipeline.process(FILES);
  const seen: string[] = [];
  const some = await run({
    marts: ['order_kpis'],
    onProgress: (name, done, all) => seen.push(`${name} ${done}/${all}`),
  });
  expect(some.tables.map(({ table }) => table)).toEqual(['order_days', 'customer_days', 'order_kpis']);
  expect(seen).toEqual(['order_days 0/3', 'customer_days 1/3', 'order_kpis 2/3']);
  expect(some).toMatchObject({ differences: 0, is_current: true });
  expect(some.hash).not.toBe((await run()).hash);
  await expect(run({ marts: ['orders_kpi'] })).rejects.toThrow('unknown mart "orders_kpi"');
});

test('the reporting time zone is the one that kpis/ was computed in, unless one is given', async () => {
  pipeline.timeZone = 'America/New_York';
  await pipeline.process(FILES);
  expect(await run()).toMatchObject({ time_zone: 'America/New_York', differences: 0, is_current: true });
  const inUtc = await run({ timeZone: 'UTC' });
  expect(inUtc).toMatchObject({ time_zone: 'UTC', differences: 0, is_current: false });
  expect(await run({ timeZone: 'Europe/Berlin' })).toMatchObject({ is_current: false });
  expect((await run({ timeZone: 'Europe/Berlin' })).differences).toBeGreaterThan(0);
});

test('a time zone of a name that nobody knows is asked for', async () => {
  pipeline.timeZone = 'europe/berlin';
  await pipeline.process(FILES);
  await expect(run()).rejects.toThrow(UnknownTimeZoneError);
  expect(await run({ timeZone: 'europe/berlin' })).toMatchObject({ differences: 0, is_current: true });
});

test('before the first batch there is nothing, and no difference', async () => {
  expect(await run()).toMatchObject({
    time_zone: 'UTC',
    differences: 0,
    tables: [{ expected: 0 }, { expected: 0 }, { expected: 0 }, { expected: 0 }],
  });
});

test('a transform that has not run yet shows as differences, with a word that it has not', async () => {
  pipeline.bucket.before = ({ operation, key }) => {
    if (operation === 'putIfAbsent' && /^(kpis|marts)\//.test(key)) throw new Error('killed');
  };
  await expect(pipeline.process(FILES)).rejects.toThrow('killed');
  pipeline.bucket.before = undefined;
  const verification = await run();
  expect(verification).toMatchObject({ is_current: false, moved: false });
  expect(verification.first_differences.map(({ kind }) => kind)).toEqual(Array(12).fill('missing'));
});

test('a batch that is staged meanwhile is told', async () => {
  await pipeline.process(FILES);
  let isStaged = false;
  const items = async function* () {
    yield* pipeline.orders.cells();
    if (isStaged) return;
    isStaged = true;
    const orders = file('orders2', ORDERS, '9,9,sold,2025-03-01T10:00:00Z,,,,1');
    await pipeline.process([{ ...orders, uploadedAt: Date.UTC(2025, 3, 3) }]);
  };
  const verification = await run({
    itemsOf: ({ name, dynamoDb }) => ({
      table: dynamoDb.table,
      read: name === 'order_kpis' ? items : () => pipeline.store(name).cells(),
    }),
  });
  expect(verification.moved).toBe(true);
});
