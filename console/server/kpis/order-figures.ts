import type { Kpi } from '../../../operations/kpis/kpis';
import type { OrderChange, OrderFigures } from '../../api/kpis';
import { decimal, divide, growth, hundredths, percentage } from './decimals';

/** The KPIs of some days, added up; money and percent in hundredths. */
export interface OrderSum {
  readonly days: number;
  readonly revenue: bigint;
  readonly orders: bigint;
  readonly items: bigint;
  readonly customers: bigint;
  readonly returned: bigint;
  readonly isReturnedExact: boolean;
}

export const NO_ORDERS: OrderSum = {
  days: 0,
  revenue: 0n,
  orders: 0n,
  items: 0n,
  customers: 0n,
  returned: 0n,
  isReturnedExact: true,
};

/** Below this a rate with two decimals belongs to one number of returned orders alone. */
const EXACT_BELOW = 10_000n;

/** One day's item of OrderKPIs. */
export function orderSum(item: Kpi): OrderSum {
  const orders = hundredths(item.total_orders ?? '') / 100n;
  return {
    days: 1,
    revenue: hundredths(item.total_revenue ?? ''),
    orders,
    items: hundredths(item.total_items_sold ?? '') / 100n,
    customers: hundredths(item.unique_customers ?? '') / 100n,
    returned: divide(hundredths(item.return_rate ?? '') * orders, 10_000n),
    isReturnedExact: orders < EXACT_BELOW,
  };
}

export function addOrders(a: OrderSum, b: OrderSum): OrderSum {
  return {
    days: a.days + b.days,
    revenue: a.revenue + b.revenue,
    orders: a.orders + b.orders,
    items: a.items + b.items,
    customers: a.customers + b.customers,
    returned: a.returned + b.returned,
    isReturnedExact: a.isReturnedExact && b.isReturnedExact,
  };
}

export function orderFigures(sum: OrderSum): OrderFigures {
  const { days, revenue, orders, items, returned, isReturnedExact } = sum;
  const customers = customersPerDay(sum);
  return {
    days,
    revenue: decimal(revenue),
    orders: Number(orders),
    items: Number(items),
    customers_per_day: customers === null ? null : decimal(customers),
    return_rate: percentage(returned, orders),
    // One day has the rate that it has.
    is_return_rate_exact: isReturnedExact || days === 1,
  };
}

export function orderChange(now: OrderSum, before: OrderSum): OrderChange {
  const customers = { now: customersPerDay(now), before: customersPerDay(before) };
  const rates = { now: rate(now), before: rate(before) };
  return {
    revenue: growth(now.revenue, before.revenue),
    orders: growth(now.orders, before.orders),
    items: growth(now.items, before.items),
    customers_per_day:
      customers.now === null || customers.before === null ? null : growth(customers.now, customers.before),
    return_rate_points:
      rates.now === null || rates.before === null ? null : decimal(rates.now - rates.before),
  };
}

const customersPerDay = ({ customers, days }: OrderSum): bigint | null =>
  days === 0 ? null : divide(customers * 100n, BigInt(days));

const rate = ({ returned, orders }: OrderSum): bigint | null =>
  orders === 0n ? null : divide(returned * 10_000n, orders);
