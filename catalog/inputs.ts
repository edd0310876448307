import type { MartInput } from '../domain/mart';
import countedEventItemsSql from './counted_event_items.sql';
import countedEventsSql from './counted_events.sql';
import countedItemsSql from './counted_items.sql';
import countedOrdersSql from './counted_orders.sql';
import countedProductsSql from './counted_products.sql';

/** In the order in which their views are created. */
export const MART_INPUTS: readonly MartInput[] = [
  {
    kind: 'products',
    view: 'counted_products',
    columns: ['id', 'category', 'cost', 'retail_price'],
    sql: countedProductsSql,
    counted: 'cost > 0 and retail_price > 0',
    optional: [{ column: 'cost', counted: 'retail_price > 0' }],
    relation: { of: 'children', kind: 'order_items', column: 'product_id', key: 'product_id' },
  },
  {
    kind: 'orders',
    view: 'counted_orders',
    columns: ['order_id', 'user_id', 'status', 'created_at', 'num_of_item'],
    sql: countedOrdersSql,
    counted: 'num_of_item > 0',
    // Those that have an item.
    optional: [
      {
        column: 'num_of_item',
        counted: 'order_id in (select order_id from $[order_items_rows])',
        reads: ['counted_items'],
      },
    ],
    relation: { of: 'own', day: 'created_at' },
  },
  {
    kind: 'order_items',
    view: 'counted_items',
    columns: ['id', 'order_id', 'product_id', 'status', 'sale_price', 'quantity'],
    pieces: { column: 'quantity', of: 'sale_price' },
    sql: countedItemsSql,
    reads: ['counted_orders', 'counted_products'],
    relation: { of: 'parent', kind: 'orders', column: 'order_id' },
  },
  {
    kind: 'events',
    view: 'counted_events',
    columns: [
      'event_id',
      'event_name',
      'event_time',
      'visitor_id',
      'session_id',
      'page_path',
      'traffic_source',
      'traffic_medium',
      'utm_campaign',
      'channel',
      'device_type',
      'is_bot',
      'transaction_id',
      'value',
      'item_count',
    ],
    sql: countedEventsSql,
    relation: { of: 'own', day: 'event_time' },
  },
  {
    kind: 'event_items',
    view: 'counted_event_items',
    columns: ['event_id', 'item_index', 'event_time', 'visitor_id', 'session_id', 'product_id', 'list_name'],
    sql: countedEventItemsSql,
    reads: ['counted_events'],
    // Those of its event, so that neither must be looked up for the other.
    relation: { of: 'own', day: 'event_time' },
  },
];
