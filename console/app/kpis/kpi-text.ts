/** Names and formats of the KPIs, shared by all parts of the page. */

import { DAY_MS } from '../../../domain/time';
import type { Days, Granularity, KpiRange, OrderChange, OrderFigures } from '../../api/kpis';
import { formatCount, formatDay, formatDecimal, formatPercent } from '../shared/format';

export interface Metric {
  readonly id: 'revenue' | 'orders' | 'items' | 'customers' | 'returns';
  readonly name: string;
  /** An exact decimal or a count; null without data. */
  readonly value: (figures: OrderFigures) => string | number | null;
  readonly format: (figures: OrderFigures) => string;
  readonly change: (change: OrderChange) => string | null;
  /** The change is in percentage points. */
  readonly inPoints?: boolean;
  /** A lower value is better. */
  readonly isLowerBetter?: boolean;
}

export const METRICS: readonly Metric[] = [
  {
    id: 'revenue',
    name: 'Revenue',
    value: ({ revenue }) => revenue,
    format: ({ revenue }) => formatDecimal(revenue),
    change: ({ revenue }) => revenue,
  },
  {
    id: 'orders',
    name: 'Orders',
    value: ({ orders }) => orders,
    format: ({ orders }) => formatCount(orders),
    change: ({ orders }) => orders,
  },
  {
    id: 'items',
    name: 'Items',
    value: ({ items }) => items,
    format: ({ items }) => formatCount(items),
    change: ({ items }) => items,
  },
  {
    id: 'customers',
    name: 'Customers per day',
    value: ({ customers_per_day }) => customers_per_day,
    format: ({ customers_per_day, days }) => customersText(customers_per_day, days),
    change: ({ customers_per_day }) => customers_per_day,
  },
  {
    id: 'returns',
    name: 'Return rate',
    value: ({ return_rate }) => return_rate,
    format: ({ return_rate, orders }) => (orders === 0 ? '–' : rateText(return_rate)),
    change: ({ return_rate_points }) => return_rate_points,
    inPoints: true,
    isLowerBetter: true,
  },
];

/** The customers of one day are a whole number; a mean has decimals. */
function customersText(customers: string | null, days: number): string {
  if (customers === null) return '–';
  return days === 1 ? formatCount(BigInt(customers.slice(0, -3))) : formatDecimal(customers);
}

export const NO_DATA = 'no data';

export const rateText = (rate: string | null): string => (rate === null ? NO_DATA : formatPercent(rate));

/** `+12.50 %`, `−3.00 points`, `unchanged`; `new` without a value before. */
export function changeText(change: string | null, inPoints = false): string {
  if (change === null) return 'new';
  if (/^-?0\.00$/.test(change)) return 'unchanged';
  const sign = change.startsWith('-') ? '−' : '+';
  const size = change.replace('-', '');
  return inPoints ? `${sign}${formatDecimal(size)} points` : `${sign}${formatPercent(size)}`;
}

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
export function comparisonText({ days, before, data }: KpiRange): string {
  if (!before) {
    return days.from <= data.from ? 'No older data to compare with.' : 'No data in the period before.';
  }
  const isPartial = before.from < data.from;
  return `Compared with ${daysText(before)}${isPartial ? ` (data begins on ${formatDay(data.from)})` : ''}.`;
}

/** A name on one line, cut to a maximum length. */
export function shortName(name: string, maxLength = 24): string {
  const letters = [...name.replace(/\s+/g, ' ')];
  return letters.length <= maxLength ? letters.join('') : `${letters.slice(0, maxLength - 1).join('')}…`;
}
