/** What a JSON value of an event means as the text of one cell. */

/** Texts with which analytics tools write that there is no value, in lower case. */
const NO_VALUE = new Set([
  '',
  'null',
  'undefined',
  '(not set)',
  '(none)',
  '(not provided)',
  '(data deleted)',
]);
const LONGEST_NO_VALUE = 16;

/** NUL, and surrogates, of which one without its other half is no text. */
const RARE = /[\0\ud800-\udfff]/;
const NO_TEXT = /\0|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** The text without what no UTF-8 text can have, and without white space around it. */
const cleaned = (text: string): string => (RARE.test(text) ? text.replace(NO_TEXT, '') : text).trim();

const isNoValue = (text: string): boolean =>
  text.length <= LONGEST_NO_VALUE && NO_VALUE.has(text.toLowerCase());

/** Members of an object that holds one value of some type, as GA4 exports and Avro's JSON have them. */
const TYPED = new Set([
  'string_value',
  'int_value',
  'float_value',
  'double_value',
  'bool_value',
  'string',
  'int',
  'long',
  'float',
  'double',
  'boolean',
]);

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value in `{"string_value": null, "int_value": 5}`; any other value as it is. */
export function withoutType(value: unknown): unknown {
  if (!isObject(value)) return value;
  let found: unknown;
  let isEmpty = true;
  for (const name in value) {
    if (!TYPED.has(name)) return value;
    isEmpty = false;
    found ??= value[name];
  }
  return isEmpty ? value : (found ?? null);
}

/** The text of a value; undefined if it means that there is none. Objects and arrays are their JSON. */
export function cellText(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string': {
      const text = cleaned(value);
      return isNoValue(text) ? undefined : text;
    }
    case 'number':
      return Number.isFinite(value) ? numberText(value) : undefined;
    case 'boolean':
      return String(value);
    case 'object':
      return value === null ? undefined : JSON.stringify(value);
    default:
      return undefined;
  }
}

/** Digits after the point that a number below 1e-6 keeps: more than any column has. */
const SMALL_DIGITS = 20;

/** A number without an exponent. */
function numberText(value: number): string {
  const text = String(value);
  if (!text.includes('e')) return text;
  return text.includes('e-') ? value.toFixed(SMALL_DIGITS) : BigInt(value).toString();
}

const EXPONENT = /^[+-]?\d+(?:\.\d+)?[eE][+-]?\d{1,3}$/;

/** A text of a number with an exponent as `cellText` writes that number; any other text as it is. */
export function withoutExponent(text: string): string {
  if (!EXPONENT.test(text)) return text;
  const value = Number(text);
  return Number.isFinite(value) ? numberText(value) : text;
}
