import { catalog } from '../../../catalog/catalog';
import { conditionOf, parseFilter } from '../../../operations/marts/row-filter';
import { martSource } from '../../../operations/marts/row-source';

const SALES = martSource(catalog, catalog.mart('product_sales'));
const VALUE = martSource(catalog, catalog.mart('customer_value'));
const STOCK = martSource(catalog, catalog.mart('inventory_status'));

test.each([
  [SALES, 'revenue>=10', 'revenue', '>=', '10'],
  [SALES, 'cost is null', 'cost', 'is null', ''],
  [STOCK, 'abc_class=A>=B', 'abc_class', '=', 'A>=B'],
  [STOCK, "abc_class~'; drop table x\n--", 'abc_class', '~', "'; drop table x\n--"],
  [STOCK, 'counted_at<=2025-03-01T12:00:00+02:00', 'counted_at', '<=', '2025-03-01T10:00:00Z'],
  [VALUE, 'is_top_decile=true', 'is_top_decile', '=', 'true'],
])('%#: reads %s', (source, text, column, sign, value) => {
  expect(parseFilter(source, text)).toEqual({
    column: source.columns.find(({ name }) => name === column),
    test: sign,
    value,
  });
});

test.each([
  [SALES, 'revenue', '"revenue" is no condition: expected COLUMN=VALUE'],
  [SALES, 'reven"ue=1', 'is no condition'],
  [SALES, 'price=1', 'product_sales has no column "price"; its columns are product_id'],
  [
    SALES,
    'revenue~1',
    'product_sales.revenue is money, which has no test "~": expected one of =, >=, <=, is null',
  ],
  [STOCK, 'abc_class>=A', 'abc_class is text, which has no test ">="'],
  [VALUE, 'is_top_decile>=true', 'has no test ">="'],
  [SALES, 'units>=1.5', 'product_sales.units is count: expected a whole number, got "1.5"'],
])('%#: %s is refused with what is expected: %s', (source, text, message) => {
  expect(() => parseFilter(source, text)).toThrow(message);
});

test('values are bound, and columns are quoted', () => {
  const filters = [parseFilter(SALES, 'revenue>=10'), parseFilter(SALES, 'cost is null')];
  expect(conditionOf(SALES, { filters, from: '2025-03-01' })).toEqual({
    sql: 'r."revenue" >= cast($v0 as decimal(38,2)) and r."cost" is null and r."order_date" between cast($low as date) and cast($high as date)',
    bound: { v0: '10', low: '2025-03-01', high: '9999-12-31' },
  });
  expect(conditionOf(SALES, { filters: [] })).toEqual({ sql: 'true', bound: {} });
});

test('days are refused for rows without a day, and in the wrong order', () => {
  expect(() => conditionOf(VALUE, { filters: [], from: '2025-03-01' })).toThrow(
    'customer_value has no day in its key',
  );
  expect(() => conditionOf(SALES, { filters: [], from: '2025-03-02', to: '2025-03-01' })).toThrow(
    'the first day 2025-03-02 is after the last day 2025-03-01',
  );
});
