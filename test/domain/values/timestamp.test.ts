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
    ['2025-03-30t16:14:26z', '2025-03-30 16:14:26.000000'],
    ['2025-03-30T16:14:26 GMT', '2025-03-30 16:14:26.000000'],
    ['2025-03-30T16:14Z', '2025-03-30 16:14:00.000000'],
    ['2025-03-30T16Z', '2025-03-30 16:00:00.000000'],
    ['2025-03-30 9:05', '2025-03-30 09:05:00.000000'],
    ['2025-03-30T16:14:26\u221208:00', '2025-03-31 00:14:26.000000'],
    ['20250330T161426Z', '2025-03-30 16:14:26.000000'],
    ['20250330T1614', '2025-03-30 16:14:00.000000'],
    ['20250330T161426.5+0530', '2025-03-30 10:44:26.500000'],
    ['2025-W13-7T16:14:26Z', '2025-03-30 16:14:26.000000'],
    ['2025W137T161426Z', '2025-03-30 16:14:26.000000'],
    ['2020-W53-5', '2021-01-01 00:00:00.000000'],
    ['2025-W01-1', '2024-12-30 00:00:00.000000'],
    ['2025-089T16:14:26Z', '2025-03-30 16:14:26.000000'],
    ['2024-366', '2024-12-31 00:00:00.000000'],
    ['2025-03-30', '2025-03-30 00:00:00.000000'],
    ['20250330', '2025-03-30 00:00:00.000000'],
    ['2025-05-05 12:05:00 AM', '2025-05-05 00:05:00.000000'],
    ['2025-05-05 12:05 PM', '2025-05-05 12:05:00.000000'],
    ['2025-05-05 11:59:59 pm', '2025-05-05 23:59:59.000000'],
    ['2025-05-05 1:05\u202fp.m.', '2025-05-05 13:05:00.000000'],
    ['May 5, 2025, 5 PM', '2025-05-05 17:00:00.000000'],
    ['13 Aug 2025 14:21', '2025-08-13 14:21:00.000000'],
    ['13-AUG-2025', '2025-08-13 00:00:00.000000'],
    ['13Aug2025', '2025-08-13 00:00:00.000000'],
    ['August 13, 2025', '2025-08-13 00:00:00.000000'],
    ['August 13th, 2025 at 2:21 PM', '2025-08-13 14:21:00.000000'],
    ['Sept. 3 2025', '2025-09-03 00:00:00.000000'],
    ['2025-Aug-13 14:21', '2025-08-13 14:21:00.000000'],
    ['Mon, 23 Sep 2024 14:21:24 +0000', '2024-09-23 14:21:24.000000'],
    ['Mon, 23 Sep 2024 14:21:24 -0500 (EST)', '2024-09-23 19:21:24.000000'],
    ['Mon Sep 23 2024 14:21:24 GMT+0200 (Central European Summer Time)', '2024-09-23 12:21:24.000000'],
    ['Monday, September 23, 2024', '2024-09-23 00:00:00.000000'],
    ['Thu May  8 10:11:12 2025', '2025-05-08 10:11:12.000000'],
    ['Thu May  8 10:11:12 UTC 2025', '2025-05-08 10:11:12.000000'],
    ['13/Aug/2025:14:21:24 +0200', '2025-08-13 12:21:24.000000'],
    ['0001-01-01T00:00:00', '0001-01-01 00:00:00.000000'],
    ['9999-12-31T23:59:59.999999', '9999-12-31 23:59:59.999999'],
  ])('reads %j as %s', (text, expected) =>
    expect(parseTimestamp(text)).toEqual({ ok: true, value: expected }),
  );

  test.each([
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
    ['30/03/2025 16:14', 'a date with only one reading'],
    ['9/10/2025', 'a date with only one reading'],
    ['08.09.2025 11:00', 'a date with only one reading'],
    ['2025/03/30', 'a date with only one reading'],
    ['01/12/25', 'a date with only one reading'],
    ['13-Aug-25', 'a date with only one reading'],
    ['Aug 13, 25', 'a year of four digits'],
    ['30/30/2025', 'an existing date and time'],
    ['Tue, 23 Sep 2024 14:21:24 +0000', 'an existing date and time'],
    ['2025-W53-1', 'an existing date and time'],
    ['2025-366', 'an existing date and time'],
    ['2025-05-05 0:05 AM', 'an existing date and time'],
    ['2025-05-05 13:05 PM', 'an existing date and time'],
    ['2025-03', 'a date and time such as'],
    ['2025-W13', 'a date and time such as'],
    ['2025-03-30 5', 'a date and time such as'],
    ['2025-03-30 161426', 'a date and time such as'],
    ['20250330161426', 'a date and time, not a number'],
    ['18990330', 'a date and time, not a number'],
    ['45785.5', 'a date and time, not a number'],
    ['1.74703860025E+12', 'a time with all its digits'],
    ['Aug 13 14:21', 'a date and time such as'],
    ['16:14:26', 'a date and time such as'],
    ['2025-03-30  16:14:26', 'a date and time such as'],
    ['2025-3-30 16:14:26', 'a date with only one reading'],
    ['2025-03-30T16:14:26.', 'a date and time such as'],
    ['2025-03-30T16:14:26.1234567890', 'a date and time such as'],
    ['2025-03-30T16:14:26 CET', 'an offset such as +01:00 instead of an abbreviation'],
    ['1743351266', 'a date and time, not a number'],
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
