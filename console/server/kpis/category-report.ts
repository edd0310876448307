import { catalog } from '../../../catalog/catalog';
import { decimal, growth, hundredths, percentage } from '../../../operations/kpis/decimals';
import type { Kpi } from '../../../operations/kpis/kpis';
import { totalOf, totalsByKey } from '../../../operations/kpis/totals';
import type { CategoryFigures, CategoryReport } from '../../api/kpis';
import type { DayRange, Days, Granularity } from '../../api/range';
import { bucketIndex, bucketsOf, granularitiesFor } from '../range/calendar';
import { includes } from '../range/range';

/** There are no more distinguishable colours than these and one for all other categories. */
const MAX_STACKS = 7;

/** The CSV download has all categories. */
const MAX_RANKED = 1_000;

const MAX_HEAT_ROWS = 50;

/** @param items of CategoryKPIs, at least those of the range and of the period before it */
export function categoryReport(items: readonly Kpi[], range: DayRange): CategoryReport {
  const { days, before, granularity } = range;
  const current = items.filter(({ order_date = '' }) => includes(days, order_date));
  const previous = before ? items.filter(({ order_date = '' }) => includes(before, order_date)) : undefined;
  const ranking = rank(current, previous);
  const buckets = bucketsOf(days, granularity);
  return {
    range,
    ranking: ranking.slice(0, MAX_RANKED),
    count: ranking.length,
    buckets,
    stacks: stacks(current, ranking, buckets, granularity),
    heat: heat(current, ranking, days),
  };
}

/** By revenue, descending. @param previous items of the period before; undefined without one */
export function rank(items: readonly Kpi[], previous: readonly Kpi[] | undefined): CategoryFigures[] {
  const totals = totalsByKey(catalog.mart('category_kpis'), items).map((total) => ({
    category: total.category ?? '',
    total,
    revenue: hundredths(total.daily_revenue ?? ''),
  }));
  const revenueOfAll = totals.reduce((sum, { revenue }) => sum + revenue, 0n);
  const revenueBefore = new Map<string, bigint>();
  for (const { category = '', daily_revenue = '' } of previous ?? []) {
    revenueBefore.set(category, (revenueBefore.get(category) ?? 0n) + hundredths(daily_revenue));
  }
  totals.sort((a, b) =>
    a.revenue === b.revenue ? (a.category < b.category ? -1 : 1) : a.revenue > b.revenue ? -1 : 1,
  );
  return totals.map(({ category, total, revenue }): CategoryFigures => {
    const before = previous && (revenueBefore.get(category) ?? 0n);
    return {
      category,
      revenue: decimal(revenue),
      share: percentage(revenue, revenueOfAll),
      avg_order_value: total.avg_order_value ?? null,
      return_rate: total.avg_return_rate ?? null,
      revenue_before: before === undefined ? null : decimal(before),
      change: before === undefined ? null : growth(revenue, before),
    };
  });
}

function stacks(
  items: readonly Kpi[],
  ranking: readonly CategoryFigures[],
  buckets: readonly Days[],
  granularity: Granularity,
): CategoryReport['stacks'] {
  const hasOthers = ranking.length > MAX_STACKS + 1;
  const named = ranking.slice(0, hasOthers ? MAX_STACKS : ranking.length).map(({ category }) => category);
  const rows = new Map<string | null, bigint[]>(
    [...named, ...(hasOthers ? [null] : [])].map((category) => [category, buckets.map(() => 0n)]),
  );
  const indexOf = bucketIndex(buckets, granularity);
  for (const { category = '', order_date = '', daily_revenue = '' } of items) {
    const row = rows.get(category) ?? rows.get(null);
    const index = indexOf(order_date);
    if (row && index !== undefined) row[index] = (row[index] ?? 0n) + hundredths(daily_revenue);
  }
  return [...rows].map(([category, revenue]) => ({ category, revenue: revenue.map(decimal) }));
}

function heat(
  items: readonly Kpi[],
  ranking: readonly CategoryFigures[],
  days: Days,
): CategoryReport['heat'] {
  const { best } = granularitiesFor(days);
  const granularity = best === 'day' ? 'week' : best;
  const buckets = bucketsOf(days, granularity);
  const indexOf = bucketIndex(buckets, granularity);
  const rows = new Map(
    ranking.slice(0, MAX_HEAT_ROWS).map(({ category }) => [category, buckets.map((): Kpi[] => [])]),
  );
  for (const item of items) {
    rows.get(item.category ?? '')?.[indexOf(item.order_date ?? '') ?? -1]?.push(item);
  }
  return {
    granularity,
    buckets,
    rows: [...rows].map(([category, cells]) => ({
      category,
      rates: cells.map((cell) => totalOf(catalog.mart('category_kpis'), cell).avg_return_rate ?? null),
    })),
  };
}
