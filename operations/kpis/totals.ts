import { DAY, type Mart, type MartColumn } from '../../domain/mart';
import { decimal, divide, hundredths } from './decimals';
import type { Kpi } from './kpis';

/**
 * One row for several days of order_kpis, or of one category in category_kpis, without the key columns. Sums and rates are
 * exact; rates are rounded half up to two decimal places. A single day keeps its stored values.
 *
 * A column is left out if it does not add up, or if a row lacks a value that it needs: rows written before the counts
 * behind the rates were stored get them with the next refresh.
 */
export function totalOf({ columns, key }: Mart, rows: readonly Kpi[]): Kpi {
  const values = columns.filter(({ name }) => !key.includes(name));
  const addable = values.filter(({ rate, additive }) => rows.length === 1 || (!rate && additive !== false));
  const sums = new Map(addable.map(({ name }) => [name, sum(rows, name)]));
  const quotient = ({ rate, type }: MartColumn): bigint | undefined => {
    const [dividend, divisor] = [sums.get(rate?.dividend ?? ''), sums.get(rate?.divisor ?? '')];
    const scale = type === 'percent' ? 100n : 1n;
    return dividend === undefined || !divisor ? undefined : divide(dividend * scale * 100n, divisor);
  };
  return Object.fromEntries(
    values.flatMap((column) => {
      const value = sums.get(column.name) ?? quotient(column);
      if (value === undefined) return [];
      return [[column.name, column.type === 'count' ? String(value / 100n) : decimal(value)]];
    }),
  );
}

/** The total of each value of the key without the day, with its key columns, in their order; one total where there are none. */
export function totalsByKey(mart: Mart, rows: readonly Kpi[]): Kpi[] {
  const names = mart.key.filter((name) => name !== DAY);
  const groups = new Map<string, Kpi[]>();
  for (const row of rows) {
    const id = names.map((name) => row[name] ?? '').join('\0');
    const group = groups.get(id);
    if (group) group.push(row);
    else groups.set(id, [row]);
  }
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, group]) => {
      const key = names.map((name) => [name, group[0]?.[name] ?? '']);
      return { ...Object.fromEntries(key), ...totalOf(mart, group) };
    });
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
