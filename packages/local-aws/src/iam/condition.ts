import { PolicyError } from './errors';
import { arnPattern, pattern } from './wildcard';

/** One key of a statement's Condition, with its operator: it holds if one of the values fits. */
export interface Condition {
  readonly operator: string;
  /** In small letters, as keys have no case. */
  readonly key: string;
  readonly values: readonly string[];
}

/** The condition keys of a request, in small letters. */
export type RequestKeys = ReadonlyMap<string, string>;

/**
 * Every key that a request has here whenever it has it on AWS; on its absence, too, one can rely. Any other key might be
 * there on AWS, and is not judged.
 */
const KNOWN_KEYS = new Set([
  'aws:principalaccount',
  'aws:principalarn',
  'aws:securetransport',
  'aws:sourceaccount',
  'aws:sourcearn',
  'ecs:cluster',
  'iam:passedtoservice',
  's3:delimiter',
  's3:max-keys',
  's3:prefix',
]);

type Test = (wanted: string, found: string) => boolean;

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
const OPERATORS: Readonly<Record<string, Test>> = {
  StringEquals: (wanted, found) => wanted === found,
  StringLike: (wanted, found) => pattern(wanted).matches(found),
  ArnEquals: (wanted, found) => arnPattern(wanted).matches(found),
  ArnLike: (wanted, found) => arnPattern(wanted).matches(found),
  Bool: (wanted, found) => wanted.toLowerCase() === found.toLowerCase(),
};

/** Whether all of a statement's conditions hold; or what, in one on which that depends, is not known here. */
export function evaluateConditions(
  conditions: readonly Condition[],
  keys: RequestKeys,
): boolean | { readonly unknown: string } {
  const verdicts = conditions.map((condition) => evaluateCondition(condition, keys));
  if (verdicts.includes(false)) return false;
  return verdicts.find((verdict) => verdict !== true) ?? true;
}

function evaluateCondition(
  { operator, key, values }: Condition,
  keys: RequestKeys,
): boolean | { readonly unknown: string } {
  if (!KNOWN_KEYS.has(key)) return { unknown: `the condition key ${key}` };
  const found = keys.get(key);
  if (operator === 'Null') return values.some((value) => (value === 'true') === (found === undefined));
  const name = operator.replace(/IfExists$/, '');
  const test = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined;
  if (!test) return { unknown: `the condition operator ${operator}` };
  if (found === undefined) return name !== operator;
  return values.some((value) => test(value, found));
}

/** A statement's Condition element taken apart. @throws PolicyError for values that are no texts */
export function readConditions(element: unknown, where: string): Condition[] {
  if (element === undefined) return [];
  return entries(element, where).flatMap(([operator, keys]) =>
    entries(keys, `${where}.${operator}`).map(([key, given]) => {
      const values = (Array.isArray(given) ? given : [given]).map((value) => {
        if (['string', 'boolean', 'number'].includes(typeof value)) return String(value);
        throw new PolicyError(`${where}.${operator}.${key}`, `expected a text, got ${JSON.stringify(value)}`);
      });
      return { operator, key: key.toLowerCase(), values };
    }),
  );
}

function entries(value: unknown, where: string): [string, unknown][] {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return Object.entries(value);
  throw new PolicyError(where, `expected an object, got ${JSON.stringify(value)}`);
}
