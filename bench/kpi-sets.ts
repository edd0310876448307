import type { Kpi } from '../operations/kpis/kpis';
import { sum } from './statistics';

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
  const tables = ['order_kpis', 'category_kpis'] as const;
  return sum(tables, (table) =>
    compareRows(`${what}: ${table}`, found[table], expected[table], ['order_date', 'category'], tolerance),
  );
}

/**
 * Compares the values of all columns of the expected rows.
 * @param key the columns that identify a row; one that a table does not have is ignored
 * @returns the number of rows compared
 * @throws KpisDifferError with the first difference
 */
export function compareRows(
  what: string,
  found: readonly Kpi[],
  expected: readonly Kpi[],
  key: readonly string[],
  tolerance = 0,
): number {
  const rowKey = (row: Kpi) =>
    key
      .map((column) => row[column])
      .join(' ')
      .trim();
  const theirs = new Map(found.map((row) => [rowKey(row), row]));
  if (theirs.size !== expected.length) {
    throw new KpisDifferError(`${what} has ${theirs.size} rows, expected ${expected.length}`);
  }
  for (const row of expected) {
    const other = theirs.get(rowKey(row));
    for (const [column, value] of Object.entries(row)) {
      if (!isSame(other?.[column], value, tolerance)) {
        throw new KpisDifferError(
          `${what} ${rowKey(row)} has ${column} ${other?.[column]}, expected ${value}`,
        );
      }
    }
  }
  return expected.length;
}

function isSame(found: string | undefined, expected: string, tolerance: number): boolean {
  if (found === undefined) return false;
  if (found === expected) return true;
  // Half a unit in the last place more, as the tolerance has no exact binary representation.
  return Math.abs(Number(found) - Number(expected)) <= tolerance + 1e-9;
}
