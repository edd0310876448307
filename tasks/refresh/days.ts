import { quoteLiteral } from '../../engine/duckdb/session';
import { fill } from '../../engine/duckdb/sql';
import affectedDaysSql from './affected_days.sql';
import { countedProducts } from './counted';
import dayRangesSql from './day_ranges.sql';
import recategorizedProductsSql from './recategorized_products.sql';

/** The widest offset ever in use, Manila's before 1844, is just within it. */
const WIDEST_OFFSET_HOURS = 16;

/** @param images relations of the products that changed, as they were and as they are */
export const recategorizedProducts = (images: { readonly before: string; readonly after: string }): string =>
  fill(recategorizedProductsSql, {
    before: `(${countedProducts(images.before)})`,
    after: `(${countedProducts(images.after)})`,
  });

export const daysOf = (changed_orders: string, touched_orders: string, timeZone: string): string =>
  fill(affectedDaysSql, { changed_orders, touched_orders, time_zone: quoteLiteral(timeZone) });

export const dayRanges = (days: string, timeZone: string): string =>
  fill(dayRangesSql, { days, reach: String(timeZone === 'UTC' ? 0 : WIDEST_OFFSET_HOURS) });

/** The day of an instant in the reporting time zone, as an expression. */
export const dayOf = (instant: string, timeZone: string): string =>
  `cast(from_utc_timestamp(${instant}, ${quoteLiteral(timeZone)}) as date)`;
