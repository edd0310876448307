import { fill } from '../../engine/duckdb/sql';
import type { ReadyRows } from '../marts/row-page';
import cohortsSql from './cohorts.sql';
import type { Cohort, CohortCell } from './views';

interface Row extends Record<string, unknown> {
  readonly month: string;
  readonly months_since: number;
  readonly customers: string;
  readonly active_customers: string;
  readonly retention_rate: string;
  readonly revenue: string;
  readonly last_month: string;
}

const NOBODY: CohortCell = { active_customers: 0, retention_rate: '0.00', revenue: '0.00' };

/**
 * The newest cohorts, newest first. A month without an order of the cohort has no row in the mart, and is 0 here.
 * @param rows of the mart cohort_kpis, with its view
 */
export async function newestCohorts({ db, relation }: ReadyRows, count: number): Promise<Cohort[]> {
  const rows = await db.rows<Row>(fill(cohortsSql, { cohorts: relation }), { count });
  const months = [...new Set(rows.map(({ month }) => month))];
  return months.map((month) => {
    const cells = rows.filter((row) => row.month === month);
    const length = monthsBetween(month, cells[0]?.last_month ?? month) + 1;
    return {
      month,
      customers: Number(cells[0]?.customers),
      months: Array.from({ length }, (_, at) => {
        const cell = cells.find(({ months_since }) => months_since === at);
        if (!cell) return NOBODY;
        const { retention_rate, revenue } = cell;
        return { active_customers: Number(cell.active_customers), retention_rate, revenue };
      }),
    };
  });
}

/** @param from and to of days, YYYY-MM-DD */
function monthsBetween(from: string, to: string): number {
  const monthOf = (day: string) => Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7));
  return monthOf(to) - monthOf(from);
}
