import fc from 'fast-check';
import { parseInt64, parseMoney, parseTimestamp, parseValue } from '../../domain/values';

const value = (parsed: ReturnType<typeof parseInt64>) => (parsed.ok ? parsed.value : parsed.reason);

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
    ['9223372036854775807', '9223372036854775807'],
    ['-9223372036854775808', '-9223372036854775808'],
    [`${'0'.repeat(40)}9223372036854775807.0`, '9223372036854775807'],
  ])('reads %j as %s', (text, expected) => expect(parseInt64(text)).toEqual({ ok: true, value: expected }));

  test.each(['', ' ', '\t', '\u00a0'])('reads %j as no value', (text) =>
    expect(parseInt64(text)).toEqual({ ok: true, value: null }),
  );

  test.each(['7.5', '1e3', '7.', '.0', '1,000', '0x1f', '--7', '7 7', 'seven', 'NaN', 'Infinity', '٧', '7;'])(
    'refuses %j, naming it',
    (text) =>
      expect(parseInt64(text)).toMatchObject({
        ok: false,
        reason: `expected a whole number, got ${JSON.stringify(text)}`,
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
  ])('reads %j as %s', (text, expected) => expect(parseMoney(text)).toEqual({ ok: true, value: expected }));

  test.each(['', '  '])('reads %j as no value', (text) =>
    expect(parseMoney(text)).toEqual({ ok: true, value: null }),
  );

  test.each(['$5', '5 EUR', '1,50', '1,000.00', '1e3', '5.', '.', '+', '-', 'free', '1.2.3', '1 000'])(
    'refuses %j',
    (text) =>
      expect(value(parseMoney(text))).toBe(`expected an amount such as 12.50, got ${JSON.stringify(text)}`),
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

describe('parseTimestamp', () => {
  test.each([
    ['2025-03-30T16:14:26', '2025-03-30 16:14:26.000000'],
    ['2025-03-30 16:14', '2025-03-30 16:14:00.000000'],
    ['2025-03-30 16:14:26.5', '2025-03-30 16:14:26.500000'],
    ['2025-03-30 16:14:26,123', '2025-03-30 16:14:26.123000'],
    ['2025-03-30 23:59:59.999999999', '2025-03-30 23:59:59.999999'],
    ['2025-03-30T16:14:26Z', '2025-03-30 16:14:26.000000'],
    ['2025-03-30 16:14:26 UTC', '2025-03-30 16:14:26.000000'],
    ['2025-03-30 16:14:26UTC', '2025-03-30 16:14:26.000000'],
    ['2025-03-30 16:14:26 +0000', '2025-03-30 16:14:26.000000'],
    ['2025-03-30T16:14:26+05:30', '2025-03-30 10:44:26.000000'],
    ['2025-03-30T16:14:26-0800', '2025-03-31 00:14:26.000000'],
    ['2025-03-30T16:14:26+02', '2025-03-30 14:14:26.000000'],
    ['2024-03-01T00:30:00+01:00', '2024-02-29 23:30:00.000000'],
    ['2025-01-01T00:30:00+01:00', '2024-12-31 23:30:00.000000'],
    ['2024-12-31T23:30:00-01:00', '2025-01-01 00:30:00.000000'],
    ['2024-02-29T00:00:00', '2024-02-29 00:00:00.000000'],
    ['2000-02-29T00:00:00', '2000-02-29 00:00:00.000000'],
    [' 2025-03-30T16:14:26 ', '2025-03-30 16:14:26.000000'],
    ['0001-01-01T00:00:00', '0001-01-01 00:00:00.000000'],
    ['9999-12-31T23:59:59.999999', '9999-12-31 23:59:59.999999'],
  ])('reads %j as %s', (text, expected) =>
    expect(parseTimestamp(text)).toEqual({ ok: true, value: expected }),
  );

  test.each([
    ['2025-03-30', 'a time after the date'],
    ['2025-02-29T00:00:00', 'an existing date and time'],
    ['1900-02-29T00:00:00', 'an existing date and time'],
    ['2025-04-31T00:00:00', 'an existing date and time'],
    ['2025-13-01T00:00:00', 'an existing date and time'],
    ['2025-00-01T00:00:00', 'an existing date and time'],
    ['2025-01-00T00:00:00', 'an existing date and time'],
    ['2025-01-01T24:00:00', 'an existing date and time'],
    ['2025-01-01T00:60:00', 'an existing date and time'],
    ['2025-01-01T00:00:60', 'an existing date and time'],
    ['0000-01-01T00:00:00', 'an existing date and time'],
    ['2025-01-01T00:00:00+16:00', 'an existing date and time'],
    ['2025-01-01T00:00:00+01:60', 'an existing date and time'],
    ['0001-01-01T00:00:00+00:01', 'a year from 0001 to 9999 in UTC'],
    ['9999-12-31T23:59:59-00:01', 'a year from 0001 to 9999 in UTC'],
    ['30/03/2025 16:14', 'a date and time such as'],
    ['2025-03-30  16:14:26', 'a date and time such as'],
    ['2025-3-30 16:14:26', 'a date and time such as'],
    ['2025-03-30T16:14:26.', 'a date and time such as'],
    ['2025-03-30T16:14:26.1234567890', 'a date and time such as'],
    ['2025-03-30T16:14:26 CET', 'a date and time such as'],
    ['1743351266', 'a date and time such as'],
    ['yesterday', 'a date and time such as'],
  ])('refuses %j: expected %s', (text, expected) => {
    expect(value(parseTimestamp(text))).toContain(`expected ${expected}`);
  });

  test('agrees with the calendar of the platform for every instant and offset', () => {
    const instants = fc.date({
      min: new Date('0002-01-01T00:00:00Z'),
      max: new Date('9998-12-31T00:00:00Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(instants, fc.integer({ min: -959, max: 959 }), (instant, offset) => {
        const local = new Date(instant.getTime() + offset * 60_000).toISOString().slice(0, -1);
        const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60].map((part) =>
          String(part).padStart(2, '0'),
        );
        const expected = `${instant.toISOString().slice(0, -1).replace('T', ' ')}000`;
        return value(parseTimestamp(`${local}${offset < 0 ? '-' : '+'}${hours}:${minutes}`)) === expected;
      }),
    );
  });
});

test('text keeps its white space, and only the empty cell has no value', () => {
  expect(parseValue('text', '')).toEqual({ ok: true, value: null });
  expect(parseValue('text', ' ')).toEqual({ ok: true, value: ' ' });
  expect(parseValue('text', ' Hats \n')).toEqual({ ok: true, value: ' Hats \n' });
});

test('a reason shows at most 60 characters of the cell, whole ones, control characters escaped', () => {
  const reason = value(parseInt64(`\u001b${'😀'.repeat(1_000_000)}`)) ?? '';
  expect(reason).toBe(`expected a whole number, got "\\u001b${'😀'.repeat(58)}…"`);
});

test('no text makes a rule throw, and canonical text is unchanged', () => {
  const types = fc.constantFrom('int64', 'money', 'timestamp', 'text' as const);
  const texts = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[ +-]?[0-9.,:TZ +-]{0,30}$/));
  fc.assert(
    fc.property(types, texts, (type, text) => {
      const once = parseValue(type, text);
      if (once.ok && once.value !== null) expect(parseValue(type, once.value)).toEqual(once);
    }),
  );
});
