/** The rows that staged ones become in each table. */

import { fill } from '../../engine/duckdb/sql';
import type { Upsert } from './dialect';
import cartSql from './statements/cart.sql';
import clicksSql from './statements/clicks.sql';
import eventsSql from './statements/events.sql';
import orderItemsSql from './statements/order_items.sql';
import ordersSql from './statements/orders.sql';
import productsSql from './statements/products.sql';
import ratesSql from './statements/rates.sql';
import usersSql from './statements/users.sql';

type Rows = Omit<Upsert, 'table'>;

/** A time within the first and the last valid_from and valid_to of dim_product. */
export const validAt = (at: string): string =>
  `greatest(least(${at}, timestamptz '9999-12-30 00:00:00+00'), timestamptz '1900-01-01 00:00:00+00')`;

export const USERS: Rows = {
  key: ['user_id'],
  columns: [
    'user_id',
    'age',
    'gender',
    'city',
    'state',
    'country',
    'traffic_source',
    'registered_at',
    'is_inferred',
  ],
  rows: usersSql,
  touched: { column: 'user_id', table: 'touched_users' },
};

export const PRODUCTS: Rows = {
  key: ['product_id', 'valid_from'],
  columns: [
    'product_id',
    'sku',
    'name',
    'brand',
    'category',
    'department',
    'cost',
    'retail_price',
    'valid_from',
    'valid_to',
    'is_current',
    'is_deleted',
    'is_inferred',
  ],
  rows: productsSql,
  touched: { column: 'product_id', table: 'touched_products' },
};

export const RATES: Rows = {
  key: ['currency_key', 'rate_date'],
  columns: ['currency_key', 'rate_date', 'rate'],
  rows: ratesSql,
  touched: { column: 'rate_date', table: 'touched_rates' },
};

export const ORDERS: Rows = {
  key: ['order_id'],
  columns: [
    'order_id',
    'user_key',
    'time_key',
    'currency_key',
    'order_date',
    'created_at',
    'status',
    'shipped_at',
    'delivered_at',
    'returned_at',
    'num_of_item',
    'is_returned',
    'is_counted',
  ],
  rows: ordersSql,
  touched: { column: 'order_id', table: 'touched_orders' },
};

export const ITEMS: Rows = {
  key: ['order_item_id'],
  columns: [
    'order_item_id',
    'order_id',
    'user_key',
    'product_key',
    'time_key',
    'created_at',
    'status',
    'shipped_at',
    'delivered_at',
    'returned_at',
    'quantity',
    'sale_price',
    'is_returned',
    'is_counted',
  ],
  rows: fill(orderItemsSql, { valid_at: validAt('staged_order_items.created_at') }),
  touched: { column: 'order_item_id', table: 'touched_order_items' },
};

export const EVENTS: Rows = {
  key: ['event_id', 'item_index'],
  columns: [
    'event_id',
    'item_index',
    'user_key',
    'product_key',
    'time_key',
    'currency_key',
    'event_name',
    'event_date',
    'event_time',
    'received_at',
    'is_first',
    'is_bot',
    'visitor_id',
    'session_id',
    'page_path',
    'traffic_source',
    'traffic_medium',
    'campaign',
    'channel',
    'device_type',
    'country',
    'transaction_id',
    'value',
    'list_name',
    'position',
    'price',
    'quantity',
  ],
  rows: fill(eventsSql, { valid_at: validAt('staged_events.event_time') }),
  touched: { column: 'event_id', table: 'touched_events' },
  isConcurrent: true,
};

/** kept: condition of the staged rows that are in the table */
export const CLICKS: Rows = {
  key: ['event_id', 'item_index'],
  columns: [
    'event_id',
    'item_index',
    'user_key',
    'product_key',
    'time_key',
    'event_name',
    'event_date',
    'event_time',
    'visitor_id',
    'session_id',
    'list_name',
    'position',
    'price',
  ],
  rows: clicksSql,
  touched: { column: 'event_id', table: 'touched_events' },
  isConcurrent: true,
};

/** kept: condition of the staged rows that are in the table */
export const CART: Rows = {
  key: ['event_id', 'item_index'],
  columns: [
    'event_id',
    'item_index',
    'user_key',
    'product_key',
    'time_key',
    'event_name',
    'event_date',
    'event_time',
    'visitor_id',
    'session_id',
    'price',
    'quantity_change',
  ],
  rows: cartSql,
  touched: { column: 'event_id', table: 'touched_events' },
  isConcurrent: true,
};
