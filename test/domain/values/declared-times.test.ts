import type { ColumnType, Notation } from '../../../domain/contract';
import { columnParser } from '../../../domain/values';

function parse(text: string, notation: Notation = {}, timeZone = 'UTC', type: ColumnType = 'timestamp') {
  const column = { name: 'created_at', type, required: true, notation };
  return columnParser(column, { kind: 'orders', key: ['order_id'] }, { timeZone })(text);
}

const read = (...args: Parameters<typeof parse>) => {
  const parsed = parse(...args);
  return parsed.ok ? parsed.value?.replace('.000000', '') : `expected ${parsed.expected}`;
};

test.each<[Notation, string, string]>([
  [{ dateOrder: 'mdy' }, '9/10/2025 14:22', '2025-09-10 14:22:00'],
  [{ dateOrder: 'dmy' }, '9/10/2025 14:22', '2025-10-09 14:22:00'],
  [{ dateOrder: 'dmy' }, '08.09.2025 11:00', '2025-09-08 11:00:00'],
  [{ dateOrder: 'dmy' }, '13-08-2025', '2025-08-13 00:00:00'],
  [{ dateOrder: 'dmy' }, '2025-08-13', '2025-08-13 00:00:00'],
  [{ dateOrder: 'ymd' }, '2025/8/13', '2025-08-13 00:00:00'],
  [{ dateOrder: 'dmy' }, '5/5/2025, 1:05:00\u202fAM', '2025-05-05 01:05:00'],
  [{ dateOrder: 'mdy' }, '13/08/2025', 'expected an existing date, month first'],
  [{ dateOrder: 'dmy' }, '2025/08/13', 'expected an existing date and time'],
  [
    { dateOrder: 'dmy' },
    '13/08-2025',
    'expected a date and time such as 2025-03-30T16:14:26, in UTC or with an offset',
  ],
  [{ dateOrder: 'mdy' }, '01/12/25', 'expected a year of four digits'],
  [{ dateOrder: 'mdy', twoDigitYears: 1970 }, '01/12/25', '2025-01-12 00:00:00'],
  [{ dateOrder: 'mdy', twoDigitYears: 1970 }, '01/12/70', '1970-01-12 00:00:00'],
  [{ dateOrder: 'mdy', twoDigitYears: 1970 }, '01/12/69', '2069-01-12 00:00:00'],
  [{ dateOrder: 'ymd', twoDigitYears: 2000 }, '25/01/12', '2025-01-12 00:00:00'],
  [{ dateOrder: 'dmy', twoDigitYears: 2000 }, '13-Aug-25', '2025-08-13 00:00:00'],
  [{ dateOrder: 'ymd', twoDigitYears: 2000 }, '13-Aug-25', '2013-08-25 00:00:00'],
  [{ twoDigitYears: 2000 }, 'Aug 13, 25', '2025-08-13 00:00:00'],
  [
    { twoDigitYears: 2000 },
    'Aug 13 14:21:05',
    'expected a date and time such as 2025-03-30T16:14:26, in UTC or with an offset',
  ],
  [{ abbreviations: { CET: '+01:00' } }, '2025-05-08 10:00 CET', '2025-05-08 09:00:00'],
  [{ abbreviations: { PST: '-08:00' } }, '2025-05-08 10:00 pst', '2025-05-08 18:00:00'],
  [{ epoch: 'seconds' }, '1746957600', '2025-05-11 10:00:00'],
  [{ epoch: 'seconds' }, '1746957600.1234567', '2025-05-11 10:00:00.123456'],
  [{ epoch: 'seconds' }, '-1.5', '1969-12-31 23:59:58.500000'],
  [{ epoch: 'seconds' }, '1747038600250', 'expected a year from 0001 to 9999 in UTC'],
  [{ epoch: 'seconds' }, '20250508', '1970-08-23 09:08:28'],
  [{ epoch: 'milliseconds' }, '1747038600250', '2025-05-12 08:30:00.250000'],
  [{ epoch: 'microseconds' }, '1747038600250001', '2025-05-12 08:30:00.250001'],
  [{ epoch: 'seconds' }, '2025-05-08T10:00:00Z', '2025-05-08 10:00:00'],
  [
    { epoch: 'milliseconds' },
    '1.74703860025E+12',
    'expected a time with all its digits, not in scientific notation',
  ],
  [{ excelSerial: 1900 }, '45785', '2025-05-08 00:00:00'],
  [{ excelSerial: 1900 }, '45785.5', '2025-05-08 12:00:00'],
  [{ excelSerial: 1900 }, '45785.42361111111', '2025-05-08 10:10:00'],
  [{ excelSerial: 1900 }, '45785.9999999999', '2025-05-09 00:00:00'],
  [{ excelSerial: 1900 }, '1', '1900-01-01 00:00:00'],
  [{ excelSerial: 1900 }, '59', '1900-02-28 00:00:00'],
  [{ excelSerial: 1900 }, '60', "expected an existing date as Excel's serial number"],
  [{ excelSerial: 1900 }, '61', '1900-03-01 00:00:00'],
  [{ excelSerial: 1904 }, '44323', '2025-05-08 00:00:00'],
])('with %j, %j is %s', (notation, text, expected) => expect(read(text, notation)).toBe(expected));

const ZONE = { zone: 'Europe/Berlin' };

test.each<[Notation, string, string]>([
  [ZONE, '2025-01-08 10:00', '2025-01-08 09:00:00'],
  [ZONE, '2025-07-08 10:00', '2025-07-08 08:00:00'],
  [ZONE, '2025-07-08 10:00Z', '2025-07-08 10:00:00'],
  [ZONE, '2025-03-30 01:59:59', '2025-03-30 00:59:59'],
  [ZONE, '2025-03-30 02:00', 'expected a time that exists in Europe/Berlin'],
  [ZONE, '2025-03-30 02:59:59.9', 'expected a time that exists in Europe/Berlin'],
  [ZONE, '2025-03-30 03:00', '2025-03-30 01:00:00'],
  [ZONE, '2025-10-26 02:30', 'expected a time that occurs only once in Europe/Berlin'],
  [{ ...ZONE, repeatedHour: 'first' }, '2025-10-26 02:30', '2025-10-26 00:30:00'],
  [{ ...ZONE, repeatedHour: 'second' }, '2025-10-26 02:30', '2025-10-26 01:30:00'],
  [ZONE, '2025-10-26 03:00', '2025-10-26 02:00:00'],
  [{ zone: 'America/Los_Angeles' }, '2025-07-08 10:00', '2025-07-08 17:00:00'],
  [{ zone: 'Asia/Kolkata' }, '2025-07-08 10:00', '2025-07-08 04:30:00'],
  [{ zone: 'America/New_York' }, '1850-01-01 00:00:00', '1850-01-01 04:56:02'],
  [{ ...ZONE, excelSerial: 1900 }, '45785.5', '2025-05-08 10:00:00'],
])('a local time with %j: %j is %s', (notation, text, expected) =>
  expect(read(text, notation)).toBe(expected),
);

test.each([
  ['UTC', '2025-05-09', '2025-05-09 00:00:00'],
  ['Europe/Berlin', '2025-05-09', '2025-05-08 22:00:00'],
  ['America/New_York', '2025-05-09', '2025-05-09 04:00:00'],
  // Clocks skipped midnight.
  ['America/Sao_Paulo', '2018-11-04', '2018-11-04 03:00:00'],
  // They showed it twice.
  ['America/Havana', '2024-11-03', '2024-11-03 04:00:00'],
  // The zone skipped the day.
  ['Pacific/Apia', '2011-12-30', 'expected a day that exists in Pacific/Apia'],
  ['Pacific/Apia', '2011-12-31', '2011-12-30 10:00:00'],
])('a date without a time is the first instant of that day in %s: %s is %s', (zone, text, expected) =>
  expect(read(text, {}, zone)).toBe(expected),
);

test.each<[string, string, Notation]>([
  ['2025-05-09', '2025-05-09', {}],
  [' 9 May 2025 ', '2025-05-09', {}],
  ['2025-05-09 00:00:00', '2025-05-09', {}],
  ['2025-05-09T00:00:00.000Z', '2025-05-09', {}],
  ['NaT', '', {}],
  ['09/05/2025', '2025-05-09', { dateOrder: 'dmy' }],
  ['45786', '2025-05-09', { excelSerial: 1900 }],
  ['1746748800', '2025-05-09', { epoch: 'seconds' }],
  ['1746748801', 'expected a date without a time', { epoch: 'seconds' }],
  ['45786.5', 'expected a date without a time', { excelSerial: 1900 }],
  ['2025-05-09 00:00:01', 'expected a date without a time', {}],
  ['09/05/2025', 'expected a date with only one reading', {}],
  ['2025-02-29', 'expected an existing date', {}],
  ['x', 'expected a date such as 2025-03-30', {}],
])('as a date, %j is %s', (text, expected, notation) =>
  expect(read(text, notation, 'Europe/Berlin', 'date') ?? '').toBe(expected),
);

test.each<[string, string, Notation]>([
  ['9/10/2025', '"notation: { dateOrder: dmy }" (or mdy)', {}],
  ['13/08/2025', '"notation: { dateOrder: dmy }"', {}],
  ['08/13/2025', '"notation: { dateOrder: mdy }"', {}],
  ['2025/08/13', '"notation: { dateOrder: ymd }"', {}],
  ['01/12/25', '"notation: { dateOrder: dmy, twoDigitYears: 1970 }" (or mdy, ymd)', {}],
  ['13/12/25', '"notation: { dateOrder: dmy, twoDigitYears: 1970 }" (or ymd)', {}],
  ['01/12/25', '"notation: { twoDigitYears: 1970 }"', { dateOrder: 'mdy' }],
  ['2025-05-08 10:00 CET', `"notation: { abbreviations: { CET: '+hh:mm' } }"`, {}],
  ['1746957600', '"notation: { epoch: seconds }" (or milliseconds, microseconds)', {}],
  ['1746957600000', '"notation: { epoch: milliseconds }" (or seconds, microseconds)', {}],
  ['45785.5', '"notation: { excelSerial: 1900 }" (or 1904)', {}],
  ['2025-10-26 02:30', '"notation: { repeatedHour: first }" (or second)', ZONE],
])('of %j, the remedy names the line to add: %s', (text, line, notation) => {
  const parsed = parse(text, notation);
  expect(parsed).toMatchObject({
    ok: false,
    remedy: `add ${line} to the column created_at in the contract of orders`,
  });
});
