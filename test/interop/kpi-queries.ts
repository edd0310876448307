/**
 * Prints the KPI queries as JSON, filled as the refresh task fills them, for another engine to run:
 * `{"views": {name: query}, "tables": {name: query}, "days": {name: query}}`, each view and table resting on those before it; the
 * tables are the KPI tables and the marts that they read; `days` are those that lead from what changed to the days that can differ, with the columns they compare.
 *
 *   node kpi-queries.cjs TIME_ZONE
 */

import { catalog } from '../../catalog/catalog';
import type { Mart } from '../../domain/mart';
import { fill } from '../../engine/duckdb/sql';
import changedKeysSql from '../../tasks/refresh/changed_keys.sql';
import { dayOf, dayRanges } from '../../tasks/refresh/days';
import { inputQuery } from '../../tasks/refresh/input-views';
import { completeRows, queryOf } from '../../tasks/refresh/mart-rows';
import { kpiCatalog } from '../builders/kpi-catalog';

const [timeZone = 'UTC'] = process.argv.slice(2);

/** The views that these tables are computed from. */
const inputs = catalog.inputs.filter(({ view }) =>
  kpiCatalog.marts.some(({ name }) => kpiCatalog.inputsOf(name).some((read) => read.view === view)),
);
const [products] = inputs;
if (products?.kind !== 'products') throw new RangeError('the first input is not products');
const changed = {
  before: inputQuery(products, 'products_before', timeZone),
  after: inputQuery(products, 'products_after', timeZone),
};
const orders = ['changed_orders', 'touched_orders'].map((relation) => `select created_at from ${relation}`);

/** The names in SQL of this project in Spark's quotes. */
const inSpark = (sql: string): string => sql.replaceAll('"', '`');

/** The query of a mart as it is, with its rates and types. */
const martQuery = (mart: Mart): string =>
  inSpark(completeRows(mart, '$[query]', (type) => type)).replace(
    '$[query]',
    () => `(${queryOf(mart, timeZone)})`,
  );

const queries = {
  views: Object.fromEntries(inputs.map((input) => [input.view, inputQuery(input, input.kind, timeZone)])),
  tables: Object.fromEntries(kpiCatalog.marts.map((mart) => [mart.name, martQuery(mart)])),
  days: {
    columns: Object.fromEntries(inputs.map(({ kind, columns }) => [kind, columns])),
    recategorized_products: fill(changedKeysSql, { ...changed, key: 'product_id' }),
    affected_days: `select distinct ${dayOf('created_at', timeZone)} as order_date from (${orders.join(' union all ')})`,
    day_ranges: inSpark(dayRanges('affected_days', 'order_date', timeZone)),
  },
};
process.stdout.write(JSON.stringify(queries));
