import type { Kpi } from '../../../operations/kpis/kpis';
import type { KpiRange, OrderReport } from '../../api/kpis';
import { bucketIndex, bucketsOf } from './calendar';
import { addOrders, NO_ORDERS, type OrderSum, orderChange, orderFigures, orderSum } from './order-figures';
import { includes, shiftFrom } from './range';

/** @param items of OrderKPIs, of the range and of the period before it at least */
export function orderReport(items: readonly Kpi[], range: KpiRange): OrderReport {
  const { days, before, granularity } = range;
  const buckets = bucketsOf(days, granularity);
  const place = bucketIndex(buckets, granularity);
  const shifted = shiftFrom(range);
  const now = buckets.map(() => NO_ORDERS);
  const then = buckets.map(() => NO_ORDERS);
  for (const item of items) {
    const day = item.order_date ?? '';
    if (includes(days, day)) add(now, place(day), orderSum(item));
    else if (before && includes(before, day)) add(then, place(shifted(day)), orderSum(item));
  }
  const total = now.reduce(addOrders, NO_ORDERS);
  const totalBefore = then.reduce(addOrders, NO_ORDERS);
  return {
    range,
    totals: orderFigures(total),
    totals_before: before && orderFigures(totalBefore),
    change: before && orderChange(total, totalBefore),
    buckets: buckets.map((bucket, index) => ({
      ...bucket,
      now: orderFigures(now[index] ?? NO_ORDERS),
      before: before && orderFigures(then[index] ?? NO_ORDERS),
    })),
  };
}

function add(sums: OrderSum[], index: number | undefined, one: OrderSum): void {
  const sum = index === undefined ? undefined : sums[index];
  if (index !== undefined && sum) sums[index] = addOrders(sum, one);
}
