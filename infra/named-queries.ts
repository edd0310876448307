import type { Catalog } from '../catalog/catalog';
import { viewName } from './athena-view';
import bestCustomers from './queries/best_customers.sql';
import dailyRevenue from './queries/daily_revenue.sql';
import monthlyRevenue from './queries/monthly_revenue.sql';
import orderStatuses from './queries/order_statuses.sql';
import profitableProducts from './queries/profitable_products.sql';
import returnedProducts from './queries/returned_products.sql';
import returningCustomers from './queries/returning_customers.sql';
import runningOut from './queries/running_out.sql';
import topCategories from './queries/top_categories.sql';

/** A question of the README with its query, one text for Athena, DuckDB and Spark. */
export interface NamedQuery {
  readonly name: string;
  readonly question: string;
  readonly sql: string;
  /** The tables and views that it reads. */
  readonly inputs: readonly string[];
}

export const NAMED_QUERIES: readonly NamedQuery[] = Object.entries({
  daily_revenue: dailyRevenue,
  monthly_revenue: monthlyRevenue,
  top_categories: topCategories,
  profitable_products: profitableProducts,
  returned_products: returnedProducts,
  best_customers: bestCustomers,
  returning_customers: returningCustomers,
  running_out: runningOut,
  order_statuses: orderStatuses,
}).map(([name, sql]) => ({ name, sql, ...readHeader(name, sql) }));

/** Those that read only tables and views of the catalog. */
export function namedQueriesOf({ tables, marts }: Pick<Catalog, 'tables' | 'marts'>): NamedQuery[] {
  const known = new Set([
    ...tables.map(({ name }) => name),
    ...marts.filter(({ view }) => view).map(({ name }) => viewName(name)),
  ]);
  return NAMED_QUERIES.filter(({ inputs }) => inputs.every((input) => known.has(input)));
}

/** @throws where the first line is no question, or the second names no inputs */
function readHeader(name: string, sql: string): Pick<NamedQuery, 'question' | 'inputs'> {
  const [, question, inputs] = /^-- (.+\?)\n-- inputs: ([\w, ]+)/.exec(sql) ?? [];
  if (question === undefined || inputs === undefined) {
    throw new Error(`${name}.sql: expected "-- QUESTION?" and "-- inputs: NAMES" as its first lines`);
  }
  return { question, inputs: inputs.split(', ') };
}
