import type { Warehouse } from '../../serving/warehouse/connection';

/** Rows of the star schema by table, with natural keys in place of surrogate keys, each as the text of its cells. */
export type StarRows = Readonly<Record<string, readonly string[]>>;

/** A version of a product: its id, and since when in epoch seconds. */
const PRODUCT = `coalesce(dim_product.product_id || ' since ' || extract(epoch from dim_product.valid_from)::bigint, 'unknown')`;

const USER = `(select coalesce(user_id, 'unknown') from dim_user where dim_user.user_key = fact.user_key)`;
const CURRENCY = `(select coalesce(currency_code, 'unknown') from dim_currency where dim_currency.currency_key = fact.currency_key)`;
const PRODUCT_OF_FACT = `(select ${PRODUCT} from dim_product where dim_product.product_key = fact.product_key)`;
const HOUR = `(select to_char(starts_at, 'YYYY-MM-DD HH24') from dim_time where dim_time.time_key = fact.time_key)`;

const TABLES: Readonly<Record<string, string>> = {
  dim_user: `select user_id, age, gender, city, state, country, traffic_source, registered_at, is_inferred from dim_user where user_key <> -1`,
  dim_product: `select ${PRODUCT}, sku, name, brand, category, department, trim_scale(cost), trim_scale(retail_price), valid_from, valid_to, is_current, is_deleted, is_inferred from dim_product where product_key <> -1`,
  dim_time: `select to_char(starts_at, 'YYYY-MM-DD HH24'), date, year, quarter, month, week, day, weekday, hour, is_weekend from dim_time where time_key <> -1`,
  dim_currency: `select currency_code, is_inferred from dim_currency where currency_key <> -1`,
  currency_rates: `select currency_code, rate_date, trim_scale(rate) from currency_rates join dim_currency using (currency_key)`,
  shop: `select currency_code from shop`,
  fact_orders: `select order_id, ${USER} as user, ${HOUR} as hour, ${CURRENCY} as currency, order_date, created_at, status, shipped_at, delivered_at, returned_at, num_of_item, is_returned, is_counted from fact_orders fact`,
  fact_order_items: `select order_item_id, order_id, ${USER} as user, ${PRODUCT_OF_FACT} as product, ${HOUR} as hour, created_at, status, shipped_at, delivered_at, returned_at, quantity, trim_scale(sale_price), is_returned, is_counted from fact_order_items fact`,
  fact_events: `select event_id, item_index, ${USER} as user, ${PRODUCT_OF_FACT} as product, ${HOUR} as hour, ${CURRENCY} as currency, event_name, event_date, event_time, received_at, is_first, is_bot, visitor_id, session_id, page_path, traffic_source, traffic_medium, campaign, channel, device_type, country, transaction_id, trim_scale(value), list_name, position, trim_scale(price), quantity from fact_events fact`,
  fact_clicks: `select event_id, item_index, ${USER} as user, ${PRODUCT_OF_FACT} as product, ${HOUR} as hour, event_name, event_date, event_time, visitor_id, session_id, list_name, position, trim_scale(price) from fact_clicks fact`,
  fact_cart: `select event_id, item_index, ${USER} as user, ${PRODUCT_OF_FACT} as product, ${HOUR} as hour, event_name, event_date, event_time, visitor_id, session_id, trim_scale(price), quantity_change from fact_cart fact`,
};

/** All rows, in an order that depends only on them. Times are ISO 8601 in UTC. */
export async function readStar(warehouse: Warehouse): Promise<StarRows> {
  const star: Record<string, readonly string[]> = {};
  for (const [table, sql] of Object.entries(TABLES)) {
    const { rows } = await warehouse.query({ text: sql, rowMode: 'array' });
    star[table] = rows.map((cells: unknown[]) => starRow(cells)).sort();
  }
  return star;
}

/** The text of a row. */
export const starRow = (cells: readonly unknown[]): string =>
  cells
    .map((cell) => {
      if (cell === null || cell === undefined) return '-';
      return cell instanceof Date ? cell.toISOString() : String(cell);
    })
    .join(' | ');
