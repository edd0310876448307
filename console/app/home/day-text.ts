/** Names and values of a day's figures as text. */

import { DAY_MS } from '../../../domain/time';
import type { DayComparison, DayFigures } from '../../api/home';
import { clockText } from '../live/live-text';
import { formatCount, formatDay, formatDecimal, formatPercent } from '../shared/format';

export interface Figure {
  readonly id: keyof DayFigures;
  readonly name: string;
  /** `no data` without a value. */
  readonly format: (figures: DayFigures) => string;
  /** The change is in percentage points. */
  readonly inPoints?: boolean;
}

const NO_DATA = 'no data';

const count = (value: number | null): string => (value === null ? NO_DATA : formatCount(value));

export const FIGURES: readonly Figure[] = [
  {
    id: 'revenue',
    name: 'Revenue',
    format: ({ revenue }) => (revenue === null ? NO_DATA : formatDecimal(revenue)),
  },
  { id: 'orders', name: 'Orders', format: ({ orders }) => count(orders) },
  { id: 'visitors', name: 'Visitors', format: ({ visitors }) => count(visitors) },
  {
    id: 'conversion',
    name: 'Conversion',
    format: ({ conversion, visitors }) =>
      conversion === null ? (visitors === null ? NO_DATA : '–') : formatPercent(conversion),
    inPoints: true,
  },
  { id: 'purchases', name: 'Purchases by events', format: ({ purchases }) => count(purchases) },
];

const dayNumber = (day: string): number => Date.parse(day) / DAY_MS;

/** `Today, 28 Nov 2026`; the weekday of an earlier day. */
export function dayTitle(day: string, today: string): string {
  const ago = dayNumber(today) - dayNumber(day);
  const name = ago === 0 ? 'Today' : ago === 1 ? 'Yesterday' : weekday(day);
  return `${name}, ${formatDay(day)}`;
}

const weekday = (day: string): string =>
  new Intl.DateTimeFormat(undefined, { timeZone: 'UTC', weekday: 'long' }).format(
    new Date(`${day}T00:00:00Z`),
  );

/** What a value is compared with. */
export function comparisonName({ with: other, day, until }: DayComparison, timeZone: string): string {
  if (until !== null) return `until ${clockText(until, timeZone, false)} the day before`;
  return other === 'week_before' ? `on ${weekday(day)} a week before` : 'the day before';
}
