import { type Catalog, createCatalog } from '../../../catalog/catalog';
import { definitions } from '../../../catalog/definitions';
import { INCLUDED_MARTS } from '../../../catalog/included-marts';
import type { Mart } from '../../../domain/mart';
import { requireMartSql } from '../../../tasks/refresh/check-marts';

const catalog = createCatalog(definitions);
const faultsOf = (name: string, change: (mart: Mart) => Partial<Mart>): Promise<string> => {
  const changed: Catalog = {
    ...catalog,
    marts: catalog.marts.map((mart) => (mart.name === name ? { ...mart, ...change(mart) } : mart)),
  };
  return requireMartSql(changed, INCLUDED_MARTS.folders).then(
    () => 'none',
    (error: Error) => error.message,
  );
};

test('the SQL of every included mart gives its declared columns and types', async () => {
  await expect(requireMartSql(catalog, INCLUDED_MARTS.folders)).resolves.toBeUndefined();
}, 60_000);

test.each<[string, string, (mart: Mart) => Partial<Mart>, string]>([
  [
    'a column that the query does not give',
    'order_days',
    ({ sql }) => ({ sql: sql.replace('as units,', 'as pieces,') }),
    'marts/order_days/mart.yaml:9: columns.units: order_days.sql does not give it: add it to the query',
  ],
  [
    'a column that is not declared',
    'order_days',
    ({ sql }) => ({ sql: sql.replace('count(*) as orders,', 'count(*) as orders, 1 as one,') }),
    'columns.one: order_days.sql gives it, but it is not declared: add it to the columns, or remove it from the query',
  ],
  [
    'a text where a number is declared',
    'inventory_status',
    ({ sql }) => ({ sql: sql.replace('on_hand,', "'many' as on_hand,") }),
    'columns.on_hand: it is declared as count, but inventory_status.sql gives VARCHAR: cast it',
  ],
  [
    'SQL that does not parse',
    'order_kpis',
    ({ sql }) => ({ sql: sql.replace('group by', 'gruop by') }),
    'marts/order_kpis/order_kpis.sql:31: Parser Error: syntax error',
  ],
  [
    'two statements',
    'order_kpis',
    ({ sql }) => ({ sql: `${sql}; select 1` }),
    'expected one statement, got 2',
  ],
  [
    'a placeholder that nothing fills',
    'order_kpis',
    ({ sql }) => ({ sql: `${sql} limit $[limit]` }),
    'nothing fills $[limit]: only $[time_zone] can stand there',
  ],
  [
    'a view that does not give a stored column',
    'cohort_kpis',
    ({ view }) => (view ? { view: { ...view, sql: view.sql.replace('  cohort_kpis.revenue,\n', '') } } : {}),
    'view.columns.revenue: cohort_kpis.view.sql does not give it: add it to the query',
  ],
  [
    'touched.sql without the column',
    'inventory_status',
    () => ({ touched: 'select on_hand from inventory_changed' }),
    'marts/inventory_status/touched.sql:1: it does not give product_id, which the mart is refreshed by: add it to the query',
  ],
])(
  'the error has the file, the line and the remedy for %s',
  async (_, name, change, expected) => {
    expect(await faultsOf(name, (mart) => change(mart))).toContain(expected);
  },
  60_000,
);
