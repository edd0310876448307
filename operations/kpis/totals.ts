import type { KpiTableSpec } from '../../domain/mart';
import { decimal, divide, hundredths } from './decimals';
import type { Kpi } from './kpis';

/** Rates as quotients of columns that add up over days; `scale` is 100 for percent. */
const RATES: Readonly<Record<string, { dividend: string; divisor: string; scale: bigint }>> = {
  return_rate: { dividend: 'returned_orders', divisor: 'total_orders', scale: 100n },
  avg_order_value: { dividend: 'daily_revenue', divisor: 'orders', scale: 1n },
  avg_return_rate: { dividend: 'returned_items', divisor: 'items', scale: 100n },
};

/** A customer can order on several days, so daily customers do not add up. */
const NOT_ADDITIVE = 'unique_customers';

/**
 * One row for several days of order_kpis, or of one category in category_kpis, without the key columns. Sums and rates are
 * exact; rates are rounded half up to two decimal places. A single day keeps its stored values.
 *
 * A column is left out if it does not add up, or if a row lacks a value that it needs: rows written before the counts
 * behind the rates were stored get them with the next refresh.
 */
export function totalOf({ columns, key }: KpiTableSpec, rows: readonly Kpi[]): Kpi {
  const values = columns.filter(({ name }) => !key.includes(name));
  const sums = new Map(values.map(({ name }) => [name, sum(rows, name)]));
  const total = (name: string): bigint | undefined => {
    if (rows.length === 1) return sums.get(name);
    if (name === NOT_ADDITIVE) return undefined;
    const rate = RATES[name];
    if (!rate) return sums.get(name);
    const [dividend, divisor] = [sums.get(rate.dividend), sums.get(rate.divisor)];
    return dividend === undefined || !divisor ? undefined : divide(dividend * rate.scale * 100n, divisor);
  };
  return Object.fromEntries(
    values.flatMap(({ name, type }) => {
      const value = total(name);
      if (value === undefined) return [];
      return [[name, type === 'count' ? String(value / 100n) : decimal(value)]];
    }),
  );
}

/** The totals of each category; rows of order_kpis have one total, under ''. */
export function totalsByCategory(spec: KpiTableSpec, rows: readonly Kpi[]): Map<string, Kpi> {
  const byCategory = new Map<string, Kpi[]>();
  for (const row of rows) {
    const { category = '' } = row;
    const group = byCategory.get(category);
    if (group) group.push(row);
    else byCategory.set(category, [row]);
  }
  return new Map([...byCategory].map(([category, group]) => [category, totalOf(spec, group)]));
}

/** In hundredths; undefined if a row has no value. */
function sum(rows: readonly Kpi[], column: string): bigint | undefined {
  let total = 0n;
  for (const { [column]: value } of rows) {
    if (value === undefined) return undefined;
    total += hundredths(value);
  }
  return total;
}
