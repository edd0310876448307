import type { Contract } from '../contract';
import type { RowFault } from '../row-rules';
import { columnParser, quoted, type ValueParser, type ValueSettings } from '../values';
import { DAY_SECONDS } from '../values/calendar';
import { timeZone } from '../values/time-zone';
import type { Properties } from './properties';

/** An instant as the text of a cell, `2026-11-28 10:00:00.000000` in UTC, and in seconds since 1970. */
export interface EventTime {
  readonly text: string;
  readonly seconds: number;
}

export type ParsedTime = EventTime | { readonly expected: string };

const FRACTION_DIGITS = 6;
const SECONDS_DIGITS = 'YYYY-MM-DDTHH:MM:SS'.length;

/** 2000-01-01: an earlier time comes from a clock that was never set. */
const MIN_SECONDS = Date.UTC(2000, 0, 1) / 1000;

const TIME = 'a time in ISO 8601, or in seconds, milliseconds or microseconds since 1970';
const AFTER_2000 = 'a time after the year 2000';

const EPOCH = /^(\d{1,20})(?:\.(\d+))?$/;

/** Decimal places between a number since 1970 and seconds, by its digits before the point: from 2000 to 5138 in each unit. */
const UNITS = [
  { digits: [9, 11], places: 0 },
  { digits: [12, 14], places: 3 },
  { digits: [15, 17], places: 6 },
  { digits: [18, 20], places: 9 },
] as const;

/**
 * Reads the time of an event: a number is in seconds, milliseconds, microseconds or nanoseconds since 1970 by its magnitude.
 *
 * @param text without white space around it
 * @param parseText for other texts
 */
export function parseEventTime(text: string, parseText: ValueParser): ParsedTime {
  const usual = javascriptTime(text);
  if (usual) return usual.seconds < MIN_SECONDS ? { expected: AFTER_2000 } : usual;
  const epoch = EPOCH.exec(text);
  if (epoch) return ofEpoch(epoch[1] as string, epoch[2] ?? '');
  const parsed = parseText(text);
  if (!parsed.ok) return { expected: TIME };
  if (parsed.value === null) return { expected: TIME };
  const seconds = Date.parse(`${parsed.value.slice(0, SECONDS_DIGITS).replace(' ', 'T')}Z`) / 1000;
  return seconds < MIN_SECONDS ? { expected: AFTER_2000 } : { text: parsed.value, seconds };
}

function ofEpoch(written: string, fraction: string): ParsedTime {
  const digits = written.replace(/^0+/, '');
  const unit = UNITS.find(({ digits: [, most] }) => digits.length <= most);
  if (!unit) return { expected: TIME };
  const whole = digits.length - unit.places;
  const seconds = Number(digits.slice(0, whole));
  if (whole <= 0 || seconds < MIN_SECONDS) return { expected: AFTER_2000 };
  return timeOf(seconds, digits.slice(whole) + fraction);
}

/** @param fraction digits of the fraction of a second; those beyond microseconds are cut off */
function timeOf(seconds: number, fraction: string): EventTime {
  const iso = new Date(seconds * 1000).toISOString();
  const micros = fraction.slice(0, FRACTION_DIGITS).padEnd(FRACTION_DIGITS, '0');
  return { text: `${iso.slice(0, 10)} ${iso.slice(11, SECONDS_DIGITS)}.${micros}`, seconds };
}

/** As JavaScript writes times, of the days that every month has. */
const JAVASCRIPT = /^\d{4}-\d\d-(?:[01]\d|2[0-8])T\d\d:\d\d:\d\d\.\d{3}Z$/;

/** The most common form of times, read faster; undefined for any other text. */
function javascriptTime(text: string): EventTime | undefined {
  if (!JAVASCRIPT.test(text)) return undefined;
  const milliseconds = Date.parse(text);
  // 24:00:00 is the next day.
  if (Number.isNaN(milliseconds) || text.startsWith('24', 11)) return undefined;
  return {
    text: `${text.slice(0, 10)} ${text.slice(11, 23)}000`,
    seconds: Math.floor(milliseconds / 1000),
  };
}

/** @param iso a time that a program wrote, such as 2026-11-28T10:00:00.000Z; undefined if it is none */
export function machineTime(iso: string): EventTime | undefined {
  const usual = javascriptTime(iso);
  if (usual) return usual;
  const milliseconds = Date.parse(iso);
  if (Number.isNaN(milliseconds)) return undefined;
  const seconds = Math.floor(milliseconds / 1000);
  return timeOf(seconds, String(milliseconds - seconds * 1000).padStart(3, '0'));
}

/** Gives the calendar day, `2026-11-28`, of an instant in a time zone. @throws RangeError if there is no such zone */
export function dayIn(zoneName: string): (time: EventTime) => string {
  if (zoneName === 'UTC') return ({ text }) => text.slice(0, 10);
  const zone = timeZone(zoneName);
  return ({ seconds }) => {
    const inUtc = Math.floor(seconds / DAY_SECONDS);
    // Local days begin at most a day before or after those of UTC; a zone can lack one.
    const started = [inUtc + 1, inUtc].find(
      (day) => (zone.startOfDay(day) ?? Number.POSITIVE_INFINITY) <= seconds,
    );
    return dayText(started ?? inUtc - 1);
  };
}

const dayText = (day: number): string => new Date(day * DAY_SECONDS * 1000).toISOString().slice(0, 10);

export interface ReadTime {
  /** That of receipt if none is given; undefined if it has a fault. */
  readonly time?: EventTime;
  readonly isGiven: boolean;
  readonly fault?: RowFault;
}

/** Clocks are wrong, but hardly by more than a time zone. */
const MAX_AHEAD_SECONDS = DAY_SECONDS;

/**
 * Reads when an event happened. However late it is, it is accepted.
 * @param group of the properties with the time
 */
export function timeReader(
  group: number,
  contract: Contract,
  settings: ValueSettings,
): (properties: Properties, received: EventTime) => ReadTime {
  const column = contract.columns.find(({ name }) => name === 'event_time');
  const parseText = columnParser(
    { ...column, name: 'event_time', type: 'timestamp', required: true },
    contract,
    settings,
  );
  return (properties, received) => {
    const text = properties.take(group);
    if (text === undefined) return { time: received, isGiven: false };
    const time = parseEventTime(text, parseText);
    if ('expected' in time) return { isGiven: true, fault: timeFault(time.expected, text) };
    if (time.seconds <= received.seconds + MAX_AHEAD_SECONDS) return { time, isGiven: true };
    const rule = 'a time at most 24 hours after it was received';
    return { isGiven: true, fault: timeFault(rule, text, `${rule}, ${received.text}`) };
  };
}

const timeFault = (rule: string, text: string, expected = rule): RowFault => ({
  column: 'event_time',
  rule: `expected ${rule}`,
  reason: `expected ${expected}, got ${quoted(text)}`,
});
