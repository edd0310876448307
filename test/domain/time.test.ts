import { compactMillis, compactTime, isDay, isTimeZone } from '../../domain/time';

test.each(['2025-02-30', '2025-2-3', '0000-01-01', 'today', '2025-03-01T00:00', ''])(
  '%p is not a day',
  (text) => {
    expect(isDay(text)).toBe(false);
  },
);

test('a time zone is one that Intl knows', () => {
  expect(['Europe/Berlin', 'UTC', 'Mars/Olympus', ''].map(isTimeZone)).toEqual([true, true, false, false]);
});

test('a compact time has no separators', () => {
  const instant = new Date('2025-07-01T03:00:00.120Z');
  expect(compactTime(instant)).toBe('20250701T030000Z');
  expect(compactMillis(instant)).toBe('20250701T030000.120Z');
});
