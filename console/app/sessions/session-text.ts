/** Names and formats of sessions, shared by all parts of the page. */

import { formatDecimal, formatDuration } from '../shared/format';

export const STEP_NAMES: Readonly<Record<string, string>> = {
  view_item: 'Product view',
  add_to_cart: 'Added to cart',
  begin_checkout: 'Checkout',
  purchase: 'Purchase',
};

/** The furthest step; a dash if there is none. */
export const stepText = (step: string | null): string => (step === null ? '–' : (STEP_NAMES[step] ?? step));

/** @param seconds an exact decimal */
export const secondsText = (seconds: string): string => formatDuration(Number(seconds) * 1000);

/** ISO 8601 with milliseconds. @param micros microseconds since 1970 */
export const isoOf = (micros: string): string => new Date(Number(BigInt(micros) / 1000n)).toISOString();

const starts = new Map<string, Intl.DateTimeFormat>();

/** An instant to the minute, without the name of the zone. */
export function startText(instant: string, timeZone: string): string {
  const format =
    starts.get(timeZone) ??
    new Intl.DateTimeFormat(undefined, {
      timeZone,
      year: '2-digit',
      month: 'short',
      day: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
    });
  starts.set(timeZone, format);
  return format.format(new Date(instant));
}

/** The time since the start of a session: `+0:00.0`, `+12:05.3`, `+1:02:03.0`. @param micros both since 1970 */
export function sinceStart(micros: string, start: string): string {
  const tenths = Number((BigInt(micros) - BigInt(start)) / 100_000n);
  const seconds = Math.floor(tenths / 10);
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const head = hours > 0 ? `${hours}:${two(minutes)}` : String(minutes);
  return `+${head}:${two(seconds % 60)}.${tenths % 10}`;
}

/** An amount with its currency; amounts have up to four decimals, of which two are shown if the others are 0. */
export function valueText(value: string | null, currency: string | null): string {
  if (value === null) return '';
  const text = /\.\d\d0*$/.test(value) || !value.includes('.') ? formatDecimal(value) : value;
  return currency === null ? text : `${text} ${currency}`;
}
