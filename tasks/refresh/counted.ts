import { BLANKS, CATEGORY_LENGTH } from '../../domain/cleaning';
import { quoteLiteral } from '../../engine/duckdb/session';
import { fill } from '../../engine/duckdb/sql';
import countedItemsSql from './counted_items.sql';
import countedOrdersSql from './counted_orders.sql';
import countedProductsSql from './counted_products.sql';

const blanks = quoteLiteral(BLANKS);

/** The cleaning rules as queries over the given relations. Staging keeps what came; what counts is decided here. */
export const countedProducts = (products: string): string =>
  fill(countedProductsSql, { products, blanks, category_length: String(CATEGORY_LENGTH) });

export const countedOrders = (orders: string, timeZone: string): string =>
  fill(countedOrdersSql, { orders, blanks, time_zone: quoteLiteral(timeZone) });

/** Rests on views `counted_orders` and `counted_products`. */
export const countedItems = (order_items: string): string => fill(countedItemsSql, { order_items, blanks });
