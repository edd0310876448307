import { isDecimal } from '../../domain/contract';
import type { Mart, MartColumn } from '../../domain/mart';
import { quoteIdentifier } from '../../engine/duckdb/quote';
import { fill } from '../../engine/duckdb/sql';
import dayRangeSql from './day-range.sql';
import daySumsSql from './day-sums.sql';
import { quotient } from './quotient';
import { conditionOf, type RowChoice } from './row-filter';
import type { ReadyRows } from './row-page';
import type { RowSource } from './row-source';

/** What a chart over days can draw of a mart. */
export interface Measure {
  readonly column: MartColumn;
  /** For a rate: it is drawn as the quotient of two sums. Otherwise the sum of the column. */
  readonly rate?: MartColumn['rate'];
}

/**
 * The stored columns of a mart that add up over rows: counts, money and other numbers that are not in the key; and rates of two such
 * columns. Values that a view computes do not add up, as they depend on other rows.
 */
export function measuresOf({ columns, key }: Pick<Mart, 'columns' | 'key'>): Measure[] {
  const sums = columns.filter(
    ({ name, type, rate, additive, like }) =>
      !key.includes(name) &&
      rate === undefined &&
      like === undefined &&
      additive !== false &&
      (['count', 'money', 'int64'].includes(type) || isDecimal(type)),
  );
  const isSum = (name: string) => sums.some((column) => column.name === name);
  return columns.flatMap((column): Measure[] => {
    const { name, rate } = column;
    if (isSum(name)) return [{ column }];
    return rate && isSum(rate.dividend) && isSum(rate.divisor) ? [{ column, rate }] : [];
  });
}

/** The first and the last day of the chosen rows; undefined without any. @param source one with a day */
export async function dayRange(
  { db, relation }: ReadyRows,
  source: RowSource,
  choice: RowChoice,
): Promise<{ readonly from: string; readonly to: string } | undefined> {
  const condition = conditionOf(source, choice);
  const sql = fill(dayRangeSql, { rows: relation, condition: condition.sql, day: dayOf(source) });
  const [found] = await db.rows<{ first_day: string | null; last_day: string | null }>(sql, condition.bound);
  return found?.first_day && found.last_day ? { from: found.first_day, to: found.last_day } : undefined;
}

/**
 * A measure of the chosen rows per day, week, month or year, by the first day of each that has rows. Values are exact decimals as text;
 * null where a sum has no value or a divisor is 0.
 * @param source one with a day
 */
export async function daySums(
  { db, relation }: ReadyRows,
  source: RowSource,
  choice: RowChoice,
  { column, rate }: Measure,
  unit: 'day' | 'week' | 'month' | 'year',
): Promise<Map<string, string | null>> {
  const condition = conditionOf(source, choice);
  const names = rate ? [rate.dividend, rate.divisor] : [column.name];
  const sums = names.map((name, at) => `cast(sum(r.${quoteIdentifier(name)}) as varchar) as s${at}`);
  const rows = await db.rows<{ start: string; s0: string | null; s1?: string | null }>(
    fill(daySumsSql, {
      rows: relation,
      condition: condition.sql,
      day: dayOf(source),
      sums: sums.join(',\n  '),
    }),
    { ...condition.bound, unit },
  );
  return new Map(
    rows.map(({ start, s0, s1 }) => [
      start,
      rate ? quotient(s0, s1 ?? null, column.type === 'percent' ? 'percent' : 'number') : s0,
    ]),
  );
}

function dayOf({ name, day }: RowSource): string {
  if (day === undefined) throw new RangeError(`${name} has no day`);
  return quoteIdentifier(day);
}
