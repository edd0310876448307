import { byColumns, columnsNaming, DAY, type Mart, type MartInput } from '../../domain/mart';
import { quoteIdentifier, quoteLiteral } from '../../engine/duckdb/quote';
import { fill, renamedList } from '../../engine/duckdb/sql';
import dayRangesSql from './day_ranges.sql';

/** The largest offset ever in use is just below this: Manila before 1844. */
const MAX_OFFSET_HOURS = 16;

/** A query for ranges of instants, `low` to `high`, that contain the days of a relation. @param day its column */
export const dayRanges = (days: string, day: string, timeZone: string): string =>
  fill(dayRangesSql, {
    days,
    day: quoteIdentifier(day),
    reach: String(timeZone === 'UTC' ? 0 : MAX_OFFSET_HOURS),
  });

/** An SQL expression for the day of an instant in the reporting time zone. */
export const dayOf = (instant: string, timeZone: string): string =>
  `cast(from_utc_timestamp(${instant}, ${quoteLiteral(timeZone)}) as date)`;

/** The timestamp that puts the rows of an input in a day of a mart that is refreshed by day; undefined if they have the day itself. */
export const dayTimestamp = (mart: Mart, { relation }: MartInput): string | undefined =>
  mart.refresh.by === 'day' && relation.of === 'own' && !relation.isDate ? relation.day : undefined;

/** SQL for what the mart is refreshed by, from the columns of an input, under the names of the mart. */
export function namedBy(mart: Mart, input: MartInput, timeZone: string): string {
  const timestamp = dayTimestamp(mart, input);
  const [day = DAY] = byColumns(mart);
  if (timestamp !== undefined)
    return `${dayOf(quoteIdentifier(timestamp), timeZone)} as ${quoteIdentifier(day)}`;
  return renamedList(columnsNaming(mart, input), byColumns(mart));
}
