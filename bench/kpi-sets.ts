import type { Kpi } from '../operations/kpis/kpis';

/** Both KPI tables, with numbers as text. */
export interface KpiSet {
  readonly order_kpis: readonly Kpi[];
  readonly category_kpis: readonly Kpi[];
}

/** Two programs computed different KPIs, so their times cannot be compared. */
export class KpisDifferError extends Error {
  override readonly name = 'KpisDifferError';
}

/**
 * Compares every value of two sets of KPIs.
 * @param tolerance the maximum difference of numbers: 0, or 0.01 for a program that rounds binary fractions
 * @returns the number of rows compared
 * @throws KpisDifferError with the first difference
 */
export function compareKpis(what: string, found: KpiSet, expected: KpiSet, tolerance = 0): number {
  let rows = 0;
  for (const table of ['order_kpis', 'category_kpis'] as const) {
    const theirs = new Map(found[table].map((row) => [rowKey(row), row]));
    if (theirs.size !== expected[table].length) {
      throw new KpisDifferError(
        `${what}: ${table} has ${theirs.size} rows, expected ${expected[table].length}`,
      );
    }
    for (const row of expected[table]) {
      const other = theirs.get(rowKey(row));
      for (const [column, value] of Object.entries(row)) {
        if (!isSame(other?.[column], value, tolerance)) {
          throw new KpisDifferError(
            `${what}: ${table} ${rowKey(row)} has ${column} ${other?.[column]}, expected ${value}`,
          );
        }
      }
      rows += 1;
    }
  }
  return rows;
}

const rowKey = ({ order_date, category }: Kpi): string => [order_date, category].join(' ').trim();

function isSame(found: string | undefined, expected: string, tolerance: number): boolean {
  if (found === undefined) return false;
  if (found === expected) return true;
  // Half a unit in the last place more, as the tolerance has no exact binary representation.
  return Math.abs(Number(found) - Number(expected)) <= tolerance + 1e-9;
}
