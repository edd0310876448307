import { nestedEnd, skipSpace, stringEnd, tokenEnd } from '../../domain/json-text';
import type { RowFault } from '../../domain/row-rules';

/** The members of a JSON object as text, in their order. */
export interface JsonMembers {
  readonly names: readonly string[];
  /** Numbers with all their digits, strings without their escapes, `true` or `false`; empty for null; other values as JSON. */
  readonly values: readonly string[];
  /** The indices of values that are objects or arrays. */
  readonly nested: readonly number[];
  /** The indices of values that are numbers. */
  readonly numbers: readonly number[];
}

export type ParsedObject = JsonMembers | { readonly fault: RowFault };

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const OPEN_LIST = 0x5b;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;

/**
 * Reads one JSON object without turning its numbers into floating-point numbers, so that no digit is lost. A value that is an object
 * or an array stays the text it is.
 */
export function parseObject(text: string): ParsedObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return objectFault(`invalid JSON${place(error, text)}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return objectFault(typeName(value));
  return members(text);
}

/** @param text a valid JSON object */
function members(text: string): ParsedObject {
  const names: string[] = [];
  const values: string[] = [];
  const nested: number[] = [];
  const numbers: number[] = [];
  let at = text.indexOf('{') + 1;
  for (;;) {
    at = skipSpace(text, at);
    const code = text.charCodeAt(at);
    if (code === CLOSE) break;
    if (code === COMMA) {
      at += 1;
      continue;
    }
    const nameEnd = stringEnd(text, at);
    const name = stringOf(text, at, nameEnd);
    at = skipSpace(text, nameEnd);
    // The colon.
    at = skipSpace(text, at + 1);
    const first = text.charCodeAt(at);
    const isNested = first === OPEN || first === OPEN_LIST;
    const end = first === QUOTE ? stringEnd(text, at) : isNested ? nestedEnd(text, at) : tokenEnd(text, at);
    const value = first === QUOTE ? stringOf(text, at, end) : text.slice(at, end);
    if (isNested) nested.push(names.length);
    if (first === MINUS || (first >= ZERO && first <= NINE)) numbers.push(names.length);
    names.push(name);
    values.push(value === 'null' && first !== QUOTE ? '' : value);
    at = end;
  }
  return faultOf(names, values, text.includes('\\u')) ?? { names, values, nested, numbers };
}

/** Part of a surrogate pair, which no UTF-8 text can have. */
const HALF = /\p{Cs}/u;

function faultOf(
  names: readonly string[],
  values: readonly string[],
  hasEscapes: boolean,
): { readonly fault: RowFault } | undefined {
  if (new Set(names).size < names.length) {
    const column = names.find((name, at) => names.indexOf(name) < at) ?? '';
    const rule = 'expected one value for each name';
    return { fault: { column, rule, reason: `${rule}, got the name twice in one object` } };
  }
  const bad = hasEscapes ? values.findIndex((value) => value.includes('\0') || HALF.test(value)) : -1;
  if (bad < 0) return undefined;
  const got = values[bad]?.includes('\0') ? 'the character U+0000' : 'half of a surrogate pair';
  return { fault: { column: names[bad] ?? '', rule: 'expected text', reason: `expected text, got ${got}` } };
}

function stringOf(text: string, start: number, end: number): string {
  const inner = text.slice(start + 1, end - 1);
  return inner.includes('\\') ? (JSON.parse(text.slice(start, end)) as string) : inner;
}

function objectFault(got: string): { readonly fault: RowFault } {
  return {
    fault: { column: '', rule: 'expected a JSON object', reason: `expected a JSON object, got ${got}` },
  };
}

/** As far as the engine's message tells it. */
function place(error: unknown, text: string): string {
  const message = `${error}`;
  const [, position] = /position (\d+)/.exec(message) ?? [];
  if (message.includes('end of JSON') || Number(position) >= text.length) return ': its end is missing';
  return position === undefined ? '' : ` at character ${Number(position) + 1}`;
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : `a ${typeof value}`;
}
