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
  const addable = values.filter(({ name }) => rows.length === 1 || (!RATES[name] && name !== NOT_ADDITIVE));
  const sums = new Map(addable.map(({ name }) => [name, sum(rows, name)]));
  const quotient = (name: string): bigint | undefined => {
    const { dividend = '', divisor = '', scale = 1n } = RATES[name] ?? {};
    const [a, b] = [sums.get(dividend), sums.get(divisor)];
    return a === undefined || !b ? undefined : divide(a * scale * 100n, b);
  };
  return Object.fromEntries(
    values.flatMap(({ name, type }) => {
      const value = sums.get(name) ?? quotient(name);
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
