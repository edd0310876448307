import fc from 'fast-check';
import { type ParsedValue, parseValue } from '../../../domain/values';

const value = (parsed: ParsedValue) => (parsed.ok ? parsed.value : parsed.reason);
const parseInt64 = (text: string) => parseValue('int64', text);

describe('parseInt64', () => {
  test.each([
    ['7', '7'],
    ['7.0', '7'],
    ['7.000', '7'],
    ['+7', '7'],
    ['-7', '-7'],
    ['007', '7'],
    [' 7 ', '7'],
    ['-0', '0'],
    ['1,234,567', '1234567'],
    ['1 234', '1234'],
    ["-1'234", '-1234'],
    ['7,0', '7'],
    ['1.234,00', '1234'],
    ['9223372036854775807', '9223372036854775807'],
    ['-9223372036854775808', '-9223372036854775808'],
    [`${'0'.repeat(40)}9223372036854775807.0`, '9223372036854775807'],
  ])('reads %j as %s', (text, expected) =>
    expect(parseInt64(text)).toMatchObject({ ok: true, value: expected }),
  );

  test.each(['', ' ', '\t', '\u00a0', 'NULL', '\\N', 'NaN', 'None'])('reads %j as no value', (text) =>
    expect(parseInt64(text)).toEqual({ ok: true, value: null }),
  );

  test.each(['7.5', '7.', '.0', '0x1f', '--7', '7 7', 'seven', 'n/a', 'Infinity', '٧', '7;'])(
    'refuses %j, naming it',
    (text) =>
      expect(parseInt64(text)).toMatchObject({
        ok: false,
        reason: `expected a whole number, got ${JSON.stringify(text)}`,
      }),
  );

  test.each(['1e3', '1.23457E+12', '1,23457E+12'])('refuses %j, whose digits can be lost', (text) =>
    expect(value(parseInt64(text))).toMatch(/^expected a whole number with all its digits/),
  );

  test.each(['1,000', '-12,345'])('refuses %j, which has two readings', (text) =>
    expect(parseInt64(text)).toMatchObject({
      ok: false,
      expected: 'a whole number with only one reading',
      remedy: `add "notation: { decimal: '.' }" (or ',') to the column value in the contract of rows`,
    }),
  );

  test.each(['9223372036854775808', '-9223372036854775809', '1'.repeat(1_000_000)])(
    'refuses what 64 bits do not hold (%#)',
    (text) => expect(value(parseInt64(text))).toMatch(/^expected a whole number of 64 bits, got "/),
  );

  test('reads every 64-bit integer unchanged', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.nat(3), (number, zeros) => {
        const text = `${number < 0n ? '-' : ''}${'0'.repeat(zeros)}${number < 0n ? -number : number}`;
        return value(parseInt64(text)) === number.toString();
      }),
    );
  });
});
