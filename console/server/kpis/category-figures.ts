import type { Kpi } from '../../../operations/kpis/kpis';
import type { CategoryFigures, RateCell } from '../../api/kpis';
import { decimal, divide, growth, hundredths, percentage } from './decimals';

/** One category's KPIs of some days, added up; money and percent in hundredths. */
export interface CategorySum {
  readonly days: number;
  readonly revenue: bigint;
  /** Distinct orders with an item of it: an order is of one day. */
  readonly orders: bigint;
  readonly areOrdersExact: boolean;
  /** Of one day, as it stands; undefined for several. */
  readonly average: bigint | undefined;
  /** The sum of the days' rates, each times its orders. */
  readonly weightedRate: bigint;
  /** What all its days have in common; undefined where they differ. */
  readonly commonRate: bigint | undefined;
}

/** One day's item of CategoryKPIs. */
export function categorySum(item: Kpi): CategorySum {
  const revenue = hundredths(item.daily_revenue ?? '');
  const rate = hundredths(item.avg_return_rate ?? '');
  const average = hundredths(item.avg_order_value ?? '');
  const { orders, isExact } = ordersOf(revenue, average);
  return {
    days: 1,
    revenue,
    orders,
    areOrdersExact: isExact,
    average,
    weightedRate: rate * orders,
    commonRate: rate,
  };
}

/**
 * How many orders a revenue and its average tell: the whole number that gives the average, where both are rounded to
 * hundredths; exact where only one does.
 */
function ordersOf(revenue: bigint, average: bigint): { orders: bigint; isExact: boolean } {
  if (average <= 0n) return { orders: 1n, isExact: false };
  const least = (2n * revenue - 1n + 2n * average) / (2n * average + 1n);
  const most = (2n * revenue + 1n) / (2n * average - 1n);
  const orders = divide(revenue, average);
  return { orders: orders > 0n ? orders : 1n, isExact: least === most };
}

export function addCategory(a: CategorySum, b: CategorySum): CategorySum {
  return {
    days: a.days + b.days,
    revenue: a.revenue + b.revenue,
    orders: a.orders + b.orders,
    areOrdersExact: a.areOrdersExact && b.areOrdersExact,
    average: undefined,
    weightedRate: a.weightedRate + b.weightedRate,
    commonRate: a.commonRate === b.commonRate ? a.commonRate : undefined,
  };
}

/** @param total the revenue of all categories; `before`: this one's in the period before, undefined without one */
export function categoryFigures(
  category: string,
  sum: CategorySum,
  total: bigint,
  before: bigint | undefined,
): CategoryFigures {
  const [return_rate, is_return_rate_exact] = rateCell(sum);
  return {
    category,
    days: sum.days,
    revenue: decimal(sum.revenue),
    share: percentage(sum.revenue, total),
    avg_order_value: decimal(sum.average ?? divide(sum.revenue, sum.orders)),
    is_avg_order_value_exact: sum.average !== undefined || sum.areOrdersExact,
    return_rate,
    is_return_rate_exact,
    revenue_before: before === undefined ? null : decimal(before),
    change: before === undefined ? null : growth(sum.revenue, before),
  };
}

export function rateCell({ weightedRate, orders, commonRate }: CategorySum): NonNullable<RateCell> {
  return commonRate === undefined
    ? [decimal(divide(weightedRate, orders)), false]
    : [decimal(commonRate), true];
}
