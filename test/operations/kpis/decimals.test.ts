import { decimal, divide, growth, hundredths, percentage } from '../../../operations/kpis/decimals';

test.each([
  ['12.5', '12.50'],
  ['0.01', '0.01'],
  ['7', '7.00'],
  ['1.2E+3', '1200.00'],
  ['-0.05', '-0.05'],
  ['12345678901234567890123456789012345.67', '12345678901234567890123456789012345.67'],
  ['none', '0.00'],
])('%s keeps its digits', (text, expected) => {
  expect(decimal(hundredths(text))).toBe(expected);
});

test('a quotient is rounded half up, away from zero', () => {
  expect([divide(5n, 2n), divide(-5n, 2n), divide(4n, 3n), divide(-4n, 3n)]).toEqual([3n, -3n, 1n, -1n]);
  expect(percentage(1n, 3n)).toBe('33.33');
  expect(percentage(1n, 0n)).toBeNull();
  expect(growth(50n, 200n)).toBe('-75.00');
  expect(growth(50n, 0n)).toBeNull();
});
