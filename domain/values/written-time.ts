import type { Notation } from '../contract';
import { type CalendarDate, isDate } from './calendar';
import { NO_SUCH_DATE, type Refusal, readDate } from './written-date';

/** A date, and a time of day if one is written. */
export interface WrittenTime {
  readonly date: CalendarDate;
  readonly time?: TimeOfDay;
  /** Minutes east of UTC; undefined for a local time. */
  readonly offset?: number;
}

export interface TimeOfDay {
  /** Since midnight. */
  readonly seconds: number;
  /** Digits of the fraction of a second. */
  readonly fraction: string;
}

export const NO_SUCH_TIME: Refusal = { expected: 'an existing date and time' };

/** No time in any form is longer. */
const MAX_WRITTEN = 100;
const NARROW_SPACES = /[\u00a0\u2009\u202f]/g;
const SPACES = /\s+/g;
/** As C's ctime and the command `date` write times: the year comes last. */
const YEAR_LAST =
  /^([a-z]{3} [a-z]{3} [0-9]{1,2})( [0-9]{2}:[0-9]{2}:[0-9]{2}(?: (?:[a-z]{1,5}|[+-][0-9]{4}))?) ([0-9]{4})$/i;

/** As web servers log times: 13/Aug/2025:14:21:24 +0000. */
const LOGGED = /^([0-9]{2}\/[a-z]{3}\/[0-9]{4}):/i;

/**
 * Reads a date or a date with a time: ISO 8601, dates with English month names, and numeric dates in a declared order; a clock of
 * 24 or of 12 hours; UTC, an offset, or a declared abbreviation of a time zone.
 *
 * @returns undefined for other text
 */
export function readTime(trimmed: string, notation: Notation): WrittenTime | Refusal | undefined {
  const common = readCommon(trimmed);
  if (common) return common;
  if (trimmed.length > MAX_WRITTEN) return undefined;
  const spaced = trimmed.replace(NARROW_SPACES, ' ');
  const text = ISO.test(spaced)
    ? spaced
    : spaced.replace(SPACES, ' ').replace(YEAR_LAST, '$1 $3$2').replace(LOGGED, '$1 ');
  const written = readDate(text, notation);
  if (!written || 'expected' in written) return written;
  const { date, rest } = written;
  if (rest === '') return { date };
  const match = TIME.exec(rest);
  if (!match) return undefined;
  const time = timeOfDay(match.slice(1, 9));
  if (!time || 'expected' in time) return time;
  const offset = match[9] === undefined ? undefined : offsetMinutes(match[9], notation);
  if (typeof offset === 'object') return offset;
  return { date, time, ...(offset !== undefined && { offset }) };
}

/** The most common form, in one step. */
const COMMON =
  /^([0-9]{4})-([0-9]{2})-([0-9]{2})[T ]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?(?:(Z)| (UTC))?$/;

function readCommon(trimmed: string): WrittenTime | Refusal | undefined {
  const match = COMMON.exec(trimmed);
  if (!match) return undefined;
  const date = { year: Number(match[1]), month: Number(match[2]), day: Number(match[3]) };
  if (!isDate(date)) return NO_SUCH_DATE;
  const time = clock(Number(match[4]), Number(match[5]), Number(match[6]), match[7] ?? '');
  if ('expected' in time) return time;
  return (match[8] ?? match[9]) ? { date, time, offset: 0 } : { date, time };
}

/** Between date and time, ISO 8601 has exactly one character. */
const ISO = /^[0-9]{4}-[0-9]{2}-[0-9]{2}/;

const OFFSET = '(?:UTC|GMT)?[-+\\u2212][0-9]{2}(?::?[0-9]{2})?';
const TIME = new RegExp(
  '^([Tt]|,? |,? at )' +
    '(?:([0-9]{1,2})(?::([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)?)?|([0-9]{4}|[0-9]{6})(?:[.,]([0-9]{1,9}))?)' +
    '( ?[ap]\\.?m\\.?)?' +
    `(?: ?(${OFFSET}(?= \\([^()]*\\)$|$)|[a-z]{1,5}$)(?: \\([^()]*\\))?)?$`,
  'i',
);

function timeOfDay(parts: readonly (string | undefined)[]): TimeOfDay | Refusal | undefined {
  const [separator = '', hour, minute, second, fraction = '', basic, basicFraction, half] = parts;
  const isT = separator.toUpperCase() === 'T';
  if (basic !== undefined) {
    if (!isT || half !== undefined || (basicFraction !== undefined && basic.length === 4)) return undefined;
    const [, h, m, s = '0'] = /^(..)(..)(..)?$/.exec(basic) ?? [];
    return clock(Number(h), Number(m), Number(s), basicFraction ?? '');
  }
  if (hour === undefined) return undefined;
  if (minute === undefined && half === undefined && !(isT && hour.length === 2)) return undefined;
  if (half === undefined) {
    return hour.length === 2 || !isT
      ? clock(Number(hour), Number(minute ?? 0), Number(second ?? 0), fraction)
      : undefined;
  }
  if (Number(hour) < 1 || Number(hour) > 12) return NO_SUCH_TIME;
  const of24 = (Number(hour) % 12) + (/p/i.test(half) ? 12 : 0);
  return clock(of24, Number(minute ?? 0), Number(second ?? 0), fraction);
}

function clock(hour: number, minute: number, second: number, fraction: string): TimeOfDay | Refusal {
  if (hour > 23 || minute > 59 || second > 59) return NO_SUCH_TIME;
  return { seconds: hour * 3600 + minute * 60 + second, fraction };
}

/** Larger than any offset ever in use; PostgreSQL has the same limit. */
const MAX_OFFSET_MINUTES = 15 * 60 + 59;
const IN_UTC = /^(?:Z|UTC|GMT|UT)$/i;

function offsetMinutes(written: string, { abbreviations = {} }: Notation): number | Refusal | undefined {
  const declared = abbreviations[written] ?? abbreviations[written.toUpperCase()];
  const offset = declared ?? written;
  if (IN_UTC.test(offset)) return 0;
  const [, sign, hours, minutes = '0'] = /([-+\u2212])([0-9]{2}):?([0-9]{2})?$/.exec(offset) ?? [];
  if (hours === undefined) {
    if (!/^[A-Z]{2,5}$/.test(written)) return { expected: 'an offset such as +01:00 after the time' };
    return {
      expected: 'an offset such as +01:00 instead of an abbreviation of a time zone',
      declare: [`notation: { abbreviations: { ${written}: '+hh:mm' } }`],
    };
  }
  const total = Number(hours) * 60 + Number(minutes);
  if (Number(minutes) > 59 || total > MAX_OFFSET_MINUTES) return NO_SUCH_TIME;
  return sign === '+' ? total : -total;
}
