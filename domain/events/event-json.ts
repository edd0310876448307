/** Strings, and whole numbers that may have more digits than a JavaScript number keeps. */
const STRINGS_AND_LONG_NUMBERS = /"(?:[^"\\]|\\.)*"|(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g;
const SHORTEST = 16;

/**
 * Parses JSON like `JSON.parse`, but whole numbers that a JavaScript number cannot keep become strings of all their digits, so that
 * no id is changed. Everywhere in events, a number and the string of its digits mean the same.
 *
 * @throws SyntaxError for text that is not JSON
 */
export function parseEventJson(text: string): unknown {
  if (!hasLongNumber(text)) return JSON.parse(text);
  // Quotes can make JSON of a text that is none.
  JSON.parse(text);
  return JSON.parse(text.replace(STRINGS_AND_LONG_NUMBERS, kept));
}

/** Whether the text has digits in a row that can be too large: of 16, only those that start with 9. */
function hasLongNumber(text: string): boolean {
  // Of 16 characters in a row, one is looked at.
  for (let at = SHORTEST - 1; at < text.length; at += SHORTEST) {
    if (!isDigit(text, at)) continue;
    let from = at;
    while (isDigit(text, from - 1)) from -= 1;
    let end = at + 1;
    while (isDigit(text, end)) end += 1;
    if (end - from > SHORTEST || (end - from === SHORTEST && text[from] === '9')) return true;
  }
  return false;
}

/** False before the text's start and after its end. */
function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
}

const kept = (token: string): string =>
  token.startsWith('"') || Number.isSafeInteger(Number(token)) ? token : `"${token}"`;
