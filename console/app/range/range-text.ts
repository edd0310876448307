/** Days and ranges of days as text. */

import { DAY_MS } from '../../../domain/time';
import type { DayRange, Days, Granularity } from '../../api/range';
import { formatDay } from '../shared/format';

export const GRANULARITY_NAMES: Readonly<Record<Granularity, string>> = {
  day: 'day',
  week: 'week',
  month: 'month',
  year: 'year',
};

const axis = {
  day: { day: 'numeric', month: 'short' },
  week: { day: 'numeric', month: 'short', year: '2-digit' },
  month: { month: 'short', year: 'numeric' },
  year: { year: 'numeric' },
} as const satisfies Record<Granularity, Intl.DateTimeFormatOptions>;

/** Axis label of a point. */
export function axisText({ from }: Days, granularity: Granularity): string {
  const options = { ...axis[granularity], timeZone: 'UTC' };
  return new Intl.DateTimeFormat(undefined, options).format(new Date(`${from}T00:00:00Z`));
}

export function daysText({ from, to }: Days): string {
  return from === to ? formatDay(from) : `${formatDay(from)} – ${formatDay(to)}`;
}

export const dayCount = ({ from, to }: Days): number => (Date.parse(to) - Date.parse(from)) / DAY_MS + 1;

/** The period that the numbers are compared with, or why there is none. */
export function comparisonText({ days, before, data }: DayRange): string {
  if (!before) {
    return days.from <= data.from ? 'No older data to compare with.' : 'No data in the period before.';
  }
  const isPartial = before.from < data.from;
  return `Compared with ${daysText(before)}${isPartial ? ` (data begins on ${formatDay(data.from)})` : ''}.`;
}
