import { quoteLiteral } from '../../engine/duckdb/session';
import { fill } from '../../engine/duckdb/sql';
import dayRangesSql from './day_ranges.sql';

/** The widest offset ever in use, Manila's before 1844, is just within it. */
const WIDEST_OFFSET_HOURS = 16;

/** A query for ranges of instants, `low` to `high`, that cover the days of a relation. */
export const dayRanges = (days: string, timeZone: string): string =>
  fill(dayRangesSql, { days, reach: String(timeZone === 'UTC' ? 0 : WIDEST_OFFSET_HOURS) });

/** The day of an instant in the reporting time zone, as an expression. */
export const dayOf = (instant: string, timeZone: string): string =>
  `cast(from_utc_timestamp(${instant}, ${quoteLiteral(timeZone)}) as date)`;
