import fc from 'fast-check';
import { type ParsedValue, parseValue } from '../../../domain/values';

const value = (parsed: ParsedValue) => (parsed.ok ? parsed.value : parsed.reason);
const parseMoney = (text: string) => parseValue('money', text);

describe('parseMoney', () => {
  test.each([
    ['12.5', '12.5000'],
    ['0', '0.0000'],
    ['.5', '0.5000'],
    ['+1.00005', '1.0001'],
    ['1.00004999999', '1.0000'],
    ['-1.00005', '-1.0001'],
    ['-0.00004', '0.0000'],
    [' 007.10 ', '7.1000'],
    ['9.99999', '10.0000'],
    ['99999999999999.99994', '99999999999999.9999'],
    ['12,50', '12.5000'],
    [',5', '0.5000'],
    ['3,9', '3.9000'],
    ['1,2345', '1.2345'],
    ['1234,567', '1234.5670'],
    ['1,234.50', '1234.5000'],
    ['1.234,50', '1234.5000'],
    ['1.234,567', '1234.5670'],
    ["1'234.50", '1234.5000'],
    ['1\u2019234', '1234.0000'],
    ['1 234,50', '1234.5000'],
    ['1\u00a0234,50', '1234.5000'],
    ['1\u202f234\u202f567', '1234567.0000'],
    ['1,234,567', '1234567.0000'],
    ['1.234.567', '1234567.0000'],
    ['1,23,456.00', '123456.0000'],
    ['12,34,567', '1234567.0000'],
    ['(12.50)', '-12.5000'],
    ['12.50-', '-12.5000'],
    ['\u22123.00', '-3.0000'],
    ['- 3.00', '-3.0000'],
    ['$12.00', '12.0000'],
    ['$ 7.50', '7.5000'],
    ['$.50', '0.5000'],
    ['-$3.00', '-3.0000'],
    ['$-3.00', '-3.0000'],
    ['($4.00)', '-4.0000'],
    ['$(4.00)', '-4.0000'],
    ['12,50 \u20ac', '12.5000'],
    ['12,50- \u20ac', '-12.5000'],
    ['EUR 12.50', '12.5000'],
    ['12.50 eur', '12.5000'],
    ['Rs. 500', '500.0000'],
    ['1.234,00 z\u0142', '1234.0000'],
    ['100 kr.', '100.0000'],
  ])('reads %j as %s', (text, expected) =>
    expect(parseMoney(text)).toMatchObject({ ok: true, value: expected }),
  );

  test.each(['', '  ', 'NULL', 'null', '\\N', 'NaN', 'nan', 'NaT', 'None', ' none '])(
    'reads %j as no value',
    (text) => expect(parseMoney(text)).toEqual({ ok: true, value: null }),
  );

  test.each([
    '5.',
    '.',
    '+',
    '-',
    'free',
    '1.2.3',
    '1 00',
    '1,2,3',
    '1,234,56',
    '1,23,456,789',
    '1.23.456',
    '12,345.678,90',
    "1'234'56",
    'Rs.500',
    '$5$',
    '$5 USD',
    'XYZ 5',
    '--5',
    '-(5)',
    '(-5)',
    '(5',
    '5)',
    '+5-',
    '5%',
    '12.-',
    '5 6',
    '1,',
    '\u0661',
  ])('refuses %j', (text) =>
    expect(value(parseMoney(text))).toBe(`expected an amount such as 12.50, got ${JSON.stringify(text)}`),
  );

  test.each(['1e3', '1.5E+10', '2e-05'])('refuses the exponent of %j', (text) =>
    expect(value(parseMoney(text))).toMatch(/^expected an amount without an exponent/),
  );

  test.each(['1,234', '0,123', '-1,000', '$1,234', '$1.234', '1.234 EUR', '(1.234)', '1.234-'])(
    'refuses %j, which has two readings, and names the line to add',
    (text) =>
      expect(parseMoney(text)).toMatchObject({
        ok: false,
        expected: 'an amount with only one reading',
        remedy: `add "notation: { decimal: '.' }" (or ',') to the column value in the contract of rows`,
      }),
  );

  test.each(['100000000000000', '99999999999999.99995', '-99999999999999.99995'])(
    'refuses %j, which decimal(18,4) does not hold',
    (text) => expect(value(parseMoney(text))).toMatch(/at most 14 digits before the point/),
  );

  test('rounds half away from zero, like integer arithmetic', () => {
    const digits = (max: number) => fc.stringMatching(new RegExp(`^[0-9]{1,${max}}$`));
    fc.assert(
      fc.property(fc.boolean(), digits(13), digits(12), (negative, integer, fraction) => {
        // In units of 10^-12; half of a unit of 10^-4 is added before cutting.
        const exact = BigInt(integer) * 10n ** 12n + BigInt(fraction.padEnd(12, '0'));
        const units = (exact + 10n ** 8n / 2n) / 10n ** 8n;
        const parsed = parseMoney(`${negative ? '-' : ''}${integer}.${fraction}`);
        const text = parsed.ok ? (parsed.value ?? '') : '';
        expect(text).toMatch(/^-?(0|[1-9][0-9]*)\.[0-9]{4}$/);
        expect(text.startsWith('-')).toBe(negative && units !== 0n);
        expect(BigInt(text.replace(/[-.]/g, ''))).toBe(units);
      }),
    );
  });
});
