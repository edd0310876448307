import type { Mart, MartInput } from '../domain/mart';
import categoryKpisSql from './category_kpis.sql';
import countedItemsSql from './counted_items.sql';
import countedOrdersSql from './counted_orders.sql';
import countedProductsSql from './counted_products.sql';
import orderKpisSql from './order_kpis.sql';

/** In the order in which their views are created. */
export const MART_INPUTS: readonly MartInput[] = [
  {
    kind: 'products',
    view: 'counted_products',
    columns: ['id', 'category', 'cost', 'retail_price'],
    sql: countedProductsSql,
    counted: 'cost > 0 and retail_price > 0',
    optional: [{ column: 'cost', counted: 'retail_price > 0' }],
    days: { of: 'children', kind: 'order_items', column: 'product_id', key: 'product_id' },
  },
  {
    kind: 'orders',
    view: 'counted_orders',
    columns: ['order_id', 'user_id', 'status', 'created_at', 'num_of_item'],
    sql: countedOrdersSql,
    counted: 'num_of_item > 0',
    // Those that have an item.
    optional: [{ column: 'num_of_item', counted: 'order_id in (select order_id from $[order_items_rows])' }],
    days: { of: 'own', column: 'created_at' },
  },
  {
    kind: 'order_items',
    view: 'counted_items',
    columns: ['id', 'order_id', 'product_id', 'status', 'sale_price', 'quantity'],
    pieces: { column: 'quantity', of: 'sale_price' },
    sql: countedItemsSql,
    days: { of: 'parent', kind: 'orders', column: 'order_id' },
  },
];

export const MARTS: readonly Mart[] = [
  {
    name: 'order_kpis',
    command: 'orders',
    description: 'orders, revenue, items, customers and return rate per day',
    key: ['order_date'],
    columns: [
      { name: 'order_date', type: 'date' },
      { name: 'total_orders', type: 'count' },
      { name: 'total_revenue', type: 'money' },
      { name: 'total_items_sold', type: 'count' },
      { name: 'unique_customers', type: 'count', additive: false },
      {
        name: 'return_rate',
        type: 'percent',
        rate: { dividend: 'returned_orders', divisor: 'total_orders' },
      },
      { name: 'returned_orders', type: 'count' },
    ],
    reads: ['products', 'orders', 'order_items'],
    sql: orderKpisSql,
    dynamoDb: { table: 'OrderKPIs', id: 'Orders', indexes: [] },
  },
  {
    name: 'category_kpis',
    command: 'categories',
    description: 'revenue, order value and return rate per category and day',
    key: ['category', 'order_date'],
    columns: [
      { name: 'category', type: 'text' },
      { name: 'order_date', type: 'date' },
      { name: 'daily_revenue', type: 'money' },
      { name: 'avg_order_value', type: 'money', rate: { dividend: 'daily_revenue', divisor: 'orders' } },
      { name: 'avg_return_rate', type: 'percent', rate: { dividend: 'returned_items', divisor: 'items' } },
      { name: 'orders', type: 'count' },
      { name: 'items', type: 'count' },
      { name: 'returned_items', type: 'count' },
    ],
    reads: ['products', 'orders', 'order_items'],
    sql: categoryKpisSql,
    dynamoDb: {
      table: 'CategoryKPIs',
      id: 'Categories',
      indexes: [{ name: 'by-date', key: ['order_date', 'category'] }],
    },
  },
];
