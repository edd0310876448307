import { catalog } from '../../../catalog/catalog';
import { findMart, parseCondition, requireDays } from '../../../operations/marts/choice';

const SALES = catalog.mart('product_sales');
const VALUE = catalog.mart('customer_value');
const STOCK = catalog.mart('inventory_status');

test('an unknown mart is told with the one that was probably meant, and all marts', () => {
  expect(() => findMart(catalog.marts, 'product_sale')).toThrow(
    /^there is no mart "product_sale"; did you mean product_sales\?; the marts are .*order_kpis/,
  );
  expect(() => findMart(catalog.marts, 'zzz')).toThrow(/^there is no mart "zzz"; the marts are /);
});

test('an unknown column is told with the one that was probably meant, and all columns, those of the view too', () => {
  expect(() => parseCondition(VALUE, 'is_top_decil=true')).toThrow(
    /^customer_value has no column "is_top_decil"; did you mean is_top_decile\?; its columns are user_id.*age_days$/,
  );
});

test.each([
  [SALES, 'product_id=7a', 'product_sales.product_id is int64: expected a whole number, got "7a"'],
  [SALES, 'product_id=9223372036854775808', 'expected a whole number'],
  [SALES, 'units=1.5', 'product_sales.units is count: expected a whole number, got "1.5"'],
  [SALES, 'order_date=01.03.2025', 'expected a day as YYYY-MM-DD, got "01.03.2025"'],
  [SALES, 'revenue=12.505', 'expected a number with at most 2 decimal places, got "12.505"'],
  [SALES, 'revenue=twelve', 'expected a number with at most 2 decimal places'],
  [VALUE, 'is_top_decile=yes', 'customer_value.is_top_decile is boolean: expected true or false, got "yes"'],
  [STOCK, 'counted_at=2025-03-01', 'expected an instant as 2025-03-01T10:00:00Z, got "2025-03-01"'],
  [SALES, 'product_id', '--where "product_id": expected COLUMN=VALUE, such as product_id=...'],
  [SALES, '=7', '--where "=7": expected COLUMN=VALUE'],
])('%#: a value of the wrong type says what is expected: %s', (mart, text, message) => {
  expect(() => parseCondition(mart, text)).toThrow(message);
});

test.each([
  [SALES, 'product_id=-7', 'product_id', '-7'],
  [SALES, 'revenue=12.5', 'revenue', '12.5'],
  [STOCK, 'abc_class=A=B', 'abc_class', 'A=B'],
  [STOCK, 'abc_class=', 'abc_class', ''],
  [STOCK, 'counted_at=2025-03-01T12:00:00.50+02:00', 'counted_at', '2025-03-01T10:00:00.5Z'],
])('%#: %s is a condition', (mart, text, name, value) => {
  expect(parseCondition(mart, text)).toMatchObject({ column: { name }, value });
});

test('days apply only to a mart with a day in its key, in order, and not beside a single day', () => {
  const where = [parseCondition(SALES, 'order_date=2025-03-01')];
  expect(() => requireDays(VALUE, { where: [], from: '2025-03-01' })).toThrow(
    'customer_value has no day in its key (user_id): --from and --to do not apply to it',
  );
  expect(() => requireDays(SALES, { where: [], from: '2025-03-02', to: '2025-03-01' })).toThrow(
    '--from 2025-03-02 is after --to 2025-03-01',
  );
  expect(() => requireDays(SALES, { where, to: '2025-03-05' })).toThrow(
    '--where order_date=2025-03-01 is a single day: omit --from and --to',
  );
  expect(() => requireDays(SALES, { where })).not.toThrow();
  expect(() => requireDays(VALUE, { where: [] })).not.toThrow();
});
