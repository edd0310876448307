import { dateOf, dayNumber, formatDate } from './calendar';
import type { ValueContext } from './context';
import { readNumberTime } from './number-time';
import { fault, found, isMissing, MISSING, type ParsedValue, type ValueParser } from './parsed';
import type { Refusal } from './written-date';
import { readTime } from './written-time';

const DAY_MICROS = 86_400_000_000n;

/** Parses a calendar date, in the notations of timestamps, to `YYYY-MM-DD`. The only time accepted after it is midnight. */
export function dateParser(context: ValueContext): ValueParser {
  const { notation } = context;
  const asNumber = notation.epoch !== undefined || notation.excelSerial !== undefined;

  const refuse = ({ expected, declare, seen }: Refusal, text: string) =>
    fault(expected, text, declare && context.declare(...declare), seen);

  const readNumber = (trimmed: string, text: string): ParsedValue => {
    const number = readNumberTime(trimmed, notation);
    if (number === undefined) return fault(DATE_EXAMPLE, text);
    if ('expected' in number) return refuse(number, text);
    if ('day' in number) {
      return (number.milliseconds ?? 0) === 0 ? dateFrom(number.day, text) : fault(NO_TIME, text);
    }
    if (number.micros % DAY_MICROS !== 0n) return fault(NO_TIME, text);
    return dateFrom(Number(number.micros / DAY_MICROS), text);
  };

  return (text) => {
    const trimmed = text.trim();
    if (isMissing(trimmed)) return MISSING;
    const written = asNumber && /^[0-9]+$/.test(trimmed) ? undefined : readTime(trimmed, notation);
    if (!written) return readNumber(trimmed, text);
    if ('expected' in written) return refuse(written, text);
    const { date, time } = written;
    return !time || (time.seconds === 0 && /^0*$/.test(time.fraction))
      ? found(formatDate(date))
      : fault(NO_TIME, text);
  };
}

const DATE_EXAMPLE = 'a date such as 2025-03-30';
const NO_TIME = 'a date without a time';

const FIRST_DAY = dayNumber({ year: 1, month: 1, day: 1 });
const LAST_DAY = dayNumber({ year: 9999, month: 12, day: 31 });

const dateFrom = (day: number, text: string): ParsedValue =>
  day < FIRST_DAY || day > LAST_DAY
    ? fault('a year from 0001 to 9999', text)
    : found(formatDate(dateOf(day)));
