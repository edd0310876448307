import fc from 'fast-check';
import { type ParsedValue, parseValue } from '../../../domain/values';

const value = (parsed: ParsedValue) => (parsed.ok ? parsed.value : parsed.reason);
const parseTimestamp = (text: string) => parseValue('timestamp', text);

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
