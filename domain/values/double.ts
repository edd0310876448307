import { splitAmount } from './amount';
import type { ValueContext } from './context';
import { COMMA, DECLARE_DECIMAL, numberReadings, POINT } from './number';
import { fault, found, isMissing, MISSING, type SeenNotation, type ValueParser } from './parsed';

const CANONICAL = /^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$/;
const EXAMPLE = 'a number such as 0.75';

/**
 * Parses a finite floating-point number to the shortest text that gives the same 64 bits. Decimal separators are read as in
 * amounts.
 */
export function doubleParser(context: ValueContext): ValueParser {
  const { decimal: declared } = context.notation;

  const finite = (number: string, text: string, seen?: SeenNotation) => {
    const value = Number(number);
    return Number.isFinite(value) ? found(String(value === 0 ? 0 : value), seen) : fault(EXAMPLE, text);
  };

  const readOther = (trimmed: string, text: string) => {
    const written = splitAmount(trimmed);
    if (!written || written.mark !== undefined) return fault(EXAMPLE, text);
    const [reading, other] = numberReadings(written.number, declared);
    if (!reading) return fault(EXAMPLE, text);
    if (other) return fault('a number with only one reading', text, context.declare(...DECLARE_DECIMAL));
    const { integer, fraction, decimal } = reading;
    const seen = declared || !decimal ? undefined : decimal === '.' ? POINT : COMMA;
    return finite(`${written.negative ? '-' : ''}${integer}.${fraction}0`, text, seen);
  };

  return (text) => {
    const trimmed = text.trim();
    if (isMissing(trimmed)) return MISSING;
    const hasPoint = trimmed.includes('.');
    if (!CANONICAL.test(trimmed) || (hasPoint && declared === ',')) return readOther(trimmed, text);
    return finite(trimmed, text, hasPoint && !declared ? POINT : undefined);
  };
}
