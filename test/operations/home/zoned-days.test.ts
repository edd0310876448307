import { dayAt, daysLater, sameTimeDayBefore } from '../../../operations/home/zoned-days';

test.each([
  ['2026-11-28T23:30:00Z', 'UTC', '2026-11-28'],
  ['2026-11-28T23:30:00Z', 'Europe/Berlin', '2026-11-29'],
  ['2026-11-28T03:00:00Z', 'America/New_York', '2026-11-27'],
])('%s in %s is on %s', (instant, zone, day) => {
  expect(dayAt(new Date(instant), zone)).toBe(day);
});

test('counts days over the end of a month and of a year', () => {
  expect([daysLater('2026-03-01', -1), daysLater('2025-12-31', 1)]).toEqual(['2026-02-28', '2026-01-01']);
});

test.each([
  ['the usual day', '2026-11-28T09:30:00.000Z', '2026-11-27T09:30:00.000Z'],
  // On 29 March 2026 the clock went from 02:00 to 03:00, on 25 October from 03:00 to 02:00.
  ['a day of 23 hours', '2026-03-29T10:00:00.000Z', '2026-03-28T11:00:00.000Z'],
  ['a day of 25 hours', '2026-10-25T11:00:00.000Z', '2026-10-24T10:00:00.000Z'],
])('the same time by the clock in Berlin: %s', (_, instant, before) => {
  expect(sameTimeDayBefore(new Date(instant), 'Europe/Berlin').toISOString()).toBe(before);
});
