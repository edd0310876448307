/** The KPIs in words and numbers, for every part of the page alike. */

import { DAY_MS } from '../../../domain/time';
import type { Days, Granularity, KpiRange, OrderChange, OrderFigures } from '../../api/kpis';
import { formatCount, formatDay, formatDecimal, formatPercent } from '../shared/format';

export interface Metric {
  readonly id: 'revenue' | 'orders' | 'items' | 'customers' | 'returns';
  readonly name: string;
  /** An exact decimal or a count; null where there is none. */
  readonly value: (figures: OrderFigures) => string | number | null;
  readonly format: (figures: OrderFigures) => string;
  readonly change: (change: OrderChange) => string | null;
  /** Whether the change is in percentage points. */
  readonly inPoints?: boolean;
  /** Whether more of it is bad. */
  readonly isBad?: boolean;
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
    format: ({ return_rate, is_return_rate_exact }) => rateText(return_rate, is_return_rate_exact),
    change: ({ return_rate_points }) => return_rate_points,
    inPoints: true,
    isBad: true,
  },
];

/** One day's customers are a whole number; a mean has decimals. */
function customersText(customers: string | null, days: number): string {
  if (customers === null) return '–';
  return days === 1 ? formatCount(BigInt(customers.slice(0, -3))) : formatDecimal(customers);
}

export function rateText(rate: string | null, isExact: boolean): string {
  if (rate === null) return '–';
  return isExact ? formatPercent(rate) : `≈ ${formatPercent(rate)}`;
}

/** `+12.50 %`, `−3.00 points`, `unchanged`; `new` where there was nothing before. */
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

/** Below a point of a chart. */
export function axisText({ from }: Days, granularity: Granularity): string {
  const options = { ...axis[granularity], timeZone: 'UTC' };
  return new Intl.DateTimeFormat(undefined, options).format(new Date(`${from}T00:00:00Z`));
}

export function daysText({ from, to }: Days): string {
  return from === to ? formatDay(from) : `${formatDay(from)} – ${formatDay(to)}`;
}

export const dayCount = ({ from, to }: Days): number => (Date.parse(to) - Date.parse(from)) / DAY_MS + 1;

/** What the numbers are compared with, or why with nothing. */
export function comparisonText({ days, before, data }: KpiRange): string {
  if (!before) {
    return days.from <= data.from ? 'Nothing older to compare with.' : 'No data in the period before.';
  }
  const isPartly = before.from < data.from;
  return `Compared with ${daysText(before)}${isPartly ? `, of which there is data from ${formatDay(data.from)}` : ''}.`;
}

/** A name that fits where there is little room; white space and line ends as one blank. */
export function shortName(name: string, most = 24): string {
  const letters = [...name.replace(/\s+/g, ' ')];
  return letters.length <= most ? letters.join('') : `${letters.slice(0, most - 1).join('')}…`;
}
