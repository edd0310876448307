import { DAY_SECONDS, dateOf, dayNumber, formatDate, formatTime } from './calendar';
import type { ValueContext } from './context';
import { readNumberTime } from './number-time';
import { fault, found, isMissing, MISSING, type ParsedValue, type ValueParser } from './parsed';
import { timeZone } from './time-zone';
import { NO_SUCH_DATE, type Refusal } from './written-date';
import { NO_SUCH_TIME, readTime } from './written-time';

const MICROS = 1_000_000n;
const FRACTION_DIGITS = 6;
const MIN_SECONDS = dayNumber({ year: 1, month: 1, day: 1 }) * DAY_SECONDS;
const MAX_SECONDS = (dayNumber({ year: 9999, month: 12, day: 31 }) + 1) * DAY_SECONDS;

/**
 * Parses an instant to `YYYY-MM-DD HH:MM:SS.ffffff` in UTC. Digits beyond the microsecond are truncated, so that no instant moves
 * into the next day.
 *
 * A time without an offset is in the declared zone, by default UTC; one that clocks skip is refused, and so is one that they
 * show twice unless `repeatedHour` is declared. A date without a time is the first instant of that day in the reporting time
 * zone.
 */
export function timestampParser(context: ValueContext): ValueParser {
  const { notation, settings } = context;
  const zone = timeZone(notation.zone ?? 'UTC');
  const reporting = timeZone(settings.timeZone);
  const zoneName = notation.zone ?? 'UTC';

  const refuse = (refusal: Refusal, text: string) => {
    const { expected, declare, seen } = refusal === NO_SUCH_DATE ? NO_SUCH_TIME : refusal;
    return fault(expected, text, declare && context.declare(...declare), seen);
  };

  const startOfDay = (day: number, text: string) => {
    const start = reporting.startOfDay(day);
    return start === undefined
      ? fault(`a day that exists in ${settings.timeZone}`, text)
      : instant(start, '', text);
  };

  const localTime = (local: number, fraction: string, text: string) => {
    const [first, second] = zone.instants(local);
    if (first === undefined) return fault(`a time that exists in ${zoneName}`, text);
    if (second === undefined) return instant(first, fraction, text);
    const { repeatedHour } = notation;
    if (repeatedHour) return instant(repeatedHour === 'first' ? first : second, fraction, text);
    return fault(
      `a time that occurs only once in ${zoneName}`,
      text,
      context.declare('notation: { repeatedHour: first }', ['second']),
    );
  };

  const readNumber = (trimmed: string, text: string): ParsedValue | undefined => {
    const number = readNumberTime(trimmed, notation);
    if (number === undefined) return undefined;
    if ('expected' in number) return refuse(number, text);
    if ('micros' in number) {
      const rest = ((number.micros % MICROS) + MICROS) % MICROS;
      return instant(
        Number((number.micros - rest) / MICROS),
        String(rest).padStart(FRACTION_DIGITS, '0'),
        text,
      );
    }
    const { day, milliseconds } = number;
    if (milliseconds === undefined) return startOfDay(day, text);
    const seconds = Math.floor(milliseconds / 1000);
    return localTime(day * DAY_SECONDS + seconds, String(milliseconds % 1000).padStart(3, '0'), text);
  };

  return (text) => {
    const trimmed = text.trim();
    if (isMissing(trimmed)) return MISSING;
    const asNumber = notation.epoch !== undefined || notation.excelSerial !== undefined;
    const written = asNumber && /^[0-9]+$/.test(trimmed) ? undefined : readTime(trimmed, notation);
    if (!written) return readNumber(trimmed, text) ?? fault(TIME_EXAMPLE, text);
    if ('expected' in written) return refuse(written, text);
    const { date, time, offset } = written;
    const day = dayNumber(date);
    if (!time) return startOfDay(day, text);
    const local = day * DAY_SECONDS + time.seconds;
    if (offset === undefined) return localTime(local, time.fraction, text);
    return instant(local - offset * 60, time.fraction, text);
  };
}

const TIME_EXAMPLE = 'a date and time such as 2025-03-30T16:14:26, in UTC or with an offset';

/** @param seconds since 1970 UTC */
function instant(seconds: number, fraction: string, text: string): ParsedValue {
  if (seconds < MIN_SECONDS || seconds >= MAX_SECONDS) return fault('a year from 0001 to 9999 in UTC', text);
  const day = Math.floor(seconds / DAY_SECONDS);
  const micros = fraction.slice(0, FRACTION_DIGITS).padEnd(FRACTION_DIGITS, '0');
  return found(`${formatDate(dateOf(day))} ${formatTime(seconds - day * DAY_SECONDS)}.${micros}`);
}
