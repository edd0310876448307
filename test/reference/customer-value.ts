import type { MartRow, Sales } from './mart-row';
import { money, percent } from './rounded';
import { compareIds, type Id } from './rows';

const DAY_MS = 86_400_000;

/**
 * The value of each customer, with rank and segments.
 * @param customers orders and sales per customer and day
 * @param lastDay the last day with an order of anybody; undefined if there is no order
 */
export function customerValue(
  customers: ReadonlyMap<Id, ReadonlyMap<string, Sales>>,
  lastDay = '',
): MartRow[] {
  const values = [...customers].map(([user, byDay]) => {
    const days = [...byDay.keys()].sort();
    const sum = (of: keyof Sales, from = days) =>
      from.reduce((all, day) => all + (byDay.get(day)?.[of] ?? 0n), 0n);
    const [first = '', ...repeats] = days;
    return {
      user,
      first,
      last: days.at(-1) ?? '',
      orders: sum('orders'),
      units: sum('units'),
      revenue: sum('revenue'),
      returned: sum('returnedRevenue'),
      // In hundredths, as readers see it: equal values are ties.
      net: BigInt(money(sum('revenue') - sum('returnedRevenue')).replace('.', '')),
      repeats: BigInt(repeats.length),
      repeatRevenue: sum('revenue', repeats),
    };
  });
  type Value = (typeof values)[number];
  const sorted = (compare: (a: Value, b: Value) => number) =>
    values.toSorted((a, b) => compare(a, b) || compareIds(a.user, b.user));
  const ranked = sorted((a, b) => Number(b.net - a.net));
  const recency = sorted((a, b) => (a.last < b.last ? -1 : Number(a.last > b.last)));
  const frequency = sorted((a, b) => Number(a.orders - b.orders));
  const monetary = sorted((a, b) => Number(a.net - b.net));
  return values.map((value) => {
    const rank = ranked.indexOf(value) + 1;
    return {
      user_id: `${value.user}`,
      first_order_date: value.first,
      last_order_date: value.last,
      orders: `${value.orders}`,
      units: `${value.units}`,
      revenue: money(value.revenue),
      returned_revenue: money(value.returned),
      net_revenue: money(value.revenue - value.returned),
      avg_order_value: money(value.revenue, value.orders),
      frequency: `${value.repeats}`,
      recency_days: daysBetween(value.first, value.last),
      monetary_value: value.repeats > 0n ? money(value.repeatRevenue, value.repeats) : null,
      rank: `${rank}`,
      // The share of the customers that are below.
      percentile: percent(values.length - rank, values.length),
      is_top_decile: `${rank <= Math.ceil(values.length / 10)}`,
      rfm_recency: fifthOf(recency.indexOf(value), values.length),
      rfm_frequency: fifthOf(frequency.indexOf(value), values.length),
      rfm_monetary: fifthOf(monetary.indexOf(value), values.length),
      age_days: daysBetween(value.first, lastDay),
    };
  });
}

const daysBetween = (from: string, to: string): string => `${(Date.parse(to) - Date.parse(from)) / DAY_MS}`;

/** Of five groups, 1 to 5, as equal as possible: the first ones have one more. */
function fifthOf(index: number, count: number): string {
  const [size, larger] = [Math.floor(count / 5), count % 5];
  const inLarger = larger * (size + 1);
  return `${1 + (index < inLarger ? Math.floor(index / (size + 1)) : larger + Math.floor((index - inLarger) / size))}`;
}
