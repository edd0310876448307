import { catalog } from '../../catalog/catalog';
import { athenaSql } from '../../infra/athena-sql';
import { athenaViewSql, encodedView, viewColumns } from '../../infra/athena-view';

test('functions of Spark become those of Athena, nested and in lower or upper case', () => {
  expect(athenaSql('select div(a + f(b, c), 2), DATEDIFF(until, since) from t')).toBe(
    "select ((a + f(b, c)) / (2)), date_diff('day', since, until) from t",
  );
  expect(athenaSql('div(div(x, 2), 3) + 1')).toBe('((((x) / (2))) / (3)) + 1');
  expect(athenaSql("cast(from_utc_timestamp(created_at, 'Asia/Tokyo') as date)")).toBe(
    "cast(cast(at_timezone(created_at, 'Asia/Tokyo') as timestamp) as date)",
  );
});

test('commas and parentheses in texts separate nothing, and similar names stay', () => {
  expect(athenaSql("datediff(parse('a,)'), b)")).toBe("date_diff('day', b, parse('a,)'))");
  expect(athenaSql('select individual(a, b), div from t')).toBe('select individual(a, b), div from t');
});

test('a call that is not closed is an error', () => {
  expect(() => athenaSql('select div(a, (b)')).toThrow(
    new RangeError('SQL for Athena: expected ) after a, (b)'),
  );
  expect(() => athenaSql("select div(a, 'b)")).toThrow(RangeError);
});

test('the views of marts are left with functions that Athena has', () => {
  const views = catalog.marts.flatMap((mart) =>
    mart.view ? [athenaViewSql({ ...mart, view: mart.view })] : [],
  );
  expect(views.length).toBeGreaterThan(0);
  for (const sql of views) expect(sql).not.toMatch(/\b(div|datediff|from_utc_timestamp)\(/i);
});

test('Athena finds a view’s query and columns in its text, instants without a zone', () => {
  const mart = catalog.mart('inventory_status');
  if (!mart.view) throw new Error('inventory_status has no view');
  const columns = viewColumns({ ...mart, view: mart.view });
  const text = encodedView('select 1', 'dev_daybook', columns);
  const [, base64 = ''] = /^\/\* Presto View: (\S+) \*\/$/.exec(text) ?? [];
  expect(JSON.parse(Buffer.from(base64, 'base64').toString())).toEqual({
    originalSql: 'select 1',
    catalog: 'awsdatacatalog',
    schema: 'dev_daybook',
    columns: [
      { name: 'product_id', type: 'bigint' },
      { name: 'on_hand', type: 'bigint' },
      { name: 'counted_at', type: 'timestamp(3)' },
      { name: 'units_per_day', type: 'decimal(18,2)' },
      { name: 'days_of_cover', type: 'decimal(18,2)' },
      { name: 'is_stock_out', type: 'boolean' },
      { name: 'is_overstock', type: 'boolean' },
      { name: 'abc_class', type: 'varchar' },
    ],
  });
});
