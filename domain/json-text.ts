/**
 * Finds values in JSON text without parsing them, so that a value can be passed on as it was written: a parsed number loses digits
 * beyond the 17th. Every text must be valid JSON.
 */

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const SPACE = 0x20;

/** @returns the index of the first character from `start` on that is not white space */
export function skipSpace(text: string, start: number): number {
  let at = start;
  while (text.charCodeAt(at) <= SPACE) at += 1;
  return at;
}

/** @returns the index after the closing quote of the string that begins at `start` */
export function stringEnd(text: string, start: number): number {
  let at = start + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    let escapes = quote;
    while (text.charCodeAt(escapes - 1) === BACKSLASH) escapes -= 1;
    if ((quote - escapes) % 2 === 0) return quote + 1;
    at = quote + 1;
  }
}

/** @returns the index after the closing bracket of the object or array that begins at `start` */
export function nestedEnd(text: string, start: number): number {
  let at = start;
  let depth = 0;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = stringEnd(text, at);
      continue;
    }
    at += 1;
    if (code === OPEN || code === OPEN_LIST) depth += 1;
    else if (code === CLOSE || code === CLOSE_LIST) depth -= 1;
    if (depth === 0) return at;
  }
}

/** @returns the index after the number, `true`, `false` or `null` that begins at `start` */
export function tokenEnd(text: string, start: number): number {
  let at = start;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === COMMA || code === CLOSE || code === CLOSE_LIST || code <= SPACE) return at;
    at += 1;
  }
  return at;
}

/** @returns the index after the value that begins at `start` */
export function valueEnd(text: string, start: number): number {
  const code = text.charCodeAt(start);
  if (code === QUOTE) return stringEnd(text, start);
  return code === OPEN || code === OPEN_LIST ? nestedEnd(text, start) : tokenEnd(text, start);
}

/** The texts of the elements of an array. */
export function elementTexts(array: string): string[] {
  const found: string[] = [];
  let at = skipSpace(array, skipSpace(array, 0) + 1);
  while (array.charCodeAt(at) !== CLOSE_LIST) {
    const end = valueEnd(array, at);
    found.push(array.slice(at, end));
    at = skipSpace(array, end);
    if (array.charCodeAt(at) === COMMA) at = skipSpace(array, at + 1);
  }
  return found;
}

/** The names and the texts of the values of an object, in their order; a name can occur twice. */
export function memberTexts(object: string): [name: string, value: string][] {
  const found: [string, string][] = [];
  let at = skipSpace(object, skipSpace(object, 0) + 1);
  while (object.charCodeAt(at) !== CLOSE) {
    const nameEnd = stringEnd(object, at);
    const name = JSON.parse(object.slice(at, nameEnd)) as string;
    const start = skipSpace(object, skipSpace(object, nameEnd) + 1);
    const end = valueEnd(object, start);
    found.push([name, object.slice(start, end)]);
    at = skipSpace(object, end);
    if (object.charCodeAt(at) === COMMA) at = skipSpace(object, at + 1);
  }
  return found;
}
