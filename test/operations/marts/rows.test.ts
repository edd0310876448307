import { catalog } from '../../../catalog/catalog';
import { byKey, FirstRows, withDecimals } from '../../../operations/marts/rows';

test.each([
  ['12.5', 'money', '12.50'],
  ['1.2E1', 'money', '12.00'],
  ['-0.5', 'percent', '-0.50'],
  ['12345678901234567890.1', 'money', '12345678901234567890.10'],
  ['3', 'decimal(18,4)', '3.0000'],
  ['12', 'count', '12'],
  ['1.5', 'text', '1.5'],
] as const)('%s of type %s is shown as %s', (value, type, shown) => {
  expect(withDecimals(value, type)).toBe(shown);
});

const row = (product_id: string, order_date: string) => ({ product_id, order_date });

test('rows are in the order of their key, numbers by value', () => {
  const rows = [
    row('10', '2025-01-01'),
    row('9', '2025-01-02'),
    row('-1', '2025-01-01'),
    row('9', '2025-01-01'),
  ];
  expect(rows.toSorted(byKey(catalog.mart('product_sales')))).toEqual([
    row('-1', '2025-01-01'),
    row('9', '2025-01-01'),
    row('9', '2025-01-02'),
    row('10', '2025-01-01'),
  ]);
});

test('keeps the first rows of many, and counts the others', () => {
  const first = new FirstRows(byKey(catalog.mart('product_sales')), 3);
  for (let id = 5_000; id > 0; id--) first.add(row(String(id), '2025-01-01'));
  expect(first.get()).toEqual({
    rows: ['1', '2', '3'].map((id) => row(id, '2025-01-01')),
    left_out: 4_997,
  });
});
