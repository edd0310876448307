import { parseRecurrence } from '../../src/scheduler/recurrence';

const CREATED = new Date('2025-02-27T22:50:10Z');

/** The first three times of a schedule. */
function timesOf(expression: string): (string | undefined)[] {
  const { first, next } = parseRecurrence(expression);
  const times = [first(CREATED)];
  while (times.length < 3) {
    const last = times.at(-1);
    times.push(last && next(last));
  }
  return times.map((time) => time?.toISOString().slice(0, 16));
}

test.each([
  // The schedule, its first three times
  ['rate(5 minutes)', '2025-02-27T22:50', '2025-02-27T22:55', '2025-02-27T23:00'],
  ['rate(1 day)', '2025-02-27T22:50', '2025-02-28T22:50', '2025-03-01T22:50'],
  ['cron(17 3 * * ? *)', '2025-02-28T03:17', '2025-03-01T03:17', '2025-03-02T03:17'],
  ['cron(50 22 * * ? *)', '2025-02-28T22:50', '2025-03-01T22:50', '2025-03-02T22:50'],
  ['cron(0/25 22-23 * * ? *)', '2025-02-27T23:00', '2025-02-27T23:25', '2025-02-27T23:50'],
  ['cron(*/30 * * * ? *)', '2025-02-27T23:00', '2025-02-27T23:30', '2025-02-28T00:00'],
  ['cron(0 8 1 * ? *)', '2025-03-01T08:00', '2025-04-01T08:00', '2025-05-01T08:00'],
  ['cron(0 8 31 JAN,3,may ? *)', '2025-03-31T08:00', '2025-05-31T08:00', '2026-01-31T08:00'],
  ['cron(0 8 ? * MON-FRI *)', '2025-02-28T08:00', '2025-03-03T08:00', '2025-03-04T08:00'],
  ['cron(0 8 ? * 1 *)', '2025-03-02T08:00', '2025-03-09T08:00', '2025-03-16T08:00'],
  ['cron(0 0 29 2 ? 2025-2032)', '2028-02-29T00:00', '2032-02-29T00:00', undefined],
  ['cron(0 0 1 1 ? 2024)', undefined, undefined, undefined],
])('%s', (expression, ...times) => {
  expect(timesOf(expression)).toEqual(times);
});

test.each([
  ['at(2025-03-01T00:00:00)', 'expected rate(...) or cron(...), got at(2025-03-01T00:00:00)'],
  ['rate(0 days)', 'expected rate(...) or cron(...)'],
  ['rate(1 week)', 'expected rate(...) or cron(...)'],
  ['cron(0 3 * * *)', 'expected minutes, hours, day-of-month, month, day-of-week, year, got 5 fields'],
  ['cron(0 3 * * * *)', 'expected ? in one of day-of-month and day-of-week, got * and *'],
  ['cron(0 3 ? * ? *)', 'expected ? in one of day-of-month and day-of-week, got ? and ?'],
  ['cron(60 3 * * ? *)', 'expected values from 0 to 59 as minutes, got 60'],
  ['cron(0 3-1 * * ? *)', 'expected values from 0 to 23 as hours, got 3-1'],
  ['cron(0/0 3 * * ? *)', 'expected values from 0 to 59 as minutes, got 0/0'],
  ['cron(0 3 15W * ? *)', 'expected values from 1 to 31 as day-of-month, got 15W'],
  ['cron(0 3 ? * 6#3 *)', 'expected values from 1 to 7 as day-of-week, got 6#3'],
  ['cron(0 3 * MAX ? *)', 'expected values from 1 to 12 as month, got MAX'],
])('%s is an error that names its fault', (expression, fault) => {
  expect(() => parseRecurrence(expression)).toThrow(fault);
});
