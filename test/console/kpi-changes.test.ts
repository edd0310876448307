import { dayChanges } from '../../console/server/kpis/day-changes';
import { writeCheckpoint } from '../../lake/checkpoint';
import { entryKey } from '../../lake/log';
import { readSnapshot } from '../../lake/snapshot';
import { changedDays, KpiHistory } from '../../operations/kpis/changes';
import { csv, ORDER_ITEMS, ORDERS } from '../builders/csv';
import { kpiCatalog } from '../builders/kpi-catalog';
import { TaskPipeline } from '../builders/task-pipeline';

let pipeline: TaskPipeline;
beforeEach(() => {
  pipeline = new TaskPipeline();
});
afterEach(() => pipeline.close());

const file = (kind: string, header: string, uploadedAt: number, rows: readonly string[]) => ({
  key: `input/${kind}-${uploadedAt}.csv`,
  csv: csv(header, ...rows),
  uploadedAt,
});
const orders = (uploadedAt: number, ...rows: string[]) => file('orders', ORDERS, uploadedAt, rows);
const items = (uploadedAt: number, ...rows: string[]) => file('order_items', ORDER_ITEMS, uploadedAt, rows);
const order = (id: number, day: string, status = 'delivered') => `${id},7,${status},${day}T10:00:00,,,,1`;

test('tells which executions changed a day, what it was and what it became', async () => {
  const first = await pipeline.process([
    orders(1000, order(1, '2025-03-01'), order(2, '2025-03-02')),
    items(1000, '1,1,7,1,delivered,2025-03-01T10:00:00,,,,10.50'),
  ]);
  // Another day of the month: the same data files, another row.
  await pipeline.process([orders(2000, order(3, '2025-03-02'))]);
  const third = await pipeline.process([orders(3000, order(1, '2025-03-01', 'returned'))]);
  const fourth = await pipeline.process([orders(4000, order(1, '2025-04-01'))]);

  const history = new KpiHistory();
  const changesOf = (day: string) =>
    pipeline.withLake(async (lake) => dayChanges(await history.ofDay(lake, day)));
  expect(await changesOf('2025-03-01')).toEqual({
    is_complete: true,
    changes: [
      {
        execution: fourth,
        at: expect.any(String),
        values: [
          { column: 'total_orders', before: '1', after: null },
          { column: 'total_revenue', before: '10.50', after: null },
          { column: 'total_items_sold', before: '1', after: null },
          { column: 'unique_customers', before: '1', after: null },
          { column: 'return_rate', before: '100.00', after: null },
          { column: 'returned_orders', before: '1', after: null },
        ],
        categories: ['Unknown'],
      },
      {
        execution: third,
        at: new Date(3000).toISOString(),
        values: [
          { column: 'return_rate', before: '0.00', after: '100.00' },
          { column: 'returned_orders', before: '0', after: '1' },
        ],
        categories: [],
      },
      expect.objectContaining({ execution: first, categories: ['Unknown'] }),
    ],
  });
  // What was read for the other day holds for this one, too.
  expect((await changesOf('2025-04-01')).changes.map(({ execution }) => execution)).toEqual([fourth]);
  expect(await changesOf('2025-05-05')).toEqual({ is_complete: true, changes: [] });
});

test('reads no file that holds other days only', async () => {
  await pipeline.process([orders(1000, order(1, '2024-03-01'), order(2, '2025-03-01'))]);
  for (const at of [2000, 3000, 4000]) await pipeline.process([orders(at, order(at, '2024-03-05'))]);
  const read: string[] = [];
  pipeline.bucket.before = ({ key }) => {
    if (key.startsWith('kpis/') && key.endsWith('.parquet')) read.push(key);
  };
  const { commits } = await pipeline.withLake((lake) => new KpiHistory().ofDay(lake, '2025-03-01'));
  expect(commits.map(({ version, table }) => [table, version])).toEqual([['order_kpis', 0]]);
  expect(read).toHaveLength(1);
});

test('tells the days whose rows changed since a version, also those of deleted rows', async () => {
  await pipeline.process([orders(1000, order(1, '2025-03-01'), order(2, '2025-03-02'))]);
  const table = 'kpis/order_kpis';
  const days = () =>
    pipeline.withLake(async (lake) => {
      const snapshot = await readSnapshot(lake, table);
      if (!snapshot) throw new RangeError(table);
      const changed = await changedDays(lake, kpiCatalog.mart('order_kpis'), 1, snapshot);
      return changed && [...changed].sort();
    });
  expect(await days()).toEqual([]);
  await pipeline.process([orders(2000, order(2, '2025-04-02'))]);
  expect(await days()).toEqual(['2025-03-02', '2025-04-02']);
  await pipeline.withLake(async (lake) => {
    const snapshot = await readSnapshot(lake, table);
    if (snapshot) await writeCheckpoint(lake, snapshot);
  });
  await pipeline.bucket.delete(entryKey(table, 2));
  expect(await days()).toBeUndefined();
});

test('says so where the log no longer reaches back', async () => {
  await pipeline.process([orders(1000, order(1, '2025-03-01'))]);
  const second = await pipeline.process([orders(2000, order(2, '2025-03-01'))]);
  await pipeline.withLake(async (lake) => {
    const snapshot = await readSnapshot(lake, 'kpis/order_kpis');
    if (snapshot) await writeCheckpoint(lake, snapshot);
  });
  await pipeline.bucket.delete(entryKey('kpis/order_kpis', 0));
  const found = await pipeline.withLake(async (lake) =>
    dayChanges(await new KpiHistory().ofDay(lake, '2025-03-01')),
  );
  expect(found.changes.map(({ execution }) => execution)).toEqual([second]);
  expect(found.is_complete).toBe(false);
});
