import { KINDS } from '../../catalog/kinds';
import { STAGING_TABLES } from '../../catalog/tables';
import { type Lake, temporaryName } from '../../lake/lake';
import { filesThatMayHold, filesThatMayOverlap } from '../../lake/pruning';
import { scan } from '../../lake/scan';
import { KPI_COLUMNS } from './affected-days';
import type { Staging } from './basis';
import { countedItems, countedOrders, countedProducts } from './counted';
import { dayOf, dayRanges } from './days';

/**
 * Makes the views `counted_products`, `counted_orders` and `counted_items` that the KPI queries stand on: of the given
 * days, reading only files that can hold a row of them, or of all days.
 *
 * @param days relation of `order_date`
 */
export async function openWorkingSet(
  lake: Lake,
  staging: Staging,
  timeZone: string,
  days: string | undefined,
): Promise<void> {
  const view = (name: string, query: string) =>
    lake.db.run(`create or replace temp view ${name} as ${query}`);
  if (days === undefined) {
    for (const kind of KINDS) await scan(lake, staging[kind], STAGING_TABLES[kind], kind, KPI_COLUMNS[kind]);
  } else {
    await scan(lake, staging.products, STAGING_TABLES.products, 'products', KPI_COLUMNS.products);
    const { orders, order_items } = STAGING_TABLES;
    const ranges = temporaryName(lake, 'day_ranges');
    await lake.db.run(`create temp table ${ranges} as ${dayRanges(days, timeZone)}`);
    const ordersOfDays = await filesThatMayOverlap(
      lake,
      orders,
      staging.orders?.files ?? new Map(),
      'created_at',
      ranges,
    );
    await scan(lake, staging.orders, orders, 'orders_read', KPI_COLUMNS.orders, ordersOfDays);
    // The range first: telling a row's day takes longer.
    const near = `(select * from orders_read semi join ${ranges} on created_at >= low and created_at <= high)`;
    await view(
      'orders',
      `select * from ${near} semi join ${days} on order_date = ${dayOf('created_at', timeZone)}`,
    );
    const itemsOfOrders = await filesThatMayHold(
      lake,
      order_items,
      staging.order_items?.files ?? new Map(),
      '(select order_id from orders)',
      ['order_id'],
    );
    await scan(lake, staging.order_items, order_items, 'order_items', KPI_COLUMNS.order_items, itemsOfOrders);
  }
  await view('counted_products', countedProducts('products'));
  await view('counted_orders', countedOrders('orders', timeZone));
  await view('counted_items', countedItems('order_items'));
}
