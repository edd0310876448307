import type { Kpi } from '../../../operations/kpis/kpis';
import type { CategoryFigures, CategoryReport, Days, Granularity, KpiRange, RateCell } from '../../api/kpis';
import { bucketIndex, bucketsOf, granularitiesFor } from './calendar';
import { addCategory, type CategorySum, categoryFigures, categorySum, rateCell } from './category-figures';
import { decimal, hundredths } from './decimals';
import { includes } from './range';

/** As many as there are colours that can be told apart, one of them for all others. */
const STACKS = 7;

/** As many as anybody will look through; all are in the CSV. */
const MOST = 1_000;

/** As many rows as the heat map has. */
const HEAT_ROWS = 50;

/** @param items of CategoryKPIs, of the range and of the period before it at least */
export function categoryReport(items: readonly Kpi[], range: KpiRange): CategoryReport {
  const { days, before, granularity } = range;
  const current = items.filter(({ order_date = '' }) => includes(days, order_date));
  const earlier = before ? items.filter(({ order_date = '' }) => includes(before, order_date)) : undefined;
  const ranking = rank(current, earlier);
  const buckets = bucketsOf(days, granularity);
  return {
    range,
    ranking: ranking.slice(0, MOST),
    count: ranking.length,
    buckets,
    stacks: stacks(current, ranking, buckets, granularity),
    heat: heat(current, ranking, days),
  };
}

/** By revenue, the greatest first. @param earlier items of the period before; undefined without one */
export function rank(items: readonly Kpi[], earlier: readonly Kpi[] | undefined): CategoryFigures[] {
  const sums = new Map<string, CategorySum>();
  let total = 0n;
  for (const item of items) {
    const one = categorySum(item);
    const known = sums.get(item.category ?? '');
    sums.set(item.category ?? '', known ? addCategory(known, one) : one);
    total += one.revenue;
  }
  const before = new Map<string, bigint>();
  for (const { category = '', daily_revenue = '' } of earlier ?? []) {
    before.set(category, (before.get(category) ?? 0n) + hundredths(daily_revenue));
  }
  return [...sums]
    .sort(([a, { revenue: ofA }], [b, { revenue: ofB }]) =>
      ofA === ofB ? (a < b ? -1 : 1) : ofA > ofB ? -1 : 1,
    )
    .map(([category, sum]) => categoryFigures(category, sum, total, earlier && (before.get(category) ?? 0n)));
}

function stacks(
  items: readonly Kpi[],
  ranking: readonly CategoryFigures[],
  buckets: readonly Days[],
  granularity: Granularity,
): CategoryReport['stacks'] {
  const hasOthers = ranking.length > STACKS + 1;
  const named = ranking.slice(0, hasOthers ? STACKS : ranking.length).map(({ category }) => category);
  const rows = new Map<string | null, bigint[]>(
    [...named, ...(hasOthers ? [null] : [])].map((category) => [category, buckets.map(() => 0n)]),
  );
  const place = bucketIndex(buckets, granularity);
  for (const { category = '', order_date = '', daily_revenue = '' } of items) {
    const row = rows.get(category) ?? rows.get(null);
    const index = place(order_date);
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
  const place = bucketIndex(buckets, granularity);
  const rows = new Map(
    ranking
      .slice(0, HEAT_ROWS)
      .map(({ category }) => [category, buckets.map((): CategorySum | undefined => undefined)]),
  );
  for (const item of items) {
    const row = rows.get(item.category ?? '');
    const index = place(item.order_date ?? '');
    if (!row || index === undefined) continue;
    const known = row[index];
    row[index] = known ? addCategory(known, categorySum(item)) : categorySum(item);
  }
  return {
    granularity,
    buckets,
    rows: [...rows].map(([category, sums]) => ({
      category,
      rates: sums.map((sum): RateCell => (sum ? rateCell(sum) : null)),
    })),
  };
}
