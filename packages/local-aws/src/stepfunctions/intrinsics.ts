import { createHash, randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { StateError } from './errors';
import { type Expression, unescapeLiteral } from './intrinsic-syntax';
import { isObject, type Json, type JsonObject } from './json';

/** Invalid arguments of an intrinsic function. Catch can match it. */
export class IntrinsicError extends StateError {
  constructor(name: string, fault: string) {
    super('States.IntrinsicFailure', `${name}: ${fault}`);
  }
}

type Intrinsic = (given: Json[], call: { name: string; template: string }) => Json;

/** Checks arguments by position; a last type that ends in `...` repeats. */
function typed(types: string, run: Intrinsic): Intrinsic {
  const expected = types === '' ? [] : types.split(' ');
  const repeats = types.endsWith('...');
  return (given, call) => {
    const fits = repeats ? given.length >= expected.length - 1 : given.length === expected.length;
    if (!fits)
      throw new IntrinsicError(call.name, `expected (${expected.join(', ')}), got ${given.length} arguments`);
    given.forEach((value, position) => {
      const type = (expected[Math.min(position, expected.length - 1)] ?? '').replace('...', '');
      if (!TYPES[type]?.(value)) {
        throw new IntrinsicError(
          call.name,
          `expected ${type} as argument ${position + 1}, got ${JSON.stringify(value).slice(0, 200)}`,
        );
      }
    });
    return run(given, call);
  };
}

const TYPES: Record<string, (value: Json) => boolean> = {
  any: () => true,
  scalar: (value) => value === null || typeof value !== 'object',
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  integer: (value) => Number.isInteger(value),
  boolean: (value) => typeof value === 'boolean',
  array: (value) => Array.isArray(value),
  object: (value) => isObject(value),
};

const HASHES: Record<string, string> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

/** Maximum length of created arrays. */
const ARRAY_LIMIT = 1000;

export const INTRINSICS: Readonly<Record<string, Intrinsic>> = {
  'States.Format': typed('string scalar...', ([, ...values], { name, template }) =>
    format(name, template, values),
  ),
  'States.StringToJson': typed('string', ([text], { name }) => {
    try {
      return JSON.parse(text as string);
    } catch (error) {
      throw new IntrinsicError(name, `${error instanceof Error ? error.message : error}`);
    }
  }),
  'States.JsonToString': typed('any', ([value]) => JSON.stringify(value)),
  'States.Array': typed('any...', (values) => values),
  'States.ArrayPartition': typed('array integer', ([array, size], { name }) => {
    const step = size as number;
    if (step < 1) throw new IntrinsicError(name, `expected a size of at least 1, got ${step}`);
    const items = array as Json[];
    return Array.from({ length: Math.ceil(items.length / step) }, (_, i) =>
      items.slice(i * step, (i + 1) * step),
    );
  }),
  'States.ArrayContains': typed('array any', ([array, value]) =>
    (array as Json[]).some((item) => isDeepStrictEqual(item, value)),
  ),
  'States.ArrayRange': typed('integer integer integer', ([first, last, step], { name }) => {
    const [from, to, by] = [first as number, last as number, step as number];
    const length = Math.floor((to - from) / by) + 1;
    if (by === 0 || length > ARRAY_LIMIT) {
      throw new IntrinsicError(name, `expected a step other than 0 and at most ${ARRAY_LIMIT} items`);
    }
    return Array.from({ length: Math.max(0, length) }, (_, i) => from + i * by);
  }),
  'States.ArrayGetItem': typed('array integer', ([array, index], { name }) => {
    const item = (array as Json[])[index as number];
    if (item === undefined) throw new IntrinsicError(name, `there is no item ${index}`);
    return item;
  }),
  'States.ArrayLength': typed('array', ([array]) => (array as Json[]).length),
  'States.ArrayUnique': typed('array', ([array]) =>
    (array as Json[]).filter(
      (item, i, all) => all.findIndex((other) => isDeepStrictEqual(other, item)) === i,
    ),
  ),
  'States.Base64Encode': typed('string', ([text]) => Buffer.from(text as string).toString('base64')),
  'States.Base64Decode': typed('string', ([text]) => Buffer.from(text as string, 'base64').toString('utf8')),
  'States.Hash': typed('any string', ([value, algorithm], { name }) => {
    const hash = HASHES[algorithm as string];
    if (!hash)
      throw new IntrinsicError(name, `expected one of ${Object.keys(HASHES).join(', ')}, got ${algorithm}`);
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return createHash(hash).update(text).digest('hex');
  }),
  'States.JsonMerge': typed('object object boolean', ([first, second, deep], { name }) => {
    if (deep) throw new IntrinsicError(name, 'the service merges shallowly only: expected false, got true');
    return { ...(first as JsonObject), ...(second as JsonObject) };
  }),
  'States.MathRandom': typed(
    'number number...',
    ([from, to]) => Math.floor(Math.random() * ((to as number) - (from as number))) + (from as number),
  ),
  'States.MathAdd': typed('number number', ([a, b]) => Math.round(a as number) + Math.round(b as number)),
  'States.StringSplit': typed('string string', ([text, separators]) => {
    const characters = new Set([...(separators as string)]);
    const parts = [''];
    for (const character of text as string) {
      if (characters.has(character)) parts.push('');
      else parts[parts.length - 1] += character;
    }
    return parts.filter((part) => part !== '');
  }),
  'States.UUID': typed('', () => randomUUID()),
};

/** @param read returns the value of a path or throws */
export function evaluate(expression: Expression, read: (path: string) => Json): Json {
  if (expression.kind === 'value') return expression.value;
  if (expression.kind === 'path') return read(expression.path.text);
  const intrinsic = INTRINSICS[expression.name];
  if (!intrinsic) throw new IntrinsicError(expression.name, 'there is no such function');
  const given = expression.arguments.map((argument) => evaluate(argument, read));
  const [first] = expression.arguments;
  const template = first?.kind === 'value' && first.raw !== undefined ? first.raw : String(given[0] ?? '');
  return intrinsic(given, { name: expression.name, template });
}

function format(name: string, template: string, values: Json[]): string {
  const parts = template.split(/(?<!\\)\{\}/);
  if (parts.length - 1 !== values.length) {
    throw new IntrinsicError(name, `${parts.length - 1} places {} for ${values.length} values`);
  }
  const texts = values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value)));
  return parts.map((part, i) => unescapeLiteral(part) + (texts[i] ?? '')).join('');
}
