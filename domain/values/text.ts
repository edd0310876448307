import type { ValueContext } from './context';
import { fault, found, MISSING, type ValueParser } from './parsed';

/** As spreadsheets write long numbers: `1.23457E+12`. */
const SCIENTIFIC = /^[+-]?[0-9](?:[.,][0-9]+)?[eE][+-][0-9]{2,3}$/;

/** White space is a value; only the empty cell has none. An id in scientific notation has lost its digits. */
export function textParser({ isId }: ValueContext): ValueParser {
  return (text) => {
    if (text === '') return MISSING;
    if (isId && text.length < 40 && SCIENTIFIC.test(text.trim())) {
      return fault('an id with all its digits, not in scientific notation', text);
    }
    return found(text);
  };
}
