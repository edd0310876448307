/** The tables of the star schema, and what a load stages to change them. */

import { fill } from '../../engine/duckdb/sql';
import type { Dialect, Statement, Upsert } from './dialect';
import { CART, CLICKS, EVENTS, ITEMS, ORDERS, PRODUCTS, RATES, USERS, validAt } from './star-rows';
import addCurrenciesSql from './statements/add_currencies.sql';
import addHoursSql from './statements/add_hours.sql';
import addProductsSql from './statements/add_products.sql';
import addUsersSql from './statements/add_users.sql';
import clearUsersSql from './statements/clear_users.sql';
import completeCurrenciesSql from './statements/complete_currencies.sql';
import deleteCurrenciesSql from './statements/delete_currencies.sql';
import deleteEventsSql from './statements/delete_events.sql';
import deleteHoursSql from './statements/delete_hours.sql';
import deleteIngestedEventsSql from './statements/delete_ingested_events.sql';
import deleteMovedProductsSql from './statements/delete_moved_products.sql';
import deleteOrderItemsSql from './statements/delete_order_items.sql';
import deleteOrdersSql from './statements/delete_orders.sql';
import deleteProductsSql from './statements/delete_products.sql';
import deleteRatesSql from './statements/delete_rates.sql';
import deleteUsersSql from './statements/delete_users.sql';
import inferCurrenciesSql from './statements/infer_currencies.sql';
import inferProductsSql from './statements/infer_products.sql';
import markIngestedEventsSql from './statements/mark_ingested_events.sql';
import moveFactsSql from './statements/move_facts.sql';
import moveProductsSql from './statements/move_products.sql';
import releaseCurrenciesSql from './statements/release_currencies.sql';
import releaseEventsSql from './statements/release_events.sql';
import releaseOrderItemsSql from './statements/release_order_items.sql';
import releaseOrdersSql from './statements/release_orders.sql';
import releaseProductsSql from './statements/release_products.sql';
import releaseUsersSql from './statements/release_users.sql';

/** What a load stages, by the names of `touched_<feed>` and `staged_<feed>`. */
export type Feed = 'users' | 'products' | 'rates' | 'orders' | 'order_items' | 'events';

interface StagedTable {
  /** The columns of the keys that can differ. */
  readonly touched: readonly string[];
  /** The columns of the rows. */
  readonly staged: readonly string[];
  /**
   * Every key that the warehouse has, and of which a load of everything would change what differs.
   * is_settled: condition of the events that the lake has if it will have them at all
   */
  readonly known: string;
}

/** Events that ingest wrote are on their way to the lake, where they come from their files, if anything processes these. */
const IS_SETTLED = `not exists (
  select 1 from ingested_events
  where ingested_events.event_id = fact_events.event_id and ingested_at > now() - interval '1 day'
)`;

/** In the order in which they are copied. */
export const FEEDS: Readonly<Record<Feed, StagedTable>> = {
  users: {
    touched: ['user_id'],
    staged: ['user_id', 'age', 'gender', 'city', 'state', 'country', 'traffic_source', 'registered_at'],
    known: 'select user_id from dim_user where not is_inferred and user_key <> -1',
  },
  products: {
    touched: ['product_id'],
    staged: [
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
    known: 'select distinct product_id from dim_product where product_key <> -1',
  },
  rates: {
    touched: ['currency_code', 'rate_date'],
    staged: ['currency_code', 'rate_date', 'rate'],
    known: 'select currency_code, rate_date from currency_rates join dim_currency using (currency_key)',
  },
  orders: {
    touched: ['order_id'],
    staged: [
      'order_id',
      'user_id',
      'currency_code',
      'starts_at',
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
    known: 'select order_id from fact_orders',
  },
  order_items: {
    touched: ['order_item_id'],
    staged: [
      'order_item_id',
      'order_id',
      'user_id',
      'product_id',
      'starts_at',
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
    known: 'select order_item_id from fact_order_items',
  },
  events: {
    touched: ['event_id'],
    staged: [
      'event_id',
      'item_index',
      'user_id',
      'product_id',
      'starts_at',
      'currency_code',
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
    known: 'select event_id from fact_events where $[is_settled] union select event_id from staged_events',
  },
};

/** The facts that name each natural key of a dimension; rates name currencies, too. */
const NAMED_BY: Readonly<Record<string, readonly Feed[]>> = {
  user_id: ['orders', 'order_items', 'events'],
  product_id: ['order_items', 'events'],
  currency_code: ['rates', 'orders', 'events'],
  starts_at: ['orders', 'order_items', 'events'],
};

const ITEM = 'not staged_events.is_bot and staged_events.item_index >= 0 and staged_events.event_name';

/** The staged events that are rows of each table. */
const EVENT_FACTS = {
  fact_events: 'true',
  fact_clicks: `${ITEM} in ('select_item', 'view_item')`,
  fact_cart: `${ITEM} in ('add_to_cart', 'remove_from_cart')`,
};

/** The tables with products, and the time that determines the version. */
const PRODUCT_FACTS = {
  fact_order_items: 'created_at',
  fact_events: 'event_time',
  fact_clicks: 'event_time',
  fact_cart: 'event_time',
};

export const STAR_TABLES = [
  'dim_user',
  'dim_product',
  'dim_time',
  'dim_currency',
  'currency_rates',
  'shop',
  'fact_orders',
  'fact_order_items',
  'fact_events',
  'fact_clicks',
  'fact_cart',
] as const;
export type StarTable = (typeof STAR_TABLES)[number];

export interface StarStatement extends Statement {
  /** The table that it changes; undefined if it only prepares others. */
  readonly table?: StarTable;
}

/** A query of every key of a feed that the warehouse has, see {@link StagedTable}. */
export const knownKeys = ({ takesEvents }: Dialect, feed: Feed): string =>
  fill(FEEDS[feed].known, { is_settled: takesEvents ? IS_SETTLED : 'true' });

const change = (table: StarTable, sql: string): StarStatement => ({ table, sql, counts: 'written' });

const upsert = (dialect: Dialect, table: StarTable, rows: Omit<Upsert, 'table'>): StarStatement[] =>
  dialect.upsert({ ...rows, table }).map((statement) => ({ ...statement, table }));

/** The members of dimensions that staged rows of some feeds name and that are not there yet. */
const addMembers = (
  { ifAbsent }: Dialect,
  feeds: readonly string[] = Object.keys(FEEDS),
): StarStatement[] => {
  const named = (key: string) =>
    (NAMED_BY[key] ?? [])
      .filter((feed) => feeds.includes(feed))
      .map((feed) => `select ${key} from staged_${feed}`)
      .join(' union ');
  const add = (table: StarTable, sql: string, name: string, key = name) =>
    change(table, fill(sql, { named: named(name), if_absent: ifAbsent(key) }));
  return [
    add('dim_user', addUsersSql, 'user_id'),
    add('dim_product', addProductsSql, 'product_id', 'product_id, valid_from'),
    add('dim_currency', addCurrenciesSql, 'currency_code'),
    add('dim_time', addHoursSql, 'starts_at', 'time_key'),
  ];
};

const upsertEvents = (dialect: Dialect): readonly StarStatement[] => [
  ...upsert(dialect, 'fact_events', EVENTS),
  ...upsert(dialect, 'fact_clicks', {
    ...CLICKS,
    rows: fill(CLICKS.rows, { kept: EVENT_FACTS.fact_clicks }),
  }),
  ...upsert(dialect, 'fact_cart', { ...CART, rows: fill(CART.rows, { kept: EVENT_FACTS.fact_cart }) }),
];

/** The statements that add staged events. Several transactions can run them at a time. */
export const ingestStatements = (dialect: Dialect): readonly StarStatement[] => [
  ...addMembers(dialect, ['events']),
  ...upsertEvents(dialect),
  { sql: markIngestedEventsSql },
];

/**
 * The statements that apply what is staged, in order: dimensions, then the facts of their rows, then members that no fact has any more.
 * Each writes only rows that differ.
 */
export const starStatements = (dialect: Dialect): readonly StarStatement[] => [
  { sql: releaseUsersSql },
  change('dim_user', clearUsersSql),
  ...upsert(dialect, 'dim_user', USERS),
  { sql: inferProductsSql },
  { sql: moveProductsSql },
  ...upsert(dialect, 'dim_product', PRODUCTS),
  ...Object.entries(PRODUCT_FACTS).map(([fact, at]) =>
    change(fact as StarTable, fill(moveFactsSql, { fact, at, valid_at: validAt(`${fact}.${at}`) })),
  ),
  change('dim_product', deleteMovedProductsSql),
  { sql: releaseProductsSql },
  ...addMembers(dialect),
  change('currency_rates', deleteRatesSql),
  ...upsert(dialect, 'currency_rates', RATES),
  { sql: releaseCurrenciesSql },
  change('dim_currency', inferCurrenciesSql),
  change('dim_currency', completeCurrenciesSql),
  { sql: releaseOrdersSql },
  { sql: releaseOrderItemsSql },
  { sql: releaseEventsSql },
  change('fact_orders', deleteOrdersSql),
  ...upsert(dialect, 'fact_orders', ORDERS),
  change('fact_order_items', deleteOrderItemsSql),
  ...upsert(dialect, 'fact_order_items', ITEMS),
  ...Object.entries(EVENT_FACTS).map(([fact, kept]) =>
    change(fact as StarTable, fill(deleteEventsSql, { fact, kept })),
  ),
  ...upsertEvents(dialect),
  ...(dialect.takesEvents ? [{ sql: deleteIngestedEventsSql }] : []),
  change('dim_user', deleteUsersSql),
  change('dim_product', deleteProductsSql),
  change('dim_time', deleteHoursSql),
  change('dim_currency', deleteCurrenciesSql),
];
