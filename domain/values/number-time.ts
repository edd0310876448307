import type { Notation } from '../contract';
import { DAY_SECONDS, dayNumber } from './calendar';
import type { Refusal } from './written-date';

/** Times that are numbers: since 1970, or Excel's serial numbers of days. */

const NUMBER = /^([+-]?)([0-9]{1,20})(?:[.,]([0-9]{1,20}))?$/;
const SCIENTIFIC = /^[+-]?[0-9]+(?:[.,][0-9]+)?[eE][+-]?[0-9]+$/;

/** An instant: microseconds since 1970. */
export interface Instant {
  readonly micros: bigint;
}

/** A day, or a local time on it if there is a fraction. */
export interface SerialTime {
  /** Days since 1970-01-01. */
  readonly day: number;
  /** Since midnight; undefined for a whole number. */
  readonly milliseconds?: number;
}

const MICROS = { seconds: 1_000_000n, milliseconds: 1000n, microseconds: 1n };

/** @returns undefined for text that is no number */
export function readNumberTime(
  trimmed: string,
  notation: Notation,
): Instant | SerialTime | Refusal | undefined {
  if (SCIENTIFIC.test(trimmed)) return { expected: 'a time with all its digits, not in scientific notation' };
  const [, sign, integer = '', fraction = ''] = NUMBER.exec(trimmed) ?? [];
  if (integer === '') return undefined;
  if (notation.epoch) {
    const unit = MICROS[notation.epoch];
    // Digits beyond the microsecond are cut off.
    const micros = BigInt(integer) * unit + (BigInt(fraction.padEnd(6, '0').slice(0, 6)) * unit) / 1_000_000n;
    return { micros: sign === '-' ? -micros : micros };
  }
  if (notation.excelSerial) {
    return sign === '-' ? undefined : serialTime(Number(integer), fraction, notation.excelSerial);
  }
  return { expected: 'a date and time, not a number', declare: declaration(integer.length) };
}

/** 1899-12-30, as Excel believes in a 29 February 1900. */
const SYSTEM_1900 = dayNumber({ year: 1899, month: 12, day: 30 });
const SYSTEM_1904 = dayNumber({ year: 1904, month: 1, day: 1 });
const FALSE_LEAP_DAY = 60;
const MAX_SERIAL = 2_958_465;

function serialTime(serial: number, fraction: string, system: 1900 | 1904): SerialTime | Refusal {
  if (serial > MAX_SERIAL || (system === 1900 && (serial === 0 || serial === FALSE_LEAP_DAY))) {
    return { expected: "an existing date as Excel's serial number" };
  }
  const day =
    system === 1904 ? SYSTEM_1904 + serial : SYSTEM_1900 + serial + (serial < FALSE_LEAP_DAY ? 1 : 0);
  if (fraction === '') return { day };
  // Excel computes with doubles, and shows milliseconds at most.
  const milliseconds = Math.round(Number(`0.${fraction}`) * DAY_SECONDS * 1000);
  return milliseconds === DAY_SECONDS * 1000 ? { day: day + 1, milliseconds: 0 } : { day, milliseconds };
}

/** What a number of so many digits would be today. */
function declaration(digits: number): readonly [string, readonly string[]] {
  if (digits < 8) return ['notation: { excelSerial: 1900 }', ['1904']];
  const units = ['seconds', 'milliseconds', 'microseconds'];
  const [likely = 'seconds'] = units.splice(digits < 12 ? 0 : digits < 15 ? 1 : 2, 1);
  return [`notation: { epoch: ${likely} }`, units];
}
