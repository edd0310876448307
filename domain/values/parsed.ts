/** The result of parsing a cell. */

import type { Remedy } from '../declare';

/** What a value shows about the notation of its column. Values of one column must not contradict each other. */
export interface SeenNotation {
  readonly decimal?: '.' | ',';
  /** A currency code, or a symbol that several currencies have. */
  readonly currency?: string;
  readonly dateOrder?: 'dmy' | 'mdy';
}

export interface Value {
  readonly ok: true;
  /** Canonical text; null: the cell has no value. */
  readonly value: string | null;
  readonly seen?: SeenNotation;
}

/** Its remedy is the line that the contract lacks, if a declaration would make the value valid. */
export interface ValueFault extends Partial<Remedy> {
  readonly ok: false;
  /** What the rule expects, without the cell; groups faults of the same type. */
  readonly expected: string;
  /** The expected and the actual value, for the person who fixes the row. */
  readonly reason: string;
  readonly seen?: SeenNotation;
}

export type ParsedValue = Value | ValueFault;

/** Parses a cell; pure, and never throws. */
export type ValueParser = (text: string) => ParsedValue;

export const MISSING: ParsedValue = { ok: true, value: null };

export const found = (value: string, seen?: SeenNotation): ParsedValue =>
  seen ? { ok: true, value, seen } : { ok: true, value };

export function fault(expected: string, text: string, remedy?: Remedy, seen?: SeenNotation): ParsedValue {
  const reason = `expected ${expected}, got ${quoted(text)}`;
  return { ok: false, expected, reason, ...remedy, ...(seen && { seen }) };
}

const NO_VALUE = new Set(['null', 'none', 'nan', 'nat', '\\n']);

/** The words with which databases and pandas write a missing value, in any case; and white space. Not for text. */
export const isMissing = (trimmed: string): boolean =>
  trimmed === '' || (trimmed.length <= 4 && NO_VALUE.has(trimmed.toLowerCase()));

const SHOWN_CHARACTERS = 60;

/** Quotes text for a message: in double quotes, control characters escaped, at most 60 characters. */
export function quoted(text: string): string {
  // A cell can have megabytes; only the part that can be shown is split.
  const head = Array.from(text.slice(0, 2 * SHOWN_CHARACTERS + 2));
  const shown =
    head.length > SHOWN_CHARACTERS ? `${head.slice(0, SHOWN_CHARACTERS - 1).join('')}…` : head.join('');
  return JSON.stringify(shown);
}
