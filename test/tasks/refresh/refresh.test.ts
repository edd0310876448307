import { writeCheckpoint } from '../../../lake/checkpoint';
import { readEntry } from '../../../lake/log-entry';
import { merge } from '../../../lake/merge';
import { scan } from '../../../lake/scan';
import { readSnapshot } from '../../../lake/snapshot';
import { REFRESH_LIFETIME_SECONDS } from '../../../state-machine/timeouts';
import { csv, ORDER_ITEMS, ORDERS, PRODUCTS } from '../../builders/csv';
import { kpiCatalog as catalog } from '../../builders/kpi-catalog';
import { scatter } from '../../builders/scatter';
import { TaskPipeline } from '../../builders/task-pipeline';

const orders = (uploadedAt: number, ...rows: string[]) => ({
  key: `input/orders-${uploadedAt}.csv`,
  csv: csv(ORDERS, ...rows),
  uploadedAt,
});
const order = (id: number, day: string, status = 'delivered') => `${id},7,${status},${day}T10:00:00,,,,1`;

const items = (uploadedAt: number, ...rows: string[]) => ({
  key: `input/order_items-${uploadedAt}.csv`,
  csv: csv(ORDER_ITEMS, ...rows),
  uploadedAt,
});

let pipeline: TaskPipeline;
beforeEach(() => {
  pipeline = new TaskPipeline();
});
afterEach(() => pipeline.close());

const logEntries = () => pipeline.bucket.keys('kpis/').filter((key) => key.endsWith('.json'));

test('a batch that changes nothing writes nothing to DynamoDB', async () => {
  const file = orders(1000, order(1, '2025-03-01'), order(2, '2025-03-02'));
  await pipeline.process([file]);
  const writes = [...pipeline.orders.writes];
  const entries = logEntries();
  expect(writes).toEqual(['put 2025-03-01', 'put 2025-03-02']);
  await pipeline.process([file]);
  expect(pipeline.orders.writes).toEqual(writes);
  expect(logEntries()).toEqual(entries);
});

test('a mart whose inputs did not change is read once, without looking for newer versions', async () => {
  const file = orders(1000, order(1, '2025-03-01'));
  await pipeline.process([file]);
  await pipeline.process([file]);
  const existing = new Set(pipeline.bucket.keys());
  pipeline.bucket.calls.length = 0;
  await pipeline.process([file]);
  const read = pipeline.bucket.callsOf('get').filter((key) => /^(kpis|marts)\//.test(key));
  expect(read.length).toBeGreaterThan(catalog.marts.length);
  expect(read).toEqual([...new Set(read)]);
  expect(read.filter((key) => !existing.has(key) && !key.endsWith('/_last_checkpoint'))).toEqual([]);
});

test('only changed days are written, and a day without orders is deleted', async () => {
  await pipeline.process([
    orders(1000, order(1, '2025-03-01'), order(2, '2025-03-02'), order(3, '2025-03-03')),
  ]);
  pipeline.orders.writes.length = 0;
  await pipeline.process([orders(2000, order(1, '2025-03-02'))]);
  expect(pipeline.orders.writes).toEqual(['put 2025-03-02', 'delete 2025-03-01']);
});

test('a refresh reads every log entry and every data file of a mart at most once, and no file that it wrote', async () => {
  await pipeline.process([
    { key: 'input/products.csv', csv: csv(PRODUCTS, '1,SKU-1,1,Toys,Ball,B,2,Kids'), uploadedAt: 500 },
    orders(1000, order(1, '2025-03-01'), order(2, '2025-03-02')),
    items(1000, '1,1,7,1,delivered,2025-03-01T10:00:00,,,,5', '2,2,7,1,delivered,2025-03-02T10:00:00,,,,5'),
  ]);
  const existing = new Set(pipeline.bucket.keys());
  pipeline.bucket.calls.length = 0;
  await pipeline.process([
    orders(2000, order(3, '2025-03-02')),
    items(2000, '3,3,7,1,delivered,2025-03-02T10:00:00,,,,5'),
  ]);
  const ofMarts = (operation: 'get' | 'download' | 'upload') =>
    pipeline.bucket.callsOf(operation).filter((key) => /^(kpis|marts)\//.test(key));
  const entries = ofMarts('get').filter((key) => existing.has(key));
  const files = ofMarts('download');
  expect(ofMarts('upload').length).toBeGreaterThanOrEqual(catalog.marts.length);
  expect(entries.length).toBeGreaterThan(catalog.marts.length);
  expect(files.length).toBeGreaterThan(0);
  expect(entries).toEqual([...new Set(entries)]);
  expect(files).toEqual([...new Set(files)]);
  expect(files.filter((key) => !existing.has(key))).toEqual([]);
});

/** Processes a batch whose refresh stops after the write to DynamoDB, before it is marked as published. */
async function processUnmarked(file: ReturnType<typeof orders>): Promise<void> {
  let commits = 0;
  pipeline.bucket.before = ({ operation, key }) => {
    // The first commit to the table has the rows, the second the mark.
    const isCommit = operation === 'putIfAbsent' && key.startsWith('kpis/order_kpis/_delta_log/');
    if (isCommit && ++commits === 2) throw new Error('killed');
  };
  await expect(pipeline.process([file])).rejects.toThrow('killed');
  pipeline.bucket.before = undefined;
}

const days = () => pipeline.orders.all.map(({ order_date }) => order_date);

describe('values written by a run that then stopped are corrected', () => {
  test('even when the rows are the same again as before it', async () => {
    await pipeline.process([orders(1000, order(1, '2025-03-01'))]);
    const before = pipeline.orders.all;
    await processUnmarked(orders(2000, order(1, '2025-04-04', 'returned')));
    expect(pipeline.orders.all).not.toEqual(before);
    await pipeline.process([orders(3000, order(1, '2025-03-01'))]);
    expect(pipeline.orders.all).toEqual(before);
  });

  test('by every run until the lifetime of the stopped run has passed, and by one run after that', async () => {
    await pipeline.process([orders(1000, order(1, '2025-03-01'))]);
    await processUnmarked(orders(2000, order(1, '2025-03-01', 'returned')));
    const writesOf = async (uploadedAt: number) => {
      pipeline.orders.writes.length = 0;
      await pipeline.process([orders(uploadedAt, order(2, '2025-05-05', `at ${uploadedAt}`))]);
      return pipeline.orders.writes;
    };
    const [dead, own] = ['put 2025-03-01', 'put 2025-05-05'];
    expect(await writesOf(3000)).toEqual([dead, own]);
    pipeline.now += 1000 * REFRESH_LIFETIME_SECONDS - 2000;
    expect(await writesOf(4000)).toEqual([dead, own]);
    pipeline.now += 1000;
    expect(await writesOf(5000)).toEqual([dead, own]);
    expect(await writesOf(6000)).toEqual([]);
  });

  test('when no version was marked as published before', async () => {
    await processUnmarked(orders(1000, order(1, '2025-03-01')));
    expect(days()).toEqual(['2025-03-01']);
    await pipeline.process([orders(2000, order(1, '2025-04-04'))]);
    expect(days()).toEqual(['2025-04-04']);
  });

  test('when the files that show its changes are deleted', async () => {
    await pipeline.process([orders(1000, order(1, '2025-03-01'), order(2, '2025-03-02'))]);
    await processUnmarked(orders(2000, order(1, '2025-04-04')));
    pipeline.now += 40 * 86_400_000;
    const { tables } = await pipeline.maintain(0, 1);
    expect(tables.find(({ table }) => table === 'order_kpis')).toMatchObject({ files_deleted: 1 });
    await pipeline.process([orders(3000, order(1, '2025-05-05'))]);
    expect(days()).toEqual(['2025-03-02', '2025-05-05']);
  });
});

test('the next batch includes changes of another writer, even if it rewrote files afterwards', async () => {
  const table = catalog.stagingTable('orders');
  await pipeline.process([orders(1000, order(1, '2025-03-01'), order(2, '2025-03-02'))]);
  await pipeline.withLake(async (lake) => {
    await scan(lake, await readSnapshot(lake, table.location), table, 'held');
    const moved = `timestamptz '2025-04-04 10:00:00Z' as created_at`;
    const later = '_source_modified_at + interval 1 second as _source_modified_at';
    const rows = `(select * replace (${moved}, ${later}), null::boolean as _deleted from held where order_id = 1)`;
    await merge(lake, table, { rows, deletes: '(select 2 as order_id)' });
    await scatter(lake, table, false);
    const snapshot = await readSnapshot(lake, table.location);
    if (snapshot) await writeCheckpoint(lake, snapshot);
  });
  await pipeline.process([orders(3000, order(3, '2025-05-05'))]);
  expect(days()).toEqual(['2025-04-04', '2025-05-05']);
  expect((await pipeline.verify()).differences).toBe(0);

  // A commit without data changes is not read.
  await pipeline.withLake((lake) => scatter(lake, table, false));
  pipeline.bucket.calls.length = 0;
  await pipeline.process([orders(4000, order(4, '2025-06-06'))]);
  const read = pipeline.bucket.callsOf('download').filter((key) => /^staging.*month=0[45]/.test(key));
  expect(read).toEqual([]);
  expect(days()).toEqual(['2025-04-04', '2025-05-05', '2025-06-06']);
});

test('another reporting time zone recomputes every day', async () => {
  const late = orders(1000, '1,7,delivered,2025-03-01T23:30:00Z,,,,1');
  await pipeline.process([late]);
  expect(days()).toEqual(['2025-03-01']);
  pipeline.timeZone = 'Europe/Berlin';
  await pipeline.process([late]);
  expect(days()).toEqual(['2025-03-02']);
});

test('an hour that occurs twice at midnight belongs to its day, both times', async () => {
  // In Havana clocks go back at 1:00 on 2025-11-02, which is 5:00 UTC: the day begins at 4:00 UTC.
  pipeline.timeZone = 'America/Havana';
  const at = (id: number, instant: string, status = 'sold') => `${id},${id},${status},${instant},,,,1`;
  await pipeline.process([
    orders(
      1000,
      at(1, '2025-11-02T03:59:59Z'),
      at(2, '2025-11-02T04:00:00Z'),
      at(3, '2025-11-02T05:30:00Z'),
      at(4, '2025-11-03T04:59:59Z'),
    ),
  ]);
  await pipeline.process([orders(2000, at(3, '2025-11-02T05:30:00Z', 'returned'))]);
  expect(pipeline.orders.all).toMatchObject([
    { order_date: '2025-11-01', total_orders: '1' },
    { order_date: '2025-11-02', total_orders: '3', return_rate: '33.33' },
  ]);
});

test('a batch of one month does not read or write data of another month', async () => {
  await pipeline.process([
    orders(1000, order(1, '2025-01-05'), order(2, '2025-02-05'), order(3, '2025-03-05')),
    items(1001, '1,1,7,1,x,2025-01-05T00:00:00,,,,10', '2,2,7,2,x,2025-02-05T00:00:00,,,,20'),
  ]);
  pipeline.bucket.calls.length = 0;
  pipeline.orders.writes.length = 0;
  await pipeline.process([
    orders(2000, order(4, '2025-03-06')),
    items(2001, '3,4,7,1,x,2025-03-06T00:00:00,,,,5'),
  ]);
  const data = pipeline.bucket.calls.filter(({ key }) => /^(staging|kpis)\/.*\.parquet$/.test(key));
  expect(data.filter(({ operation }) => operation === 'download').length).toBeGreaterThan(0);
  expect(data.filter(({ key }) => /month=(2025-)?0[12]/.test(key))).toEqual([]);
  expect(pipeline.orders.writes).toEqual(['put 2025-03-06']);
});

test('in a shop without items, the second batch reads only the days it affects', async () => {
  await pipeline.process([orders(1000, order(1, '2025-01-05'), order(2, '2025-02-05'))]);
  pipeline.bucket.calls.length = 0;
  await pipeline.process([orders(2000, order(3, '2025-02-06'))]);
  const read = pipeline.bucket.callsOf('download').filter((key) => key.startsWith('staging/'));
  expect(read.filter((key) => key.includes('month=02')).length).toBeGreaterThan(0);
  expect(read.filter((key) => key.includes('month=01'))).toEqual([]);
  expect(days()).toEqual(['2025-01-05', '2025-02-05', '2025-02-06']);
});

test('a product that changes category affects the days on which it was sold, in both categories', async () => {
  const product = (uploadedAt: number, category: string, cost = '1') => ({
    key: `input/products-${uploadedAt}.csv`,
    csv: csv(PRODUCTS, `1,s,${cost},${category},n,b,2,d`),
    uploadedAt,
  });
  await pipeline.process([
    orders(1000, order(1, '2025-01-05'), order(2, '2025-02-05')),
    items(1001, '1,1,7,1,x,2025-01-05T00:00:00,,,,10', '2,2,7,2,x,2025-02-05T00:00:00,,,,20'),
    product(1002, 'Toys'),
  ]);
  pipeline.categories.writes.length = 0;
  await pipeline.process([product(2000, 'Books')]);
  expect(pipeline.categories.writes).toEqual(['put Books|2025-01-05', 'delete Toys|2025-01-05']);
  // Another valid price does not change the category.
  pipeline.categories.writes.length = 0;
  await pipeline.process([product(3000, 'Books', '1.5')]);
  expect(pipeline.categories.writes).toEqual([]);
  await pipeline.process([product(4000, 'Books', '0')]);
  expect(pipeline.categories.writes).toEqual(['put Unknown|2025-01-05', 'delete Books|2025-01-05']);
});

test('prices up to the maximum are summed and divided exactly', async () => {
  const maximum = '99999999999999.9999';
  const items = [1, 2, 3].map((id) => `${id},${id === 3 ? 2 : 1},7,1,sold,2025-03-01T10:00:00,,,,${maximum}`);
  await pipeline.process([
    orders(1000, order(1, '2025-03-01'), order(2, '2025-03-01')),
    {
      key: 'input/order_items.csv',
      csv: csv(ORDER_ITEMS, ...items),
      uploadedAt: 1000,
    },
  ]);
  expect(pipeline.orders.all).toMatchObject([{ total_revenue: '300000000000000.00' }]);
  expect(pipeline.categories.all).toMatchObject([
    { daily_revenue: '300000000000000.00', avg_order_value: '150000000000000.00' },
  ]);
});

test('every commit names its execution', async () => {
  const first = await pipeline.process([orders(1000, order(1, '2025-03-01'))]);
  const second = await pipeline.process([orders(2000, order(1, '2025-03-02'))]);
  const namedIn = (version: number) =>
    Promise.all(
      ['staging/orders', 'kpis/order_kpis'].map(async (table) => {
        const actions = await readEntry(pipeline, table, version);
        return actions?.find(({ commitInfo }) => commitInfo)?.commitInfo?.userMetadata;
      }),
    );
  expect(await namedIn(0)).toEqual([first, first]);
  // The second entry of the KPI table marks the published version.
  expect(await namedIn(1)).toEqual([second, first]);
});
