import { quoteLiteral } from '../../engine/duckdb/session';
import { fill } from '../../engine/duckdb/sql';
import dayRangesSql from './day_ranges.sql';

/** The largest offset ever in use is just below this: Manila before 1844. */
const MAX_OFFSET_HOURS = 16;

/** A query for ranges of instants, `low` to `high`, that contain the days of a relation. */
export const dayRanges = (days: string, timeZone: string): string =>
  fill(dayRangesSql, { days, reach: String(timeZone === 'UTC' ? 0 : MAX_OFFSET_HOURS) });

/** An SQL expression for the day of an instant in the reporting time zone. */
export const dayOf = (instant: string, timeZone: string): string =>
  `cast(from_utc_timestamp(${instant}, ${quoteLiteral(timeZone)}) as date)`;
