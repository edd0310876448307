import { type Catalog, catalog, createCatalog } from '../../../catalog/catalog';
import type { Mart } from '../../../domain/mart';
import { readSnapshot } from '../../../lake/snapshot';
import { openMartRow } from '../../../operations/lineage/mart-lineage';
import { csv, ORDER_ITEMS, ORDERS } from '../../builders/csv';
import { TaskPipeline } from '../../builders/task-pipeline';

jest.setTimeout(180_000);

const item = { name: 'items', type: 'count' } as const;

/** Each row counts the items of its product, and those of all products on the day. */
const SHARES: Mart = {
  name: 'product_shares',
  description: 'items of a product among those of the day',
  key: ['product_id', 'order_date'],
  columns: [
    { name: 'product_id', type: 'int64' },
    { name: 'order_date', type: 'date' },
    item,
    { name: 'items_of_day', type: 'count' },
  ],
  inputs: [{ name: 'counted_items' }],
  sql: `select product_id, order_date, count(*) as items,
    cast(sum(count(*)) over (partition by order_date) as bigint) as items_of_day
    from counted_items group by product_id, order_date`,
  refresh: { by: 'day' },
};

/** All rows decide about each of its rows. */
const TOTALS: Mart = {
  name: 'status_totals',
  description: 'orders by status',
  key: ['state'],
  columns: [
    { name: 'state', type: 'text' },
    { name: 'orders', type: 'count' },
  ],
  inputs: [{ name: 'orders' }],
  sql: "select coalesce(status, 'none') as state, count(*) as orders from orders group by all",
  refresh: { by: 'all' },
};

let pipeline: TaskPipeline;
afterEach(() => pipeline.close());

const file = (name: string, text: string) => ({
  key: `input/${name}`,
  csv: text,
  uploadedAt: Date.UTC(2025, 3, 1),
});

const lineageOf = (own: Catalog, mart: string, key: Record<string, string>) =>
  pipeline.withLake(async (lake) => {
    const newest = (location: string) => readSnapshot(lake, location);
    const choice = { catalog: own, mart: own.mart(mart), key, timeZone: 'UTC', newest };
    const { lineage, rowsOf } = await openMartRow(lake, choice);
    const keys: Record<string, string[]> = {};
    for (const { view, name, key: columns } of lineage.inputs) {
      const { rows } = await rowsOf(view, 0, 100);
      keys[name] = rows.map((cells) => cells.slice(0, columns.length).join(' '));
    }
    return { row: lineage.row, isReproduced: lineage.is_reproduced, keys };
  });

test('a mart of which other rows decide as well has all rows that a refresh of its row reads', async () => {
  const own = createCatalog({
    contracts: catalog.contracts,
    inputs: catalog.inputs,
    marts: [...catalog.marts, SHARES, TOTALS],
  });
  pipeline = new TaskPipeline('UTC', own);
  await pipeline.process([
    file(
      'orders.csv',
      csv(ORDERS, '1,7,sold,2025-03-01T10:00:00Z,,,,3', '2,7,new,2025-03-02T10:00:00Z,,,,1'),
    ),
    file(
      'order_items.csv',
      csv(
        ORDER_ITEMS,
        '11,1,7,1,sold,2025-03-01T10:00:00,,,,1',
        '12,1,7,2,sold,2025-03-01T10:00:00,,,,2',
        '13,1,7,2,sold,2025-03-01T10:00:00,,,,3',
        '21,2,7,2,sold,2025-03-01T10:00:00,,,,4',
      ),
    ),
  ]);
  const shares = await lineageOf(own, 'product_shares', { product_id: '1', order_date: '2025-03-01' });
  expect(shares).toMatchObject({
    row: { items: '1', items_of_day: '3' },
    isReproduced: true,
    keys: { order_items: ['11', '12', '13'], orders: ['1'] },
  });
  const totals = await lineageOf(own, 'status_totals', { state: 'sold' });
  expect(totals).toMatchObject({
    row: { orders: '1' },
    isReproduced: true,
    keys: { orders: ['1', '2'] },
  });
});

test('a session leads to its events, and the marts over sessions to it', async () => {
  pipeline = new TaskPipeline('UTC', catalog);
  const event = (id: string, at: string, client: string, more = {}) =>
    JSON.stringify({ event_id: id, event_name: 'view_item', event_time: at, client_id: client, ...more });
  const items = [{ product_id: 'p1', name: 'Mug', list_name: 'home' }];
  await pipeline.process([
    file(
      'events_1.ndjson',
      `${[
        event('a1', '2025-03-01T10:00:00Z', 'a', { items }),
        event('a2', '2025-03-01T10:20:00Z', 'a'),
        event('a3', '2025-03-01T12:00:00Z', 'a', { items }),
        event('b1', '2025-03-01T10:10:00Z', 'b', { items }),
      ].join('\n')}\n`,
    ),
  ]);
  const sessions = await pipeline.withLake(async (lake) => {
    const { scan } = await import('../../../lake/scan');
    const spec = catalog.martTable('sessions');
    await scan(lake, await readSnapshot(lake, spec.location), spec, 'all_sessions');
    return lake.db.rows<{ session_key: string }>(
      "select session_key from all_sessions where visitor_id = 'a' order by started_at",
    );
  });
  const key = { session_key: sessions[0]?.session_key ?? '', event_date: '2025-03-01' };
  expect(await lineageOf(catalog, 'sessions', key)).toMatchObject({
    isReproduced: true,
    keys: { events: ['a1', 'a2'] },
  });
  expect(
    await lineageOf(catalog, 'session_items', { ...key, product_id: 'p1', list_name: 'home' }),
  ).toMatchObject({
    isReproduced: true,
    keys: { event_items: ['a1 0'], sessions: [expect.stringContaining(key.session_key)] },
  });
  expect(
    await lineageOf(catalog, 'funnel_kpis', { event_date: '2025-03-01', channel: 'Direct' }),
  ).toMatchObject({ isReproduced: true, row: { sessions: '3' } });
});
