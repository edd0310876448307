/** Formats numbers and times for the user's locale; exact decimals keep all digits. */

const count = new Intl.NumberFormat();
const money = new Intl.NumberFormat(undefined, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const compact = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 });

export const formatCount = (value: number | bigint): string => count.format(value);

/** Money or a rate with two decimals. @param value an exact decimal as text (DynamoDB drops trailing zeros), or a number */
export const formatDecimal = (value: string | number): string =>
  // Intl formats a decimal string without loss of digits.
  money.format(value as Intl.StringNumericLiteral);

const amounts = new Map<string | null, Intl.NumberFormat>();

/**
 * An exact amount with its currency, in all its decimal places.
 * @param amount a decimal as text, with at most four decimal places
 * @param currency its code; null if unknown
 */
export function formatAmount(amount: string, currency: string | null): string {
  const isCode = currency !== null && /^[A-Z]{3}$/.test(currency);
  const key = isCode ? currency : null;
  const format =
    amounts.get(key) ??
    new Intl.NumberFormat(undefined, {
      ...(isCode && { style: 'currency', currency }),
      ...(!isCode && { minimumFractionDigits: 2 }),
      maximumFractionDigits: 4,
    });
  amounts.set(key, format);
  const text = format.format(amount as Intl.StringNumericLiteral);
  return isCode || currency === null ? text : `${text} ${currency}`;
}

const exact = new Map<number, Intl.NumberFormat>();

/** A number with the decimal places that its text has. @param value an exact decimal as text */
export function formatExact(value: string): string {
  const places = value.split('.')[1]?.length ?? 0;
  const format =
    exact.get(places) ??
    new Intl.NumberFormat(undefined, { minimumFractionDigits: places, maximumFractionDigits: places });
  exact.set(places, format);
  return format.format(value as Intl.StringNumericLiteral);
}

export const formatPercent = (value: string | number): string => `${formatDecimal(value)} %`;

/** For axes: 1.2K, 3M. */
export const formatCompact = (value: number): string => compact.format(value);

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

export function formatBytes(bytes: number): string {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(bytes, 1)) / 3));
  return new Intl.NumberFormat(undefined, {
    style: 'unit',
    unit: UNITS[power] ?? 'byte',
    unitDisplay: 'short',
    maximumFractionDigits: power === 0 ? 0 : 1,
  }).format(bytes / 1000 ** power);
}

/** `0.4 s`, `12 s`, `3 min 4 s`, `2 h 5 min`. */
export function formatDuration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

const instants = new Map<string, Intl.DateTimeFormat>();

/** An instant in a zone, with the zone's short name. */
export function formatInstant(instant: string | number | Date, timeZone: string): string {
  // Cached, because creating a format takes a hundred times as long as using it.
  const format =
    instants.get(timeZone) ??
    new Intl.DateTimeFormat(undefined, {
      timeZone,
      year: 'numeric',
      month: 'short',
      day: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      timeZoneName: 'short',
    });
  instants.set(timeZone, format);
  return format.format(new Date(instant));
}

const days = new Intl.DateTimeFormat(undefined, {
  timeZone: 'UTC',
  year: 'numeric',
  month: 'short',
  day: 'numeric',
});

/** Formats a day (YYYY-MM-DD) of the reporting time zone. */
export const formatDay = (day: string): string => days.format(new Date(`${day}T00:00:00Z`));
