import { createCatalog } from '../../../catalog/catalog';
import type { Mart } from '../../../domain/mart';
import { ORDER_ITEMS, ORDERS, PRODUCTS } from '../../builders/csv';
import { DAY_PRICES } from '../../builders/day-prices';
import { kpiDefinitions } from '../../builders/kpi-catalog';
import { readMarts } from '../../builders/read-marts';
import { TaskPipeline } from '../../builders/task-pipeline';
import { uploadedCsv } from '../../builders/uploaded-csv';

/** A mart of whole rows of orders, in all of their columns, which other marts read fewer of. */
const datesOf = (name: string, column: string): Mart => ({
  name,
  description: `orders per status, and those with a ${column}`,
  key: ['status'],
  columns: [
    { name: 'status', type: 'text' },
    { name: 'orders', type: 'count' },
    { name: 'dated', type: 'count' },
  ],
  inputs: [{ name: 'orders' }],
  refresh: { by: 'all' },
  sql: `select coalesce(status, '-') as status, count(*) as orders, count(${column}) as dated from orders group by 1`,
});

/** Marts that no other one is like: every strategy without `additive`, inputs of several shapes. */
const MARTS: readonly Mart[] = [
  {
    name: 'best_customers',
    description: 'largest revenue of a customer per day',
    key: ['day'],
    columns: [
      { name: 'day', type: 'date' },
      { name: 'best', type: 'money' },
    ],
    // A date, which no time zone moves to another day.
    inputs: [{ name: 'customer_days', day: 'order_date' }],
    refresh: { by: 'day' },
    sql: 'select order_date as day, max(revenue) as best from customer_days group by order_date',
  },
  {
    name: 'poorest_customers',
    description: 'smallest revenue of a customer per day, of the same rows by a day of another name',
    key: ['order_date'],
    columns: [
      { name: 'order_date', type: 'date' },
      { name: 'poorest', type: 'money' },
    ],
    inputs: [{ name: 'customer_days' }],
    refresh: { by: 'day' },
    sql: 'select order_date, min(revenue) as poorest from customer_days group by order_date',
  },
  datesOf('shipments', 'shipped_at'),
  DAY_PRICES,
  // Computed from the same rows as the shipments, but after a mart that reads the same table in other columns.
  datesOf('deliveries', 'delivered_at'),
  {
    name: 'user_prices',
    description: 'highest price per customer',
    key: ['user_id'],
    columns: [
      { name: 'user_id', type: 'int64' },
      { name: 'price', type: 'money' },
    ],
    inputs: [{ name: 'counted_orders' }, { name: 'counted_items' }],
    refresh: { by: 'user' },
    sql: `select user_id, max(sale_price) as price
      from counted_orders join counted_items using (order_id) group by user_id`,
  },
  {
    name: 'product_stock',
    description: 'stock per product, also of those that nobody counted',
    key: ['product_id'],
    columns: [
      { name: 'product_id', type: 'int64' },
      { name: 'on_hand', type: 'count', nullable: true },
    ],
    inputs: [{ name: 'products' }, { name: 'inventory' }],
    refresh: { by: 'product' },
    sql: `select id as product_id, on_hand
      from products left join inventory on inventory.product_id = products.id`,
    touched: `select id as product_id from products_changed
      union all select product_id from inventory_changed`,
  },
  // All rows of a kind besides its view, each by a day of its own.
  {
    name: 'shipping_days',
    description: 'orders and shipments per day',
    key: ['order_date'],
    columns: [
      { name: 'order_date', type: 'date' },
      { name: 'ordered', type: 'count' },
      { name: 'shipped', type: 'count' },
    ],
    inputs: [{ name: 'counted_orders' }, { name: 'orders', day: 'shipped_at' }],
    refresh: { by: 'day' },
    sql: `select order_date, count(*) - sum(is_shipment) as ordered, sum(is_shipment) as shipped from (
        select order_date, 0 as is_shipment from counted_orders
        union all
        select cast(from_utc_timestamp(shipped_at, $[time_zone]) as date), 1 from orders where shipped_at is not null
      ) group by order_date`,
  },
  {
    name: 'categories',
    description: 'products per category',
    key: ['category'],
    columns: [
      { name: 'category', type: 'text' },
      { name: 'products', type: 'count' },
    ],
    inputs: [{ name: 'products' }],
    refresh: { by: 'all' },
    sql: `select coalesce(category, '-') as category, count(*) as products from products group by 1`,
  },
];

const CATALOG = createCatalog({ ...kpiDefinitions, marts: [...kpiDefinitions.marts, ...MARTS] });

const order = (id: number, user: number, day: string, shipped = '') =>
  `${id},${user},sold,${day}T09:00:00,,${shipped && `${shipped}T09:00:00`},,1`;
const item = (id: number, ofOrder: number, product: number, price: string) =>
  `${id},${ofOrder},1,${product},sold,2025-03-01T10:00:00,,,,${price}`;
const product = (id: number, category: string) => `${id},s,1,${category},n,b,2,d`;
const count = (product: number, onHand: number, at = '2025-03-01') => `${product},${onHand},${at}T00:00:00`;
const INVENTORY = 'product_id,on_hand,counted_at';

test.each(['America/New_York', 'Pacific/Kiritimati'])(
  'marts of every strategy equal their recomputation after every batch, in %s',
  async (timeZone) => {
    const pipeline = new TaskPipeline(timeZone, CATALOG);
    const rows = async () => {
      expect(await pipeline.verify()).toMatchObject({ differences: 0, is_current: true });
      return pipeline.withLake((lake) => readMarts(lake, CATALOG));
    };
    try {
      await pipeline.process([
        uploadedCsv('products', PRODUCTS, product(1, 'Toys'), product(2, 'Toys'), product(3, 'Books')),
        uploadedCsv('inventory', INVENTORY, count(1, 5), count(3, 7)),
        uploadedCsv(
          'orders',
          ORDERS,
          order(1, 7, '2025-03-05', '2025-04-05'),
          order(2, 8, '2025-03-05'),
          order(3, 7, '2025-04-05'),
        ),
        uploadedCsv(
          'order_items',
          ORDER_ITEMS,
          item(1, 1, 1, '10'),
          item(2, 2, 2, '20'),
          item(3, 3, 3, '30'),
          item(4, 9, 1, '40'),
        ),
      ]);
      await rows();
      // A product that was counted before it is known, and one whose stock changes while others keep theirs.
      await pipeline.process([
        uploadedCsv('inventory', INVENTORY, count(2, 9), count(4, 1)),
        uploadedCsv('products', PRODUCTS, product(3, 'Games')),
      ]);
      expect((await rows()).product_stock).toEqual([
        { product_id: '1', on_hand: '5' },
        { product_id: '2', on_hand: '9' },
        { product_id: '3', on_hand: '7' },
      ]);
      // An order that goes to another customer and day, and an item whose order comes after it.
      await pipeline.process([
        uploadedCsv('orders', ORDERS, order(2, 7, '2025-03-06'), order(9, 9, '2025-03-05')),
        uploadedCsv('products', PRODUCTS, product(4, 'Toys')),
      ]);
      const found = await rows();
      expect(found.best_customers).toEqual([
        { day: '2025-03-05', best: '40.00' },
        { day: '2025-03-06', best: '20.00' },
        { day: '2025-04-05', best: '30.00' },
      ]);
      // The other order of the first day was shipped on one that this batch does not touch.
      expect(found.shipping_days).toEqual([
        { order_date: '2025-03-05', ordered: '2', shipped: '0' },
        { order_date: '2025-03-06', ordered: '1', shipped: '0' },
        { order_date: '2025-04-05', ordered: '1', shipped: '1' },
      ]);
      expect(found.day_prices?.map(({ price }) => price)).toEqual(['40.00', '20.00', '30.00']);
      expect(found.user_prices).toEqual([
        { user_id: '7', price: '30.00' },
        { user_id: '9', price: '40.00' },
      ]);
      expect(found.categories).toEqual([
        { category: 'Games', products: '1' },
        { category: 'Toys', products: '3' },
      ]);
      // Items and an order that vanish.
      await pipeline.process([
        uploadedCsv('orders', `${ORDERS},_deleted`, `${order(2, 7, '2025-03-06')},true`),
        uploadedCsv('order_items', `${ORDER_ITEMS},_deleted`, `${item(4, 9, 1, '40')},true`),
        uploadedCsv('products', `${PRODUCTS},_deleted`, `${product(4, 'Toys')},true`),
      ]);
      const rest = await rows();
      expect(rest.day_prices?.map(({ price }) => price)).toEqual(['10.00', '30.00']);
      expect(rest.best_customers?.map(({ day }) => day)).toEqual(['2025-03-05', '2025-04-05']);
      expect(rest.user_prices).toEqual([{ user_id: '7', price: '30.00' }]);
    } finally {
      pipeline.close();
    }
  },
  120_000,
);
