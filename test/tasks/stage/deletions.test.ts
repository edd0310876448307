import { catalog } from '../../../catalog/catalog';
import { taskResultKey } from '../../../domain/object-keys';
import { readSnapshot, type Snapshot } from '../../../lake/snapshot';
import { Downloads } from '../../../operations/lake/downloads';
import { previewRows } from '../../../operations/lake/preview';
import { queryLake } from '../../../operations/lake/query/query';
import { viewTables } from '../../../operations/lake/tables';
import { readDeltaRows } from '../../builders/read-delta';
import { scatter } from '../../builders/scatter';
import { type StagedFile, stageRows } from '../../builders/stage-rows';
import { TaskPipeline } from '../../builders/task-pipeline';

let pipeline: TaskPipeline;
beforeEach(() => {
  pipeline = new TaskPipeline();
});
afterEach(() => pipeline.close());

const at = (day: number) => Date.UTC(2025, 6, day);
const orders = catalog.stagingTable('orders');

const order = (order_id: string) => ({
  order_id,
  user_id: '7',
  status: 'delivered',
  created_at: '2025-03-08 10:00:00+00',
  num_of_item: '1',
});
const deletion = (order_id: string) => ({ order_id, _deleted: 'true' as const });
const file = (day: number, ...rows: StagedFile['rows']): StagedFile => ({
  kind: 'orders',
  rows,
  uploadedAt: at(day),
});

const staged = (executionId: string) =>
  JSON.parse(pipeline.bucket.text(taskResultKey(executionId, 'stage')) ?? '{}').tables[0];
const totals = () => pipeline.orders.all.map(({ order_date, total_orders }) => [order_date, total_orders]);

test('a deleted row leaves the KPIs, and its counts say so', async () => {
  await stageRows(pipeline, [file(1, order('1'), order('2'))]);
  const executionId = await stageRows(pipeline, [file(2, deletion('1'), deletion('9'))]);
  expect(staged(executionId)).toMatchObject({ inserted: 0, updated: 0, deleted: 1, superseded: 0 });
  expect(totals()).toEqual([['2025-03-08', '1']]);
  await stageRows(pipeline, [file(3, deletion('2'))]);
  expect(totals()).toEqual([]);
  expect(await pipeline.verify()).toMatchObject({ differences: 0, is_current: true });
});

test('an older version that comes late does not bring it back, a newer one does', async () => {
  await stageRows(pipeline, [file(1, order('1'))]);
  await stageRows(pipeline, [file(4, deletion('1'), deletion('2'))]);
  const late = await stageRows(pipeline, [file(3, order('1'), order('2'))]);
  expect(staged(late)).toMatchObject({ inserted: 0, updated: 0, superseded: 2 });
  expect(totals()).toEqual([]);
  const newer = await stageRows(pipeline, [file(5, order('2'))]);
  expect(staged(newer)).toMatchObject({ inserted: 1, updated: 0, deleted: 0, superseded: 0 });
  expect(totals()).toEqual([['2025-03-08', '1']]);
  expect(await pipeline.verify()).toMatchObject({ differences: 0, is_current: true });
});

test('of one file, the last row of a key decides whether it is deleted', async () => {
  await stageRows(pipeline, [file(1, order('1'), deletion('1'), deletion('2'), order('2'))]);
  expect(totals()).toEqual([['2025-03-08', '1']]);
  const [row] = (await readDeltaRows(pipeline.bucket, orders.location)).filter((one) => !one._deleted);
  expect(row).toMatchObject({ order_id: '2' });
});

test('a deletion keeps nothing of the row but its key and its version', async () => {
  await stageRows(pipeline, [file(1, order('1'))]);
  await stageRows(pipeline, [file(2, { ...order('1'), ...deletion('1') })]);
  expect(await readDeltaRows(pipeline.bucket, orders.location)).toEqual([
    {
      ...Object.fromEntries(orders.columns.map(({ name }) => [name, null])),
      order_id: '1',
      _deleted: 'true',
      _source_key: `input/orders-${at(2)}.csv`,
      _source_modified_at: '2025-07-02T00:00:00.000000Z',
      _source_line: '2',
    },
  ]);
});

test('readers of the lake see no deleted row, and count none, even after files were rewritten', async () => {
  await stageRows(pipeline, [file(1, order('1'), order('2'), order('3'))]);
  await stageRows(pipeline, [file(2, deletion('1'), deletion('8'))]);
  const look = () =>
    pipeline.withLake(async (lake) => {
      const downloads = new Downloads(`${lake.workDirectory}/downloads`);
      const query = (sql: string) => queryLake({ lake, downloads }, sql).then(({ rows }) => rows);
      const snapshot = (await readSnapshot(lake, orders.location)) as Snapshot;
      const preview = await previewRows({ lake, downloads }, orders, snapshot, snapshot, { limit: 10 });
      const [table] = await viewTables(lake, 0);
      return {
        counted: await query('select count(*) from orders'),
        ids: await query('select order_id from orders order by all'),
        columns: (await queryLake({ lake, downloads }, 'from orders')).columns.map(({ name }) => name),
        previewed: preview.rows.map(([id]) => id),
        rows_in_all: preview.rows_in_all,
        rows: table?.rows,
      };
    });
  const seen = {
    counted: [['2']],
    ids: [['2'], ['3']],
    columns: orders.columns.map(({ name }) => name).filter((name) => name !== '_deleted'),
    previewed: ['2', '3'],
    rows_in_all: 2,
    rows: 2,
  };
  expect(await look()).toEqual(seen);
  await pipeline.withLake((lake) => scatter(lake, orders));
  await pipeline.maintain();
  expect(await look()).toEqual(seen);
  await stageRows(pipeline, [file(1, order('8'))]);
  expect(totals()).toEqual([['2025-03-08', '2']]);
});

test('a deleted parent takes its items out of the KPIs, and a deleted product its category', async () => {
  const product = { id: '1', category: 'Toys', cost: '1', retail_price: '2', department: 'Kids' };
  const item = {
    id: '1',
    order_id: '1',
    product_id: '1',
    created_at: order('1').created_at,
    sale_price: '5',
  };
  await stageRows(pipeline, [
    file(1, order('1'), order('2')),
    { kind: 'products', rows: [product], uploadedAt: at(1) },
    { kind: 'order_items', rows: [item, { ...item, id: '2', order_id: '2' }], uploadedAt: at(1) },
  ]);
  const categories = () =>
    pipeline.categories.all.map(({ category, daily_revenue }) => [category, daily_revenue]);
  expect(categories()).toEqual([['Toys', '10.00']]);
  await stageRows(pipeline, [file(2, deletion('1'))]);
  expect(categories()).toEqual([['Toys', '5.00']]);
  await stageRows(pipeline, [{ kind: 'products', rows: [{ id: '1', _deleted: 'true' }], uploadedAt: at(2) }]);
  expect(categories()).toEqual([['Unknown', '5.00']]);
  expect(await pipeline.verify()).toMatchObject({ differences: 0, is_current: true });
});
