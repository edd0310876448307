import { createCatalog } from '../../../catalog/catalog';
import { csv, ORDER_ITEMS } from '../../builders/csv';
import { kpiDefinitions as definitions } from '../../builders/kpi-catalog';
import { TaskPipeline } from '../../builders/task-pipeline';

/** The catalog whose contract of a kind lacks a column. */
const without = (kind: string, column: string) =>
  createCatalog({
    ...definitions,
    contracts: definitions.contracts.map((contract) =>
      contract.kind === kind
        ? { ...contract, columns: contract.columns.filter(({ name }) => name !== column) }
        : contract,
    ),
  });

const UPLOADED_AT = Date.UTC(2025, 6, 9);
const ORDERS = 'order_id,user_id,created_at';
const ORDERS_FILE = csv(ORDERS, '1,7,2025-07-01T10:00:00', '2,8,2025-07-02T10:00:00');

let pipeline: TaskPipeline;
afterEach(() => pipeline.close());

const load = (name: string, text: string, hour: number) =>
  pipeline.process([{ key: `input/${name}.csv`, csv: text, uploadedAt: UPLOADED_AT + hour * 3_600_000 }]);
const days = () => pipeline.orders.all.map(({ order_date, total_orders }) => [order_date, total_orders]);

test('orders without num_of_item count once they have an item, in whichever order the files arrive', async () => {
  pipeline = new TaskPipeline('UTC', without('orders', 'num_of_item'));
  await load('order_items_1', csv(ORDER_ITEMS, '10,2,8,5,,2025-07-02T10:00:00,,,,4.50'), 0);
  await load('orders', ORDERS_FILE, 1);
  expect(days()).toEqual([['2025-07-02', '1']]);
  await load('order_items_2', csv(ORDER_ITEMS, '11,1,7,5,,2025-07-01T10:00:00,,,,'), 2);
  expect(days()).toEqual([
    ['2025-07-01', '1'],
    ['2025-07-02', '1'],
  ]);
  await load('order_items_3', csv(ORDER_ITEMS, '10,1,7,5,,2025-07-01T10:00:00,,,,4.50'), 3);
  expect(days()).toEqual([['2025-07-01', '1']]);
  expect(await pipeline.verify()).toMatchObject({ differences: 0 });
});

test('products without a cost have their category', async () => {
  pipeline = new TaskPipeline('UTC', without('products', 'cost'));
  const items = csv(
    ORDER_ITEMS,
    '10,1,7,5,,2025-07-01T10:00:00,,,,4.50',
    '11,1,7,6,,2025-07-01T10:00:00,,,,2.00',
  );
  await load('orders', csv(`${ORDERS},num_of_item`, '1,7,2025-07-01T10:00:00,2'), 0);
  await load('order_items', items, 1);
  await load('products', csv('id,category,retail_price', '5,Mugs,5.00', '6,Pens,'), 2);
  expect(pipeline.categories.all.map(({ category, daily_revenue }) => [category, daily_revenue])).toEqual([
    ['Mugs', '4.50'],
    ['Unknown', '2.00'],
  ]);
  expect(await pipeline.verify()).toMatchObject({ differences: 0 });
});
