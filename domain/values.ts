/**
 * Parses the text of cells; this file alone defines numbers, money and times in input files. Values are canonical text, not
 * JavaScript numbers or dates, so that no precision is lost between the file and the table.
 */

import type { ColumnType, DecimalType } from './contract';

export type ParsedValue =
  /** null: the cell has no value. */
  | { readonly ok: true; readonly value: string | null }
  | {
      readonly ok: false;
      /** What the rule expects, without the cell; groups faults of the same type. */
      readonly expected: string;
      /** The expected and the actual value, for the person who fixes the row. */
      readonly reason: string;
    };

const MISSING: ParsedValue = { ok: true, value: null };
const found = (value: string): ParsedValue => ({ ok: true, value });

const INT64 = /^([+-]?)([0-9]+)(?:\.0+)?$/;
const DECIMAL = /^([+-]?)([0-9]*)(?:\.([0-9]+))?$/;

const INT64_DIGITS = 19;
const MONEY_PRECISION = 18;
const MONEY_SCALE = 4;
const MAX_INT64 = 2n ** 63n - 1n;

/** Parses a cell of any type. For text, white space is a value; only the empty cell has none. */
export function parseValue(type: ColumnType, text: string): ParsedValue {
  switch (type) {
    case 'text':
      return text === '' ? MISSING : found(text);
    case 'int64':
      return parseInt64(text);
    case 'money':
      return parseMoney(text);
    case 'timestamp':
      return parseTimestamp(text);
    case 'double':
      return parseDouble(text);
    case 'boolean':
      return parseBoolean(text);
    case 'date':
      return parseDate(text);
    case 'json':
      return parseJson(text);
    default:
      return parseDecimal(text, ...decimalSize(type));
  }
}

/** Precision and scale of a decimal type: `decimal(18,4)` has 18 digits, 4 of them after the point. */
export function decimalSize(type: DecimalType): [number, number] {
  const [, precision, scale] = /^decimal\((\d+),(\d+)\)$/.exec(type) ?? [];
  return [Number(precision), Number(scale)];
}

/** Parses a 64-bit integer to decimal digits without leading zeros: `7`, `7.0`, `+7` and `007` are all `7`. */
export function parseInt64(text: string): ParsedValue {
  const trimmed = text.trim();
  if (trimmed === '') return MISSING;
  const match = INT64.exec(trimmed);
  if (!match) return fault('a whole number', text);
  const [, sign, digits = ''] = match;
  const significant = withoutLeadingZeros(digits);
  if (significant.length > INT64_DIGITS) return fault('a whole number of 64 bits', text);
  const value = sign === '-' ? -BigInt(significant) : BigInt(significant);
  if (value > MAX_INT64 || value < -MAX_INT64 - 1n) return fault('a whole number of 64 bits', text);
  return found(value.toString());
}

/** Parses a decimal(18,4) in the shop's currency, always with four decimals; see {@link parseDecimal}. */
export function parseMoney(text: string): ParsedValue {
  return parseDecimal(text, MONEY_PRECISION, MONEY_SCALE);
}

/**
 * Parses a decimal number to text with exactly `scale` decimals. More decimals are rounded half away from zero (`-0.00005` is
 * `-0.0001`), as in accounting and DuckDB.
 */
export function parseDecimal(text: string, precision: number, scale: number): ParsedValue {
  const trimmed = text.trim();
  if (trimmed === '') return MISSING;
  const match = DECIMAL.exec(trimmed);
  const [, sign, integer = '', fraction = ''] = match ?? [];
  if (!match || (integer === '' && fraction === '')) return fault('an amount such as 12.50', text);
  const tooLarge = () => fault(`an amount of at most ${precision - scale} digits before the point`, text);
  const significant = withoutLeadingZeros(integer);
  if (significant !== '0' && significant.length > precision - scale) return tooLarge();
  const kept = fraction.slice(0, scale).padEnd(scale, '0');
  let units = BigInt(significant + kept);
  if ((fraction[scale] ?? '0') >= '5') units += 1n;
  if (units >= 10n ** BigInt(precision)) return tooLarge();
  const digits = units.toString().padStart(scale + 1, '0');
  const number = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  return found(sign === '-' && units !== 0n ? `-${number}` : number);
}

const DOUBLE = /^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$/;

/** Parses a finite floating-point number to the shortest text that gives the same 64 bits. */
export function parseDouble(text: string): ParsedValue {
  const trimmed = text.trim();
  if (trimmed === '') return MISSING;
  const value = DOUBLE.test(trimmed) ? Number(trimmed) : Number.NaN;
  return Number.isFinite(value)
    ? found(String(value === 0 ? 0 : value))
    : fault('a number such as 0.75', text);
}

const TRUE = new Set(['true', 't', 'yes', 'y', '1']);
const FALSE = new Set(['false', 'f', 'no', 'n', '0']);

/** Parses true, t, yes, y, 1 and their opposites, in any case, to `true` or `false`. */
export function parseBoolean(text: string): ParsedValue {
  const name = text.trim().toLowerCase();
  if (name === '') return MISSING;
  if (TRUE.has(name)) return found('true');
  return FALSE.has(name) ? found('false') : fault('true or false', text);
}

/** Parses an ISO 8601 calendar date to `YYYY-MM-DD`. */
export function parseDate(text: string): ParsedValue {
  const trimmed = text.trim();
  if (trimmed === '') return MISSING;
  if (!DATE_ONLY.test(trimmed)) return fault('a date such as 2025-03-30', text);
  const time = parseTimestamp(`${trimmed}T00:00:00`);
  return time.ok && time.value !== null ? found(time.value.slice(0, 10)) : fault('an existing date', text);
}

/** Parses one JSON value to the same text without white space around it. */
export function parseJson(text: string): ParsedValue {
  const trimmed = text.trim();
  if (trimmed === '') return MISSING;
  try {
    JSON.parse(trimmed);
    return found(trimmed);
  } catch {
    return fault('JSON', text);
  }
}

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
  if (trimmed === '') return MISSING;
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

const withoutLeadingZeros = (digits: string) => digits.replace(/^0+(?=[0-9])/, '') || '0';

function fault(expected: string, text: string): ParsedValue {
  return { ok: false, expected, reason: `expected ${expected}, got ${quoted(text)}` };
}

const SHOWN_CHARACTERS = 60;

/** Quotes text for a message: in double quotes, control characters escaped, at most 60 characters. */
export function quoted(text: string): string {
  // A cell can have megabytes; only the part that can be shown is split.
  const head = Array.from(text.slice(0, 2 * SHOWN_CHARACTERS + 2));
  const shown =
    head.length > SHOWN_CHARACTERS ? `${head.slice(0, SHOWN_CHARACTERS - 1).join('')}…` : head.join('');
  return JSON.stringify(shown);
}
