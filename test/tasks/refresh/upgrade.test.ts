import type { Mart } from '../../../domain/mart';
import { merge } from '../../../lake/merge';
import { scan } from '../../../lake/scan';
import { readSnapshot } from '../../../lake/snapshot';
import { KpiHistory } from '../../../operations/kpis/changes';
import type { KpiItem } from '../../../serving/dynamodb/publish';
import { csv, ORDER_ITEMS, ORDERS } from '../../builders/csv';
import { kpiCatalog as catalog } from '../../builders/kpi-catalog';
import type { MemoryKpiStore } from '../../builders/memory-kpi-store';
import { TaskPipeline } from '../../builders/task-pipeline';

const ADDED = ['_total_revenue', '_daily_revenue', 'returned_orders', 'orders', 'items', 'returned_items'];

const file = (kind: string, uploadedAt: number, header: string, ...rows: string[]) => ({
  key: `input/${kind}-${uploadedAt}.csv`,
  csv: csv(header, ...rows),
  uploadedAt,
});
const orders = (uploadedAt: number, ...rows: string[]) => file('orders', uploadedAt, ORDERS, ...rows);
const order = (id: number, day: string, status = 'delivered') => `${id},7,${status},${day}T10:00:00,,,,1`;
const FILES = [
  orders(1000, order(1, '2025-03-01', 'returned'), order(2, '2025-03-02'), order(3, '2026-04-01')),
  file(
    'order_items',
    1001,
    ORDER_ITEMS,
    '1,1,7,1,returned,2025-03-01T10:00:00,,,,10',
    '2,2,7,1,sold,2025-03-02T10:00:00,,,,20',
    '3,3,7,1,sold,2026-04-01T10:00:00,,,,30',
  ),
];

let pipeline: TaskPipeline;
beforeEach(() => {
  pipeline = new TaskPipeline();
});
afterEach(() => pipeline.close());

/** Replaces a KPI table and its items by what the previous version had written: the same rows without the added columns, by month. */
async function downgrade(spec: Mart, store: MemoryKpiStore): Promise<void> {
  const table = catalog.martTable(spec.name);
  const columns = table.columns.filter(({ name }) => ![...ADDED, 'month', 'year'].includes(name));
  await pipeline.withLake(async (lake) => {
    const snapshot = await readSnapshot(lake, table.location);
    const txns = [...(snapshot?.txns ?? [])].map(([appId, version]) => {
      if (appId === 'daybook/rules') return { appId, version: version - 1 };
      return { appId, version: appId === 'daybook/published' ? 0 : version };
    });
    await scan(lake, snapshot, table, 'current');
    const names = columns.map(({ name }) => name);
    await lake.db.run(`create temp table previous as select ${names.join(', ')} from current`);
    for (const key of pipeline.bucket.keys(`${table.location}/`)) await pipeline.bucket.delete(key);
    const byMonth = {
      ...table,
      columns: [...columns, { name: 'month', type: 'string' as const }],
      partitionColumns: ['month'],
      derived: { month: { of: 'order_date', length: 7 } },
    };
    await merge(lake, byMonth, { rows: 'previous' }, { txns });
  });
  await store.put(store.all.map(withoutAdded));
}

const withoutAdded = (item: KpiItem): KpiItem =>
  Object.fromEntries(Object.entries(item).filter(([name]) => !ADDED.includes(name)));

test.each([
  ['changes a day', [orders(2000, order(2, '2025-03-02', 'returned'))]],
  ['changes nothing', FILES],
])('the first batch after an upgrade that %s adds the counts to every row and item', async (_, batch) => {
  await pipeline.process(FILES);
  await downgrade(catalog.mart('order_kpis'), pipeline.orders);
  await downgrade(catalog.mart('category_kpis'), pipeline.categories);
  expect(pipeline.orders.all).toEqual(pipeline.orders.all.map(withoutAdded));

  await pipeline.process(batch);
  expect(await pipeline.verify()).toMatchObject({ differences: 0, is_current: true });
  const expected = new TaskPipeline();
  try {
    await expected.process(FILES);
    await expected.process(batch);
    expect(pipeline.orders.all).toEqual(expected.orders.all);
    expect(pipeline.categories.all).toEqual(expected.categories.all);
  } finally {
    expected.close();
  }
  expect(pipeline.categories.all[0]).toMatchObject({ orders: '1', items: '1', returned_items: '1' });

  const { commits } = await pipeline.withLake((lake) => new KpiHistory().ofDay(lake, '2026-04-01'));
  expect(commits.find(({ table }) => table === 'order_kpis')?.rows[0]).toMatchObject({
    before: { returned_orders: null },
    after: { returned_orders: '0' },
  });

  // From then on a batch reads and writes only the year that it changes.
  pipeline.bucket.calls.length = 0;
  await pipeline.process([orders(3000, order(3, '2026-04-01', 'returned'))]);
  expect(pipeline.bucket.callsOf('download').filter((key) => /^kpis\/.*year=2025/.test(key))).toEqual([]);
  expect(await pipeline.verify()).toMatchObject({ differences: 0, is_current: true });
});
