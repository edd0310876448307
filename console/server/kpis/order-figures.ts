import { catalog } from '../../../catalog/catalog';
import { decimal, divide, growth, hundredths } from '../../../operations/kpis/decimals';
import type { Kpi } from '../../../operations/kpis/kpis';
import { totalOf } from '../../../operations/kpis/totals';
import type { OrderChange, OrderFigures } from '../../api/kpis';

/** @param days items of OrderKPIs, one per day */
export function orderFigures(days: readonly Kpi[]): OrderFigures {
  const total = totalOf(catalog.mart('order_kpis'), days);
  const customers = days.reduce((sum, { unique_customers = '' }) => sum + hundredths(unique_customers), 0n);
  return {
    days: days.length,
    revenue: total.total_revenue ?? '0.00',
    orders: Number(total.total_orders ?? 0),
    items: Number(total.total_items_sold ?? 0),
    customers_per_day: days.length === 0 ? null : decimal(divide(customers, BigInt(days.length))),
    return_rate: total.return_rate ?? null,
  };
}

export function orderChange(now: OrderFigures, before: OrderFigures): OrderChange {
  return {
    revenue: growth(hundredths(now.revenue), hundredths(before.revenue)),
    orders: growth(BigInt(now.orders), BigInt(before.orders)),
    items: growth(BigInt(now.items), BigInt(before.items)),
    customers_per_day: compare(now.customers_per_day, before.customers_per_day, growth),
    return_rate_points: compare(now.return_rate, before.return_rate, (a, b) => decimal(a - b)),
  };
}

function compare(
  now: string | null,
  before: string | null,
  change: (now: bigint, before: bigint) => string | null,
): string | null {
  return now === null || before === null ? null : change(hundredths(now), hundredths(before));
}
