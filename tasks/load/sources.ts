import type { Catalog } from '../../catalog/catalog';
import { BLANKS, CATEGORY_LENGTH } from '../../domain/cleaning';
import { quoteLiteral } from '../../engine/duckdb/quote';
import { fill } from '../../engine/duckdb/sql';
import { eventSource } from './event-source';
import orderItemsSql from './order_items.sql';
import ordersSql from './orders.sql';
import { productSource } from './product-source';
import ratesSql from './rates.sql';
import { rowSource, type SourceColumns, type StarSource } from './star-source';
import usersSql from './users.sql';

/** The rules by which rows of the lake become rows of the star schema. */
export interface StarRules {
  readonly catalog: Pick<
    Catalog,
    'kinds' | 'inputs' | 'stagingTable' | 'historyTable' | 'marts' | 'martTable'
  >;
  /** The reporting time zone, an IANA name. */
  readonly timeZone: string;
  /** ISO 4217 code of the shop's currency; undefined if it is not known. */
  readonly currency?: string | undefined;
}

const USERS: SourceColumns = {
  id: 'varchar',
  age: 'bigint',
  gender: 'varchar',
  city: 'varchar',
  state: 'varchar',
  country: 'varchar',
  traffic_source: 'varchar',
  created_at: 'timestamptz',
};
const RATES: SourceColumns = { currency: 'varchar', rate_date: 'date', rate: 'decimal(18,8)' };
const ORDERS: SourceColumns = {
  order_id: 'varchar',
  user_id: 'varchar',
  currency: 'varchar',
  created_at: 'timestamptz',
  status: 'varchar',
  shipped_at: 'timestamptz',
  delivered_at: 'timestamptz',
  returned_at: 'timestamptz',
  num_of_item: 'bigint',
};
const ORDER_ITEMS: SourceColumns = {
  id: 'varchar',
  order_id: 'varchar',
  user_id: 'varchar',
  product_id: 'varchar',
  created_at: 'timestamptz',
  status: 'varchar',
  shipped_at: 'timestamptz',
  delivered_at: 'timestamptz',
  returned_at: 'timestamptz',
  sale_price: 'decimal(18,4)',
  quantity: 'bigint',
};

/** The sources of the star schema, for the kinds that the deployment has. */
export function starSources({ catalog, timeZone, currency }: StarRules): StarSource[] {
  const { kinds, stagingTable, historyTable } = catalog;
  const blanks = quoteLiteral(BLANKS);
  const time_zone = quoteLiteral(timeZone);
  const keep = { rows: '$[rows]' };
  const orders = () =>
    fill(ordersSql, {
      ...keep,
      blanks,
      time_zone,
      currency: currency === undefined ? 'cast(null as varchar)' : quoteLiteral(currency),
      counted: countedOrders(catalog),
    });
  const has = (...names: string[]) => names.every((name) => kinds.includes(name));
  return [
    ...(has('users') ? [rowSource('users', stagingTable('users'), usersSql, USERS)] : []),
    ...(has('products')
      ? [
          productSource(historyTable('products') ?? stagingTable('products'), {
            blanks,
            category_length: String(CATEGORY_LENGTH),
          }),
        ]
      : []),
    ...(has('currency_rates') ? [rowSource('rates', stagingTable('currency_rates'), ratesSql, RATES)] : []),
    ...(has('orders') ? [rowSource('orders', stagingTable('orders'), orders(), ORDERS)] : []),
    ...(has('order_items')
      ? [
          rowSource(
            'order_items',
            stagingTable('order_items'),
            fill(orderItemsSql, { ...keep, blanks, time_zone }),
            ORDER_ITEMS,
          ),
        ]
      : []),
    ...(has('events', 'event_items')
      ? [eventSource(stagingTable('events'), stagingTable('event_items'), { time_zone })]
      : []),
  ];
}

/** The condition of the orders that the KPIs include; null if it depends on their items. */
function countedOrders({ inputs }: Pick<Catalog, 'inputs'>): string {
  const { counted, missing } = inputs.find(({ kind }) => kind === 'orders') ?? {};
  return counted !== undefined && !missing ? `coalesce(${counted}, false)` : 'cast(null as boolean)';
}
