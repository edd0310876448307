export const DAY_MS = 86_400_000;

/** `20250701T030000Z`: an instant in UTC for names and keys that sort by time. */
export const compactTime = (instant: Date): string => instant.toISOString().replaceAll(/[-:]|\.\d+/g, '');

/** Like `compactTime`, with milliseconds: `20250701T030000.000Z`. */
export const compactMillis = (instant: Date): string => instant.toISOString().replaceAll(/[-:]/g, '');

/** True for a calendar day as YYYY-MM-DD, from year 0001 to 9999. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || text < '0001') return false;
  const at = Date.parse(text);
  // Date.parse reads 2025-02-30 as the second of March.
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

/** True for the name of an IANA time zone. */
export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}
