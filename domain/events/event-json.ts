/** Strings, and whole numbers that may have more digits than a JavaScript number keeps. */
const STRINGS_AND_LONG_NUMBERS = /"(?:[^"\\]|\\.)*"|(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g;
/** Of 16 digits, only those that start with 9 can be too large. */
const LONG_NUMBER = /\d{17}|9\d{15}/;

/**
 * Parses JSON like `JSON.parse`, but whole numbers that a JavaScript number cannot keep become strings of all their digits, so that
 * no id is changed. Everywhere in events, a number and the string of its digits mean the same.
 *
 * @throws SyntaxError for text that is not JSON
 */
export function parseEventJson(text: string): unknown {
  if (!LONG_NUMBER.test(text)) return JSON.parse(text);
  // Quotes can make JSON of a text that is none.
  JSON.parse(text);
  return JSON.parse(text.replace(STRINGS_AND_LONG_NUMBERS, kept));
}

const kept = (token: string): string =>
  token.startsWith('"') || Number.isSafeInteger(Number(token)) ? token : `"${token}"`;
