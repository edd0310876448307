/** Names and formats of the KPIs, shared by all parts of the page. */

import type { OrderChange, OrderFigures } from '../../api/kpis';
import { rateText } from '../range/figure-text';
import type { Metric } from '../range/metric';
import { formatCount, formatDecimal } from '../shared/format';

export type OrderMetric = Metric<OrderFigures, OrderChange>;

export const METRICS: readonly OrderMetric[] = [
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
    wideOnly: true,
  },
  {
    id: 'customers',
    name: 'Customers per day',
    value: ({ customers_per_day }) => customers_per_day,
    format: ({ customers_per_day, days }) => customersText(customers_per_day, days),
    change: ({ customers_per_day }) => customers_per_day,
    wideOnly: true,
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
