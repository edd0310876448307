export const DAY_MS = 86_400_000;

/** `20250701T030000Z`: an instant in UTC for a name or a key, so that names sort by time. */
export const compactTime = (instant: Date): string => instant.toISOString().replaceAll(/[-:]|\.\d+/g, '');

/** As `compactTime`, to the millisecond: `20250701T030000.000Z`. */
export const compactMillis = (instant: Date): string => instant.toISOString().replaceAll(/[-:]/g, '');

/** Whether a text is a day of the calendar as YYYY-MM-DD, from the year 0001 to 9999. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || text < '0001') return false;
  const at = Date.parse(text);
  // Date.parse takes 2025-02-30 for the second of March.
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

/** Whether a name is that of an IANA time zone. */
export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}
