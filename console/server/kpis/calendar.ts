/** Days as YYYY-MM-DD, stretches of them, and the buckets that a chart has. */

import { DAY_MS } from '../../../domain/time';
import type { Days, Granularity } from '../../api/kpis';

/** Bars or points that a chart has at most where none is asked for. */
const READABLE_BUCKETS = 186;

/** What is sent at most, whatever is asked for. */
const MOST_BUCKETS = 1_100;

export const GRANULARITIES = ['day', 'week', 'month', 'year'] as const;

/** Roughly; the calendar's own lengths are in `bucketStart`. */
const LENGTH: Readonly<Record<Granularity, number>> = { day: 1, week: 7, month: 30.4, year: 365.2 };

/** Days since 1970-01-01. */
export const dayNumber = (day: string): number => Date.parse(day) / DAY_MS;

/** Of days beyond the years 0001 and 9999, the nearest one within. */
export function dayOf(number: number): string {
  const at = new Date(number * DAY_MS);
  const year = at.getUTCFullYear();
  if (!(year >= 1)) return '0001-01-01';
  return year > 9999 ? '9999-12-31' : at.toISOString().slice(0, 10);
}

export const addDays = (day: string, days: number): string => dayOf(dayNumber(day) + days);

export const lengthOf = ({ from, to }: Days): number => dayNumber(to) - dayNumber(from) + 1;

/** As many days, up to the day before; undefined where the calendar does not reach back so far. */
export function periodBefore(days: Days): Days | undefined {
  const from = dayNumber(days.from) - lengthOf(days);
  return from < dayNumber('0001-01-01') ? undefined : { from: dayOf(from), to: addDays(days.from, -1) };
}

/** The finest granularity that is readable, and those that may be chosen instead. */
export function granularitiesFor(days: Days): { best: Granularity; possible: Granularity[] } {
  const within = (most: number) => GRANULARITIES.filter((name) => lengthOf(days) / LENGTH[name] <= most);
  return {
    best: within(READABLE_BUCKETS)[0] ?? 'year',
    possible: [...new Set([...within(MOST_BUCKETS), 'year' as const])],
  };
}

/** The first day of the week (a Monday), month or year that a day is in. */
export function bucketStart(day: string, granularity: Granularity): string {
  if (granularity === 'day') return day;
  if (granularity === 'week') {
    const number = dayNumber(day);
    // 1970-01-01 was a Thursday.
    return dayOf(number - ((((number + 3) % 7) + 7) % 7));
  }
  return granularity === 'month' ? `${day.slice(0, 7)}-01` : `${day.slice(0, 4)}-01-01`;
}

/** The days, cut at the starts of weeks, months or years: the first and last bucket may be shorter than the others. */
export function bucketsOf(days: Days, granularity: Granularity): Days[] {
  const buckets: Days[] = [];
  const last = dayNumber(days.to);
  for (let from = dayNumber(days.from); from <= last; ) {
    const next = Math.min(last, dayNumber(bucketEnd(dayOf(from), granularity)));
    buckets.push({ from: dayOf(from), to: dayOf(next) });
    from = next + 1;
  }
  return buckets;
}

function bucketEnd(day: string, granularity: Granularity): string {
  if (granularity === 'day') return day;
  if (granularity === 'week') return addDays(bucketStart(day, 'week'), 6);
  const month = Number(day.slice(5, 7));
  if (granularity === 'year' || month === 12) return `${day.slice(0, 4)}-12-31`;
  return addDays(`${day.slice(0, 5)}${String(month + 1).padStart(2, '0')}-01`, -1);
}

/** Finds the bucket of a day by its place. @param buckets in order, without gaps */
export function bucketIndex(
  buckets: readonly Days[],
  granularity: Granularity,
): (day: string) => number | undefined {
  const byStart = new Map(buckets.map(({ from }, index) => [bucketStart(from, granularity), index]));
  return (day) => byStart.get(bucketStart(day, granularity));
}
