/** Amounts, times and names of the live numbers as text. */

import type { LiveAmount, LiveMinutes } from '../../api/live';
import { formatAmount } from '../shared/format';

export const RANGE_NAMES: Readonly<Record<LiveMinutes, string>> = {
  5: '5 minutes',
  60: '1 hour',
  1440: '24 hours',
};

/** As in `Orders in the last hour`. */
export const RANGE_TEXTS: Readonly<Record<LiveMinutes, string>> = {
  5: 'the last 5 minutes',
  60: 'the last hour',
  1440: 'the last 24 hours',
};

/** The length of a bucket as in `Events per minute`. */
export function bucketName(seconds: number): string {
  if (seconds === 60) return 'minute';
  return seconds < 60 ? `${seconds} seconds` : `${seconds / 60} minutes`;
}

export const OTHER_EVENTS = 'other events';

/** Amounts of different currencies do not add up, so each is named. */
export const salesText = (revenue: readonly LiveAmount[]): string =>
  revenue.length === 0
    ? '–'
    : revenue.map(({ amount, currency }) => formatAmount(amount, currency)).join(', ');

const times = new Map<string, Intl.DateTimeFormat>();

/** The time of day in a zone. @param seconds with seconds */
export function clockText(instant: string, timeZone: string, seconds: boolean): string {
  const key = `${timeZone} ${seconds}`;
  const format =
    times.get(key) ??
    new Intl.DateTimeFormat(undefined, {
      timeZone,
      hour: '2-digit',
      minute: '2-digit',
      ...(seconds && { second: '2-digit' }),
    });
  times.set(key, format);
  return format.format(new Date(instant));
}
