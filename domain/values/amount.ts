import type { ValueContext } from './context';
import { type CurrencyMark, currencyMark } from './currency';
import {
  COMMA,
  DECLARE_DECIMAL,
  type NumberReading,
  numberReadings,
  POINT,
  withoutLeadingZeros,
} from './number';
import {
  fault,
  found,
  isMissing,
  MISSING,
  type ParsedValue,
  type SeenNotation,
  type ValueParser,
} from './parsed';

/** The only form that is read without looking for others: a decimal point, and no separator of thousands. */
const CANONICAL = /^([+-]?)([0-9]*)(?:\.([0-9]+))?$/;

/** An amount in any other notation is not longer. */
const MAX_WRITTEN = 80;

const EXAMPLE = 'an amount such as 12.50';

/**
 * Parses a decimal number to text with exactly `scale` decimals. More decimals are rounded half away from zero (`-0.00005` is
 * `-0.0001`), as in accounting and DuckDB.
 *
 * Accepts what has one reading: `1,234.50`, `1.234,50`, `12,50`, `1'234.50`, `(12.50)`, `12.50-`. A point in the canonical form
 * is the decimal point; otherwise one separator before three digits, as in `1,234`, needs a declaration.
 *
 * @param money a currency symbol or code is allowed, if it can be that of the shop
 */
export function amountParser(
  [precision, scale]: readonly [number, number],
  money: boolean,
  context: ValueContext,
): ValueParser {
  const { notation, settings } = context;
  const { decimal: declared } = notation;
  const currency = notation.currency ?? settings.currency;

  const round = (negative: boolean, integer: string, fraction: string, text: string, seen?: SeenNotation) => {
    const tooLarge = () => fault(`an amount of at most ${precision - scale} digits before the point`, text);
    const significant = withoutLeadingZeros(integer);
    if (significant !== '0' && significant.length > precision - scale) return tooLarge();
    const kept = fraction.slice(0, scale).padEnd(scale, '0');
    let units = BigInt(significant + kept);
    if ((fraction[scale] ?? '0') >= '5') units += 1n;
    if (units >= 10n ** BigInt(precision)) return tooLarge();
    const digits = units.toString().padStart(scale + 1, '0');
    const number = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
    return found(negative && units !== 0n ? `-${number}` : number, seen);
  };

  const seenMarks = new Map<string, SeenNotation>();
  const seenIn = ({ decimal }: NumberReading, mark: CurrencyMark | undefined): SeenNotation | undefined => {
    const separator = declared ? undefined : decimal;
    if (mark === undefined || currency) return separator && (separator === '.' ? POINT : COMMA);
    const name = `${separator ?? ''}${mark.name}`;
    const known = seenMarks.get(name) ?? { ...(separator && { decimal: separator }), currency: mark.name };
    seenMarks.set(name, known);
    return known;
  };

  const readOther = (trimmed: string, text: string): ParsedValue => {
    if (/[0-9]e[+-]?[0-9]+$/i.test(trimmed)) {
      return fault('an amount without an exponent, which can stand for lost digits', text);
    }
    const written = splitAmount(trimmed);
    if (!written || (written.mark !== undefined && !money)) return fault(EXAMPLE, text);
    const mark = written.mark === undefined ? undefined : currencyMark(written.mark);
    if (written.mark !== undefined && !mark) return fault(EXAMPLE, text);
    if (mark && currency && !mark.currencies.includes(currency)) {
      return fault(`an amount in ${currency}`, text);
    }
    const [reading, other] = numberReadings(written.number, declared);
    if (!reading) return fault(EXAMPLE, text);
    if (other) {
      return fault('an amount with only one reading', text, context.declare(...DECLARE_DECIMAL));
    }
    return round(written.negative, reading.integer, reading.fraction, text, seenIn(reading, mark));
  };

  return (text) => {
    const trimmed = text.trim();
    if (isMissing(trimmed)) return MISSING;
    const [match, sign, integer = '', fraction = ''] = CANONICAL.exec(trimmed) ?? [];
    if (match === undefined || (declared === ',' && fraction !== '')) return readOther(trimmed, text);
    if (integer === '' && fraction === '') return fault(EXAMPLE, text);
    return round(sign === '-', integer, fraction, text, fraction === '' || declared ? undefined : POINT);
  };
}

interface WrittenAmount {
  readonly negative: boolean;
  readonly mark?: string;
  readonly number: string;
}

const AMOUNT = /^([^0-9.,]*(?:\.\s)?)([.,]?[0-9](?:[0-9.,'\u2019\s]*[0-9])?)([^0-9]*)$/;
/** Signs, a parenthesis and a currency, in any order. */
const BEFORE = /^([-+\u2212(]?)\s*([^-+\u2212()\s]*)\s*([-+\u2212(]?)\s*([-+\u2212]?)$/;
const AFTER = /^([-\u2212)]?)\s*([^-+\u2212()\s]*)\s*([-\u2212)]?)$/;

/** Splits an amount into its sign, currency and number; undefined if it has two of a kind, or other text. */
export function splitAmount(trimmed: string): WrittenAmount | undefined {
  if (trimmed.length > MAX_WRITTEN) return undefined;
  const [, prefix = '', number = '', suffix = ''] = AMOUNT.exec(trimmed) ?? [];
  if (number === '') return undefined;
  // The point of an abbreviation such as Rs.500 would be read as a decimal point.
  if (/\p{L}$/u.test(prefix) && !/^[0-9]/.test(number)) return undefined;
  const before = BEFORE.exec(prefix.trim());
  const after = AFTER.exec(suffix.trim());
  if (!before || !after) return undefined;
  const signs = [before[1], before[3], before[4], after[1], after[3]].filter((sign) => sign);
  const marks = [before[2], after[2]].filter((mark) => mark);
  if (marks.length > 1) return undefined;
  const inParentheses = signs.length === 2 && signs[0] === '(' && signs[1] === ')';
  if (!inParentheses && (signs.length > 1 || signs[0] === '(' || signs[0] === ')')) return undefined;
  const [mark] = marks;
  const negative = signs.length > 0 && signs[0] !== '+';
  return { negative, number, ...(mark !== undefined && { mark }) };
}
