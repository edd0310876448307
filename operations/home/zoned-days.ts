/** Days and times of day in a time zone. */

import { DAY_MS } from '../../domain/time';

/** @param zone its IANA name @returns YYYY-MM-DD */
export const dayAt = (instant: Date, zone: string): string => wallClock(instant, zone).slice(0, 10);

/** The day a number of days later, or earlier if it is negative. @param day YYYY-MM-DD */
export const daysLater = (day: string, days: number): string =>
  new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);

/** The same time by the clock, a day earlier: 23 or 25 hours ago where the clock was changed between. */
export function sameTimeDayBefore(instant: Date, zone: string): Date {
  const guess = new Date(instant.getTime() - DAY_MS);
  const wanted = Date.parse(`${wallClock(instant, zone)}Z`) - DAY_MS;
  return new Date(guess.getTime() + wanted - Date.parse(`${wallClock(guess, zone)}Z`));
}

const clocks = new Map<string, Intl.DateTimeFormat>();

/** `2025-03-01T09:30:00` */
function wallClock(instant: Date, zone: string): string {
  // Swedish writes dates and times as ISO 8601 does, with a space between them.
  const clock =
    clocks.get(zone) ??
    new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
  clocks.set(zone, clock);
  return clock.format(instant).replace(' ', 'T');
}
