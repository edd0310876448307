import type { Mart, MartColumn } from '../domain/mart';
import categoryKpisSql from '../marts/category_kpis/category_kpis.sql';
import cohortKpisSql from '../marts/cohort_kpis/cohort_kpis.sql';
import cohortKpisView from '../marts/cohort_kpis/cohort_kpis.view.sql';
import customerDaysSql from '../marts/customer_days/customer_days.sql';
import customerValueSql from '../marts/customer_value/customer_value.sql';
import customerValueView from '../marts/customer_value/customer_value.view.sql';
import inventoryStatusSql from '../marts/inventory_status/inventory_status.sql';
import inventoryStatusView from '../marts/inventory_status/inventory_status.view.sql';
import orderDaysSql from '../marts/order_days/order_days.sql';
import orderKpisSql from '../marts/order_kpis/order_kpis.sql';
import productSalesSql from '../marts/product_sales/product_sales.sql';

const ORDER_DATE: MartColumn = { name: 'order_date', type: 'date' };
const USER_ID: MartColumn = { name: 'user_id', type: 'int64', like: 'orders.user_id' };
const PRODUCT_ID: MartColumn = { name: 'product_id', type: 'int64', like: 'products.id' };
const count = (name: string): MartColumn => ({ name, type: 'count' });
const money = (name: string): MartColumn => ({ name, type: 'money' });
const exact = (name: string): MartColumn => ({ name, type: 'decimal(38,4)' });

export const MARTS: readonly Mart[] = [
  {
    name: 'order_days',
    description: 'orders, revenue, items and returned orders per day, exact',
    key: ['order_date'],
    columns: [ORDER_DATE, count('orders'), count('returned_orders'), count('units'), exact('revenue')],
    inputs: [{ name: 'counted_orders' }, { name: 'counted_items' }],
    refresh: { by: 'order', aggregate: 'additive', exists: 'orders' },
    sql: orderDaysSql,
  },
  {
    name: 'customer_days',
    description: 'orders, revenue, items and returns per known customer and day, exact',
    key: ['user_id', 'order_date'],
    columns: [
      USER_ID,
      ORDER_DATE,
      count('orders'),
      count('returned_orders'),
      count('units'),
      exact('revenue'),
      count('returned_units'),
      exact('returned_revenue'),
    ],
    inputs: [{ name: 'counted_orders' }, { name: 'counted_items' }],
    refresh: { by: 'order', aggregate: 'additive', exists: 'orders' },
    sql: customerDaysSql,
  },
  {
    name: 'order_kpis',
    command: 'orders',
    description: 'orders, revenue, items, customers and return rate per day',
    key: ['order_date'],
    columns: [
      ORDER_DATE,
      count('total_orders'),
      money('total_revenue'),
      count('total_items_sold'),
      { name: 'unique_customers', type: 'count', additive: false },
      {
        name: 'return_rate',
        type: 'percent',
        rate: { dividend: 'returned_orders', divisor: 'total_orders' },
      },
      count('returned_orders'),
    ],
    inputs: [{ name: 'order_days' }, { name: 'customer_days' }],
    refresh: { by: 'row', aggregate: 'additive', exists: 'total_orders' },
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
      ORDER_DATE,
      money('daily_revenue'),
      { name: 'avg_order_value', type: 'money', rate: { dividend: 'daily_revenue', divisor: 'orders' } },
      { name: 'avg_return_rate', type: 'percent', rate: { dividend: 'returned_items', divisor: 'items' } },
      count('orders'),
      count('items'),
      count('returned_items'),
    ],
    inputs: [{ name: 'counted_items' }],
    refresh: { by: 'order', aggregate: 'additive', exists: 'items' },
    sql: categoryKpisSql,
    dynamoDb: {
      table: 'CategoryKPIs',
      id: 'Categories',
      indexes: [{ name: 'by-date', key: ['order_date', 'category'] }],
    },
  },
  {
    name: 'product_sales',
    description: 'orders, revenue, cost, margin and returns per product and day',
    key: ['product_id', 'order_date'],
    columns: [
      PRODUCT_ID,
      ORDER_DATE,
      count('orders'),
      count('units'),
      money('revenue'),
      { name: 'cost', type: 'money', nullable: true },
      { name: 'margin', type: 'money', nullable: true },
      count('returned_units'),
      money('returned_revenue'),
    ],
    inputs: [{ name: 'counted_items' }],
    refresh: { by: 'order', aggregate: 'additive', exists: 'units' },
    sql: productSalesSql,
    dynamoDb: {
      table: 'ProductSales',
      id: 'ProductSales',
      indexes: [{ name: 'by-date', key: ['order_date', 'product_id'] }],
    },
  },
  {
    name: 'customer_value',
    description: 'orders, revenue and returns of each customer, with the inputs of customer lifetime models',
    key: ['user_id'],
    columns: [
      USER_ID,
      { name: 'first_order_date', type: 'date' },
      { name: 'last_order_date', type: 'date' },
      count('orders'),
      count('units'),
      money('revenue'),
      money('returned_revenue'),
      money('net_revenue'),
      { name: 'avg_order_value', type: 'money', rate: { dividend: 'revenue', divisor: 'orders' } },
      count('frequency'),
      count('recency_days'),
      { name: 'monetary_value', type: 'money', nullable: true },
    ],
    inputs: [{ name: 'customer_days' }],
    refresh: { by: 'user' },
    sql: customerValueSql,
    view: {
      sql: customerValueView,
      reads: [],
      columns: [
        count('rank'),
        { name: 'percentile', type: 'percent' },
        { name: 'is_top_decile', type: 'boolean' },
        count('rfm_recency'),
        count('rfm_frequency'),
        count('rfm_monetary'),
        count('age_days'),
      ],
    },
    dynamoDb: { table: 'CustomerValue', id: 'CustomerValue', indexes: [] },
  },
  {
    name: 'cohort_kpis',
    description: 'customers of a month that order again in later months',
    key: ['cohort_month', 'months_since'],
    columns: [
      { name: 'cohort_month', type: 'date' },
      count('months_since'),
      count('active_customers'),
      money('revenue'),
    ],
    inputs: [{ name: 'customer_days' }],
    refresh: { by: 'user', aggregate: 'additive', exists: 'active_customers' },
    sql: cohortKpisSql,
    view: {
      sql: cohortKpisView,
      reads: [],
      columns: [count('customers'), { name: 'retention_rate', type: 'percent' }],
    },
  },
  {
    name: 'inventory_status',
    description: 'stock, cover and ABC class of each product',
    key: ['product_id'],
    columns: [PRODUCT_ID, count('on_hand'), { name: 'counted_at', type: 'timestamp' }],
    inputs: [{ name: 'inventory' }],
    refresh: { by: 'product' },
    sql: inventoryStatusSql,
    view: {
      sql: inventoryStatusView,
      reads: ['product_sales'],
      columns: [
        { name: 'units_per_day', type: 'decimal(18,2)' },
        { name: 'days_of_cover', type: 'decimal(18,2)', nullable: true },
        { name: 'is_stock_out', type: 'boolean' },
        { name: 'is_overstock', type: 'boolean' },
        { name: 'abc_class', type: 'text' },
      ],
    },
    dynamoDb: { table: 'InventoryStatus', id: 'InventoryStatus', indexes: [] },
  },
];
