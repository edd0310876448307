import type { Kpi } from '../../../operations/kpis/kpis';
import type { OrderReport } from '../../api/kpis';
import type { DayRange } from '../../api/range';
import { bucketIndex, bucketsOf } from '../range/calendar';
import { includes, shiftFrom } from '../range/range';
import { orderChange, orderFigures } from './order-figures';

/** @param items of OrderKPIs, at least those of the range and of the period before it */
export function orderReport(items: readonly Kpi[], range: DayRange): OrderReport {
  const { days, before, granularity } = range;
  const buckets = bucketsOf(days, granularity);
  const indexOf = bucketIndex(buckets, granularity);
  const shifted = shiftFrom(range);
  const inBuckets = (of: readonly Kpi[], dayOf: (day: string) => string) => {
    const found = buckets.map((): Kpi[] => []);
    for (const item of of) found[indexOf(dayOf(item.order_date ?? '')) ?? -1]?.push(item);
    return found.map(orderFigures);
  };
  const current = items.filter(({ order_date = '' }) => includes(days, order_date));
  const previous = before && items.filter(({ order_date = '' }) => includes(before, order_date));
  const now = inBuckets(current, (day) => day);
  const then = previous && inBuckets(previous, shifted);
  const totals = orderFigures(current);
  const totals_before = previous && orderFigures(previous);
  return {
    range,
    totals,
    totals_before,
    change: totals_before && orderChange(totals, totals_before),
    buckets: buckets.map((bucket, index) => ({
      ...bucket,
      now: now[index] ?? orderFigures([]),
      before: then && (then[index] ?? orderFigures([])),
    })),
  };
}
