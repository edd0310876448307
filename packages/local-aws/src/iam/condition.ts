import { PolicyError } from './errors';
import { arnPattern, pattern } from './wildcard';

/** An operator and key of a statement's Condition; true if one of the values matches. */
export interface Condition {
  readonly operator: string;
  /** In lower case: keys are case-insensitive. */
  readonly key: string;
  readonly values: readonly string[];
}

/** The condition keys of a request, in lower case. */
export type RequestKeys = ReadonlyMap<string, string>;

/**
 * Keys that a request has here exactly when it has them on AWS. Conditions on other keys are not evaluated.
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

type Test = (expected: string, found: string) => boolean;

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
const OPERATORS: Readonly<Record<string, Test>> = {
  StringEquals: (expected, found) => expected === found,
  StringLike: (expected, found) => pattern(expected).matches(found),
  ArnEquals: (expected, found) => arnPattern(expected).matches(found),
  ArnLike: (expected, found) => arnPattern(expected).matches(found),
  Bool: (expected, found) => expected.toLowerCase() === found.toLowerCase(),
};

/** Evaluates all conditions of a statement; `unknown` names what cannot be evaluated if the result depends on it. */
export function evaluateConditions(
  conditions: readonly Condition[],
  keys: RequestKeys,
): boolean | { readonly unknown: string } {
  const results = conditions.map((condition) => evaluateCondition(condition, keys));
  if (results.includes(false)) return false;
  return results.find((result) => result !== true) ?? true;
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

/** Parses a statement's Condition element. @throws PolicyError for values that are not strings */
export function readConditions(element: unknown, where: string): Condition[] {
  if (element === undefined) return [];
  return entries(element, where).flatMap(([operator, keys]) =>
    entries(keys, `${where}.${operator}`).map(([key, given]) => {
      const values = (Array.isArray(given) ? given : [given]).map((value) => {
        if (['string', 'boolean', 'number'].includes(typeof value)) return String(value);
        throw new PolicyError(
          `${where}.${operator}.${key}`,
          `expected a string, got ${JSON.stringify(value)}`,
        );
      });
      return { operator, key: key.toLowerCase(), values };
    }),
  );
}

function entries(value: unknown, where: string): [string, unknown][] {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return Object.entries(value);
  throw new PolicyError(where, `expected an object, got ${JSON.stringify(value)}`);
}
