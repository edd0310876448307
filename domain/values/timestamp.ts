import { fault, found, isMissing, MISSING, type ParsedValue } from './parsed';

const DATE_ONLY = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;
const TIMESTAMP =
  /^([0-9]{4})-([0-9]{2})-([0-9]{2})[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)?(?: ?(Z|UTC|[+-][0-9]{2}(?::?[0-9]{2})?))?$/;

const MINUTES_A_DAY = 1440;
/** Larger than any offset ever in use; PostgreSQL has the same limit. */
const MAX_OFFSET_MINUTES = 15 * 60 + 59;
const FRACTION_DIGITS = 6;

/**
 * Parses an ISO 8601 instant to `YYYY-MM-DD HH:MM:SS.ffffff` in UTC; without an offset, it is UTC. Digits beyond the
 * microsecond are truncated, so that no instant moves into the next day.
 */
export function parseTimestamp(text: string): ParsedValue {
  const trimmed = text.trim();
  if (isMissing(trimmed)) return MISSING;
  const match = TIMESTAMP.exec(trimmed);
  if (!match) {
    return fault(
      DATE_ONLY.test(trimmed)
        ? 'a time after the date'
        : 'a date and time such as 2025-03-30T16:14:26, in UTC or with an offset',
      text,
    );
  }
  const year = Number(match[1]);
  const month = Number(match[2]);
  const day = Number(match[3]);
  const hour = Number(match[4]);
  const minute = Number(match[5]);
  const second = Number(match[6] ?? 0);
  const offset = offsetMinutes(match[8]);
  const possible =
    year >= 1 &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= daysInMonth(year, month) &&
    hour <= 23 &&
    minute <= 59 &&
    second <= 59 &&
    offset !== undefined;
  if (!possible) return fault('an existing date and time', text);

  const minutes = hour * 60 + minute - offset;
  const date = shiftDate({ year, month, day }, Math.floor(minutes / MINUTES_A_DAY));
  if (date.year < 1 || date.year > 9999) return fault('a year from 0001 to 9999 in UTC', text);
  const ofDay = minutes - Math.floor(minutes / MINUTES_A_DAY) * MINUTES_A_DAY;
  const fraction = (match[7] ?? '').slice(0, FRACTION_DIGITS).padEnd(FRACTION_DIGITS, '0');
  return found(
    `${pad(date.year, 4)}-${pad(date.month)}-${pad(date.day)} ` +
      `${pad(Math.floor(ofDay / 60))}:${pad(ofDay % 60)}:${pad(second)}.${fraction}`,
  );
}

/** Minutes east of UTC; undefined for an invalid offset. */
function offsetMinutes(offset: string | undefined): number | undefined {
  if (offset === undefined || offset === 'Z' || offset === 'UTC') return 0;
  const minutesPart = Number(offset.slice(3).replace(':', '') || 0);
  const minutes = Number(offset.slice(1, 3)) * 60 + minutesPart;
  if (minutesPart > 59 || minutes > MAX_OFFSET_MINUTES) return undefined;
  return offset.startsWith('-') ? -minutes : minutes;
}

interface CalendarDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** An offset moves a date by at most one day. */
function shiftDate({ year, month, day }: CalendarDate, days: number): CalendarDate {
  const shifted = day + days;
  if (shifted < 1) {
    if (month === 1) return { year: year - 1, month: 12, day: 31 };
    return { year, month: month - 1, day: daysInMonth(year, month - 1) };
  }
  if (shifted > daysInMonth(year, month)) {
    return month === 12 ? { year: year + 1, month: 1, day: 1 } : { year, month: month + 1, day: 1 };
  }
  return { year, month, day: shifted };
}

function daysInMonth(year: number, month: number): number {
  if (month !== 2) return [4, 6, 9, 11].includes(month) ? 30 : 31;
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
}

const pad = (value: number, width = 2) => String(value).padStart(width, '0');

/** Parses an ISO 8601 calendar date to `YYYY-MM-DD`. */
export function parseDate(text: string): ParsedValue {
  const trimmed = text.trim();
  if (isMissing(trimmed)) return MISSING;
  if (!DATE_ONLY.test(trimmed)) return fault('a date such as 2025-03-30', text);
  const time = parseTimestamp(`${trimmed}T00:00:00`);
  return time.ok && time.value !== null ? found(time.value.slice(0, 10)) : fault('an existing date', text);
}
