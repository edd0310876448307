/** Days (YYYY-MM-DD), ranges of days, and the buckets of a chart. */

import { DAY_MS } from '../../../domain/time';
import type { Days, Granularity } from '../../api/range';

/** Maximum number of bars or points of a chart unless a granularity is requested. */
const MAX_DEFAULT_BUCKETS = 186;

/** Maximum number of buckets in a response, whatever is requested. */
const MAX_BUCKETS = 1_100;

export const GRANULARITIES = ['day', 'week', 'month', 'year'] as const;

/** Average number of days; `bucketEnd` has the exact ones. */
const AVERAGE_DAYS: Readonly<Record<Granularity, number>> = { day: 1, week: 7, month: 30.4, year: 365.2 };

/** Days since 1970-01-01. */
export const dayNumber = (day: string): number => Date.parse(day) / DAY_MS;

/** Clamped to the years 0001 to 9999. */
export function dayOf(number: number): string {
  const at = new Date(number * DAY_MS);
  const year = at.getUTCFullYear();
  if (!(year >= 1)) return '0001-01-01';
  return year > 9999 ? '9999-12-31' : at.toISOString().slice(0, 10);
}

export const addDays = (day: string, days: number): string => dayOf(dayNumber(day) + days);

export const lengthOf = ({ from, to }: Days): number => dayNumber(to) - dayNumber(from) + 1;

/** The same number of days directly before; undefined if it would begin before the year 0001. */
export function periodBefore(days: Days): Days | undefined {
  const from = dayNumber(days.from) - lengthOf(days);
  return from < dayNumber('0001-01-01') ? undefined : { from: dayOf(from), to: addDays(days.from, -1) };
}

/** The finest granularity that a chart can show well, and those that a user can choose. */
export function granularitiesFor(days: Days): { best: Granularity; possible: Granularity[] } {
  const within = (max: number) => GRANULARITIES.filter((name) => lengthOf(days) / AVERAGE_DAYS[name] <= max);
  return {
    best: within(MAX_DEFAULT_BUCKETS)[0] ?? 'year',
    possible: [...new Set([...within(MAX_BUCKETS), 'year' as const])],
  };
}

/** The first day of the week (a Monday), month or year of a day. */
export function bucketStart(day: string, granularity: Granularity): string {
  if (granularity === 'day') return day;
  if (granularity === 'week') {
    const number = dayNumber(day);
    // 1970-01-01 was a Thursday.
    return dayOf(number - ((((number + 3) % 7) + 7) % 7));
  }
  return granularity === 'month' ? `${day.slice(0, 7)}-01` : `${day.slice(0, 4)}-01-01`;
}

/** The range, split at the starts of weeks, months or years: the first and last bucket can be shorter. */
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

/** Maps a day to the index of its bucket. @param buckets in order, without gaps */
export function bucketIndex(
  buckets: readonly Days[],
  granularity: Granularity,
): (day: string) => number | undefined {
  const byStart = new Map(buckets.map(({ from }, index) => [bucketStart(from, granularity), index]));
  return (day) => byStart.get(bucketStart(day, granularity));
}
