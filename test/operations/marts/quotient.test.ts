import { quotient } from '../../../operations/marts/quotient';

test.each([
  ['10.00', '4', 'number', '2.50'],
  ['1', '3', 'percent', '33.33'],
  ['2', '3', 'percent', '66.67'],
  ['0.005', '1', 'number', '0.01'],
  ['-0.005', '1', 'number', '-0.01'],
  ['12345678901234567890.1234', '1', 'number', '12345678901234567890.12'],
  ['1', '0.00', 'number', null],
  [null, '1', 'number', null],
  ['1', null, 'percent', null],
] as const)('%s / %s as a %s is %s', (a, b, as, expected) => {
  expect(quotient(a, b, as)).toBe(expected);
});
