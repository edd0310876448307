import type { ValueContext } from './context';
import { fault, found, MISSING, type ValueParser } from './parsed';

/** As spreadsheets write long numbers: `1.23457E+12`. */
const SCIENTIFIC = /^[+-]?[0-9](?:[.,][0-9]+)?[eE][+-][0-9]{2,3}$/;

/**
 * In UTF-8. Marts have ids in keys of DynamoDB, which takes at most 1,024 bytes there, and the warehouse in indexes, which take 2,700: one
 * longer id would stop every batch.
 */
export const MAX_ID_BYTES = 500;
const MAX_BYTES_PER_UNIT = 3;

/** What is expected of one. */
export const ID = `an id of at most ${MAX_ID_BYTES} bytes`;

export const isTooLongId = (id: string): boolean =>
  id.length * MAX_BYTES_PER_UNIT > MAX_ID_BYTES && new TextEncoder().encode(id).length > MAX_ID_BYTES;

/** White space is a value; only the empty cell has none. An id in scientific notation has lost its digits. */
export function textParser({ isId }: ValueContext): ValueParser {
  return (text) => {
    if (text === '') return MISSING;
    if (isId && text.length < 40 && SCIENTIFIC.test(text.trim())) {
      return fault('an id with all its digits, not in scientific notation', text);
    }
    if (isId && isTooLongId(text)) return fault(ID, text);
    return found(text);
  };
}
