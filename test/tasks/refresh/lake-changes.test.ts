import { type Catalog, createCatalog } from '../../../catalog/catalog';
import { definitions } from '../../../catalog/definitions';
import type { Mart } from '../../../domain/mart';
import { writeCheckpoint } from '../../../lake/checkpoint';
import { readSnapshot } from '../../../lake/snapshot';
import { ORDERS, PRODUCTS } from '../../builders/csv';
import { CutOffError, FaultyProcess } from '../../builders/faulty-process';
import { readMarts } from '../../builders/read-marts';
import { TaskPipeline } from '../../builders/task-pipeline';
import { uploadedCsv } from '../../builders/uploaded-csv';
import { MART_SHOP } from '../../reference/mart-shop';

jest.setTimeout(240_000);

const orders = (...rows: string[]) => uploadedCsv('orders', `${ORDERS},_deleted`, ...rows);
const order = (id: number, user: string, day: string, isDeleted = false) =>
  `${id},${user},sold,${day}T10:00:00,,,,1,${isDeleted}`;
const items = (...rows: string[]) =>
  uploadedCsv('order_items', 'id,order_id,product_id,status,created_at,sale_price,quantity', ...rows);
const item = (id: number, ofOrder: number, product: number, price: string, quantity = 1) =>
  `${id},${ofOrder},${product},sold,2025-03-01T10:00:00,${price},${quantity}`;
const product = (cost: string) => uploadedCsv('products', PRODUCTS, `1,s,${cost},Toys,n,b,20,d`);

const history = () => [
  orders(order(1, '7', '2025-03-05'), order(2, '8', '2025-03-05'), order(3, '7', '2025-04-05')),
  items(item(1, 1, 1, '10', 2), item(2, 2, 1, '20'), item(3, 3, 1, '30.0051')),
  uploadedCsv('inventory', 'product_id,on_hand,counted_at', '1,90,2025-04-05T00:00:00'),
];

let pipeline: TaskPipeline;
beforeEach(() => {
  pipeline = new TaskPipeline('UTC', MART_SHOP);
});
afterEach(() => pipeline.close());

/** The marts, which equal their recomputation. */
async function marts() {
  expect(await pipeline.verify()).toMatchObject({ differences: 0, is_current: true });
  return pipeline.withLake((lake) => readMarts(lake, pipeline.catalog));
}
const costs = async () =>
  (await marts()).product_sales?.map(({ order_date, cost, margin }) => [order_date, cost, margin]);

test('costs of a product become known, change and become unknown again on every day it was sold', async () => {
  await pipeline.process(history());
  expect(await costs()).toEqual([
    ['2025-03-05', null, null],
    ['2025-04-05', null, null],
  ]);
  await pipeline.process([product('4.00'), orders(order(4, '9', '2025-04-05')), items(item(4, 4, 1, '1'))]);
  const known = [
    ['2025-03-05', '12.00', '18.00'],
    ['2025-04-05', '8.00', '23.01'],
  ];
  expect(await costs()).toEqual(known);
  // A sale leaves, with nothing of the product in the batch that keeps the day; then its cost becomes invalid.
  await pipeline.process([orders(order(1, '7', '2025-03-05', true))]);
  expect((await costs())?.[0]).toEqual(['2025-03-05', '4.00', '16.00']);
  await pipeline.process([product('0')]);
  expect((await costs())?.[0]).toEqual(['2025-03-05', null, null]);
  await pipeline.process([orders(order(1, '7', '2025-03-05'))]);
  await pipeline.process([product('4.00')]);
  expect(await costs()).toEqual(known);
});

test('an order that is deleted and created again has its items again, in every mart', async () => {
  await pipeline.process(history());
  const before = await marts();
  await pipeline.process([orders(order(1, '7', '2025-03-05', true), order(3, '7', '2025-04-05', true))]);
  expect((await marts()).customer_value?.map(({ user_id }) => user_id)).toEqual(['8']);
  await pipeline.process([orders(order(1, '7', '2025-03-05'), order(3, '7', '2025-04-05'))]);
  expect(await marts()).toEqual(before);
});

test('the last day with an order, and the last order days, are those of any order', async () => {
  await pipeline.process(history());
  await pipeline.process([orders(order(9, '', '2025-04-15'))]);
  const { customer_value, inventory_status } = await marts();
  expect(customer_value?.map(({ age_days }) => age_days)).toEqual(['41', '41']);
  // Four pieces on three days, of which one has an order without items.
  expect(inventory_status).toMatchObject([{ units_per_day: '1.33', days_of_cover: '67.50' }]);
});

test.each(['staging/order_items', 'marts/customer_days'])(
  'after the log of %s is cleaned up, everything that reads it is computed again, exactly',
  async (table) => {
    await pipeline.process(history());
    const killed = new FaultyProcess({ write: 1, isApplied: false, isFatal: true });
    const isLate = (task: string) => (task === 'transform' ? killed : new FaultyProcess());
    const files = [orders(order(2, '7', '2025-03-06')), items(item(2, 2, 1, '21'))];
    for (const one of files) await pipeline.upload(one);
    await expect(pipeline.execute(files, isLate)).rejects.toThrow(CutOffError);
    // Every entry but the last is gone, and a checkpoint has its rows.
    await pipeline.withLake(async (lake) => {
      const snapshot = await readSnapshot(lake, table);
      if (snapshot) await writeCheckpoint(lake, snapshot);
    });
    const entries = pipeline.bucket.keys(`${table}/_delta_log/`).filter((key) => key.endsWith('.json'));
    for (const key of entries) await pipeline.bucket.delete(key);
    await pipeline.process([orders(order(3, '8', '2025-04-05'))]);
    expect((await marts()).customer_value?.map(({ user_id, orders: n }) => [user_id, n])).toEqual([
      ['7', '2'],
      ['8', '1'],
    ]);
  },
);

test('a run that is killed between a mart and those that read it is completed by the next', async () => {
  await pipeline.process(history());
  const batch = [orders(order(2, '7', '2025-04-06')), items(item(3, 1, 1, '31'))];
  for (const table of [
    'marts/order_days',
    'marts/customer_days',
    'kpis/order_kpis',
    'marts/customer_value',
  ]) {
    let isCommitted = false;
    pipeline.bucket.before = ({ operation, key }) => {
      if (isCommitted) throw new CutOffError('killed');
      isCommitted = operation === 'putIfAbsent' && key.startsWith(`${table}/_delta_log/`);
    };
    await expect(pipeline.process(batch)).rejects.toThrow(CutOffError);
    pipeline.bucket.before = undefined;
    batch.splice(0, batch.length, orders(order(2, '8', `2025-04-0${table.length % 9}`)));
  }
  await pipeline.process(batch);
  await marts();
});

const withMarts = (marts: readonly Mart[]): Catalog =>
  createCatalog({ ...definitions, contracts: MART_SHOP.contracts, marts });

/** The catalog with another query for a mart. */
const changed = (name: string, change: (sql: string) => string): Catalog =>
  withMarts(MART_SHOP.marts.map((mart) => (mart.name === name ? { ...mart, sql: change(mart.sql) } : mart)));

test('a mart that is added to a filled lake has all rows and items, also after it was left out for some batches', async () => {
  const names = ['cohort_kpis', 'product_sales', 'inventory_status'];
  const without = withMarts(MART_SHOP.marts.filter(({ name }) => !names.includes(name)));
  const rows = async () => {
    const all = await marts();
    return names.map((name) => all[name]?.length);
  };
  pipeline.catalog = without;
  await pipeline.process(history());
  expect(await rows()).toEqual([undefined, undefined, undefined]);
  pipeline.catalog = MART_SHOP;
  await pipeline.process([orders(order(4, '9', '2025-05-05')), items(item(4, 4, 2, '3'))]);
  expect(await rows()).toEqual([3, 3, 1]);
  pipeline.catalog = without;
  await pipeline.process([
    orders(order(2, '8', '2025-06-05'), order(3, '7', '2025-04-05', true)),
    uploadedCsv('inventory', 'product_id,on_hand,counted_at', '2,5,2025-06-05T00:00:00'),
  ]);
  expect(pipeline.store('product_sales').all).toHaveLength(3);
  pipeline.catalog = MART_SHOP;
  // Meanwhile somebody deleted a table that nothing writes, and kept the other.
  pipeline.store('inventory_status').recreate();
  await pipeline.process([orders(order(5, '8', '2025-06-06'))]);
  // The order of April is gone, and another one moved from March to June.
  expect(await rows()).toEqual([3, 3, 2]);
  expect(pipeline.store('product_sales').all.map(({ order_date }) => order_date)).toEqual([
    '2025-03-05',
    '2025-05-05',
    '2025-06-05',
  ]);
});

test('a DynamoDB table that is created anew gets every item, also if the first run that finds it is killed', async () => {
  await pipeline.process(history());
  const store = pipeline.store('product_sales');
  const before = store.all;
  store.recreate();
  const killed = new FaultyProcess({ of: 'items', write: 1, isApplied: true, isFatal: true });
  const change = [orders(order(3, '9', '2025-04-05'))];
  for (const one of change) await pipeline.upload(one);
  const isLate = (task: string) => (task === 'transform' ? killed : new FaultyProcess());
  await expect(pipeline.execute(change, isLate)).rejects.toThrow(CutOffError);
  await pipeline.execute(change);
  expect(store.all).toEqual(before);
  await marts();
});

test('another query for a mart changes those that read it', async () => {
  await pipeline.process(history());
  // Customers whose id is 7 are not counted any more.
  pipeline.catalog = changed('customer_days', (sql) =>
    sql.replace('user_id is not null', 'user_id is not null and counted_orders.user_id <> 7'),
  );
  await pipeline.process([orders(order(9, '9', '2025-07-01'))]);
  const { customer_value, order_kpis } = await marts();
  expect(customer_value?.map(({ user_id }) => user_id)).toEqual(['8', '9']);
  expect(order_kpis?.map(({ unique_customers }) => unique_customers)).toEqual(['1', '0', '1']);
});
