import { type MaintainResult, maintainResultSchema } from '../../../domain/workflow';
import { readSnapshot } from '../../../lake/snapshot';
import { loadConfig } from '../../../runtime/config';
import { MAINTAIN_VARIABLES } from '../../../tasks/maintain/config';
import { csv, ORDERS } from '../../builders/csv';
import { kpiCatalog as catalog } from '../../builders/kpi-catalog';
import { scatter } from '../../builders/scatter';
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

const orders = (uploadedAt: number, ...ids: number[]) => ({
  key: `input/orders-${uploadedAt}.csv`,
  csv: csv(ORDERS, ...ids.map((id) => `${id},7,sold,2025-03-01T10:00:00,,,,1`)),
  uploadedAt,
});
const scatterOrders = () => scatter(lake, catalog.stagingTable('orders'));
const ofOrders = (result: MaintainResult | undefined) =>
  result?.tables.find(({ table }) => table === 'orders');
const results = () =>
  pipeline.bucket.keys('results/maintain/').map((key) => JSON.parse(pipeline.bucket.text(key) ?? ''));

test('maintains the tables and writes a result; a second run finds nothing to do', async () => {
  await pipeline.process([orders(1000, 1, 2, 3)]);
  await scatterOrders();
  await pipeline.maintain();
  await pipeline.maintain(1);

  const [first, second] = results().map((result) => maintainResultSchema.parse(result));
  expect(pipeline.bucket.keys('results/maintain/')[0]).toBe('results/maintain/19700101T000001.000Z.json');
  expect(first?.tables.map(({ table }) => table)).toEqual(catalog.tables.map(({ name }) => name));
  expect(ofOrders(first)).toMatchObject({
    version: 2,
    compaction: { files_removed: 3, files_added: 1, given_up: 0 },
    checkpoint: null,
    files_deleted: 0,
  });
  expect(second?.tables.map(({ compaction }) => compaction.files_added)).toEqual(catalog.tables.map(() => 0));
  expect(second?.tables.map(({ version }) => version)).toEqual(first?.tables.map(({ version }) => version));
});

test('a table with many small months is partitioned by years, with the same rows, and batches go on', async () => {
  const ofMonths = (uploadedAt: number, first: number) => ({
    key: `input/orders-${uploadedAt}.csv`,
    csv: csv(
      ORDERS,
      ...Array.from({ length: 12 }, (_, n) => {
        const month = String(n + 1).padStart(2, '0');
        return `${first + n},7,sold,${2020 + first / 12}-${month}-01T10:00:00,,,,1`;
      }),
    ),
    uploadedAt,
  });
  const partitions = async () =>
    (await readSnapshot(lake, catalog.stagingTable('orders').location))?.metadata.partitionColumns;
  await pipeline.process([ofMonths(1000, 0)]);
  await pipeline.process([ofMonths(2000, 12)]);
  expect(await partitions()).toEqual(['year', 'month']);
  await pipeline.maintain();
  expect(await partitions()).toEqual(['year']);
  expect(await pipeline.verify()).toMatchObject({ differences: 0 });

  // One order changes, one is new.
  await pipeline.process([
    {
      key: 'input/orders-3000.csv',
      csv: csv(ORDERS, '3,7,returned,2020-04-01T10:00:00,,,,1', '90,8,sold,2021-04-01T10:00:00,,,,1'),
      uploadedAt: 3000,
    },
  ]);
  expect(await pipeline.verify()).toMatchObject({ differences: 0, is_current: true });
  expect(pipeline.orders.all).toHaveLength(24);
  expect(pipeline.orders.all).toContainEqual(
    expect.objectContaining({ order_date: '2020-04-01', returned_orders: '1' }),
  );
});

test('unneeded data files, log entries and parsed rows are deleted after the retention', async () => {
  for (let batch = 1; batch <= 5; batch++) await pipeline.process([orders(1000 * batch, batch)]);
  expect(pipeline.bucket.keys('results/').filter((key) => key.includes('/rows/'))).toHaveLength(5);

  const early = await pipeline.maintain(6);
  expect(ofOrders(early)).toMatchObject({ checkpoint: 5, files_deleted: 0, log_objects_deleted: 0 });
  expect(early.rows_deleted).toBe(0);
  const week = await pipeline.maintain(8);
  expect(ofOrders(week)).toMatchObject({ files_deleted: 0, log_objects_deleted: 0 });
  expect(week.rows_deleted).toBe(5);
  // A week after the compaction of the sixth day.
  const fortnight = await pipeline.maintain(14);
  expect(ofOrders(fortnight)).toMatchObject({ files_deleted: 5, log_objects_deleted: 0 });
  const month = await pipeline.maintain(37);
  expect(ofOrders(month)).toMatchObject({ files_deleted: 0, log_objects_deleted: 5 });

  const days = pipeline.orders.all;
  await pipeline.process([orders(9000, 6)]);
  expect(pipeline.orders.all).toMatchObject([{ ...days[0], total_orders: '6', unique_customers: '1' }]);
});

test('a table that cannot be maintained fails the run, but not the other tables', async () => {
  await pipeline.process([orders(1000, 1, 2)]);
  await scatterOrders();
  const broken = 'staging/products/_delta_log/00000000000000000000.json';
  await pipeline.bucket.put(broken, 'no JSON');
  await expect(pipeline.maintain()).rejects.toThrow(/^products: BrokenLogError: .*00000\.json/);
  expect(pipeline.bucket.text('staging/orders/_delta_log/00000000000000000002.json')).toContain('OPTIMIZE');
  expect(results()).toMatchObject([
    { task: 'maintain', status: 'failed', cause: expect.stringContaining('products') },
  ]);
});

test('does not disturb a running batch', async () => {
  await pipeline.process([orders(1000, 1, 2, 3)]);
  for (let batch = 2; batch <= 4; batch++) {
    await scatterOrders();
    await Promise.all([
      pipeline.process([orders(1000 * batch, 1, 10 * batch)]),
      pipeline.maintain(),
      pipeline.maintain(),
    ]);
  }
  expect(pipeline.orders.all).toMatchObject([{ order_date: '2025-03-01', total_orders: '6' }]);
});

test('executions that an earlier run cleaned are not listed again, later ones are', async () => {
  /** Parsed rows of an execution of that day of 1970, as old as the epoch. */
  const putRows = async (day: number) => {
    const date = new Date(day * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '');
    const key = `results/${date}T000000Z-0123456789ab/rows/orders/00000.parquet`;
    await pipeline.bucket.put(key, '');
    return key;
  };
  for (const day of [0, 40, 41]) await putRows(day);
  expect((await pipeline.maintain(50)).rows_deleted).toBe(3);
  const passedOver = await putRows(0);
  await putRows(45);
  expect((await pipeline.maintain(51)).rows_deleted).toBe(1);
  expect(pipeline.bucket.keys('results/').filter((key) => key.includes('/rows/'))).toEqual([passedOver]);
});

test('a retention shorter than a day is refused', () => {
  expect(() => loadConfig({ FILE_RETENTION_DAYS: '0.5' }, MAINTAIN_VARIABLES)).toThrow('FILE_RETENTION_DAYS');
  expect(loadConfig({}, MAINTAIN_VARIABLES)).toEqual({
    FILE_RETENTION_DAYS: 7,
    LOG_RETENTION_DAYS: 30,
    TARGET_FILE_MB: 128,
  });
});
