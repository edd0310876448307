import { either } from '../declare';
import type { ValueContext } from './context';
import { COMMA, DECLARE_DECIMAL, numberReadings, POINT, withoutLeadingZeros } from './number';
import { fault, found, isMissing, MISSING, type SeenNotation, type ValueParser } from './parsed';

const CANONICAL = /^([+-]?)([0-9]+)(\.0+)?$/;
const OTHER = /^([-+\u2212]?)([0-9][0-9.,'\u2019\s]{0,60}[0-9])$/;
const LEADING_ZERO = /^[+-]?0[0-9]/;
/** How spreadsheets write long numbers, of which they keep 15 digits and show fewer. */
const SCIENTIFIC = /^[+-]?[0-9]+([.,][0-9]+)?[eE][+-]?[0-9]+$/;

/** An id with digits beside letters or signs: `#1001`, `R-7`, a UUID; or an email address. A date is none. */
const TEXT_ID =
  /^(?!\d{4}-\d\d-\d\d)(?=.*\d)(?=.*[\p{L}#_-])[\p{L}\p{N}#_./:-]{1,64}$|^[^\s@,;]{1,64}@[^\s@,;]{1,190}$/u;
const isTextId = (text: string): boolean => TEXT_ID.test(text);

const INT64_DIGITS = 19;
const MAX_INT64 = 2n ** 63n - 1n;

const WHOLE = 'a whole number';
const NOT_SCIENTIFIC = 'a whole number with all its digits, not in scientific notation';

/**
 * Parses a 64-bit integer to decimal digits without leading zeros: `7`, `7.0`, `+7` and `007` are all `7`.
 *
 * An id with leading zeros needs a declaration, as 007 and 7 can be two ids. Thousands can be separated (`1,234,567`) if the
 * number has one reading and is no id.
 */
export function wholeNumberParser(context: ValueContext): ValueParser {
  const { notation, isId } = context;
  const { decimal: declared } = notation;
  const refuseZeros = isId && notation.leadingZeros !== 'drop';

  const to64Bits = (negative: boolean, digits: string, text: string, seen?: SeenNotation) => {
    const significant = withoutLeadingZeros(digits);
    if (significant.length > INT64_DIGITS) return fault('a whole number of 64 bits', text);
    const value = negative ? -BigInt(significant) : BigInt(significant);
    if (value > MAX_INT64 || value < -MAX_INT64 - 1n) return fault('a whole number of 64 bits', text);
    return found(value.toString(), seen);
  };

  const readOther = (trimmed: string, text: string) => {
    if (SCIENTIFIC.test(trimmed)) return fault(NOT_SCIENTIFIC, text);
    const [, sign, number] = OTHER.exec(trimmed) ?? [];
    if (number === undefined && isId && isTextId(trimmed))
      return fault(WHOLE, text, context.declare('type: text'));
    if (number === undefined || isId) return fault(WHOLE, text);
    const [reading, other] = numberReadings(number, declared);
    if (other) return fault(`${WHOLE} with only one reading`, text, context.declare(...DECLARE_DECIMAL));
    if (!reading || !/^0*$/.test(reading.fraction)) return fault(WHOLE, text);
    const { decimal } = reading;
    const seen = declared || !decimal ? undefined : decimal === '.' ? POINT : COMMA;
    return to64Bits(sign === '-' || sign === '\u2212', reading.integer, text, seen);
  };

  return (text) => {
    const trimmed = text.trim();
    if (isMissing(trimmed)) return MISSING;
    const [match, sign, digits = '', fraction] = CANONICAL.exec(trimmed) ?? [];
    if (match === undefined || (fraction !== undefined && declared === ',')) return readOther(trimmed, text);
    if (refuseZeros && LEADING_ZERO.test(trimmed)) {
      const drop = context.declare('notation: { leadingZeros: drop }');
      return fault('an id without leading zeros', text, either(context.declare('type: text'), drop));
    }
    return to64Bits(sign === '-', digits, text, fraction === undefined || declared ? undefined : POINT);
  };
}
