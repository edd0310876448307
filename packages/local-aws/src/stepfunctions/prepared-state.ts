import { isObject, type Json, type JsonObject } from './json';

/**
 * 23 days, close to the maximum of a Node timer. Without TimeoutSeconds the interpreter would stop a task after one
 * minute.
 */
const NO_TIMEOUT_SECONDS = 2_000_000;

/** Fields of Task and Pass that TaskRunner evaluates instead of the interpreter. */
const PAYLOAD_FIELDS = ['Parameters', 'ResultSelector', 'InputPath', 'Result'];

/**
 * Rewrites a state so that the interpreter runs it correctly. Task and Pass become tasks whose payloads TaskRunner
 * evaluates; other fields get an equivalent that the interpreter supports.
 */
export function prepareState(
  fields: JsonObject,
  prepareMachine: (machine: JsonObject) => JsonObject,
): JsonObject {
  const { Type: type } = fields;
  const state: JsonObject = { ...fields };
  // "$" is the default of ResultPath, but the interpreter would create a field of that name.
  if (state.ResultPath === '$') delete state.ResultPath;
  if (type === 'Task' || type === 'Pass') {
    for (const field of PAYLOAD_FIELDS) delete state[field];
    state.Type = 'Task';
    state.Resource ??= 'pass';
    state.TimeoutSeconds ??= NO_TIMEOUT_SECONDS;
  }
  if (type === 'Choice') state.Choices = prepareRule(fields.Choices ?? []);
  for (const field of ['ItemProcessor', 'Iterator'] as const) {
    const inner = fields[field];
    if (isObject(inner)) state[field] = prepareMachine(inner);
  }
  if (Array.isArray(fields.Branches))
    state.Branches = fields.Branches.map((inner) => prepareMachine(inner as JsonObject));
  return state;
}

/** Works around two defects: `IsPresent: false` and similar tests never match, and `?` in a pattern matches any character. */
function prepareRule(rule: Json): Json {
  if (Array.isArray(rule)) return rule.map(prepareRule);
  if (!isObject(rule)) return rule;
  const prepared = Object.fromEntries(
    Object.entries(rule).map(([field, value]) => {
      if (field === 'And' || field === 'Or' || field === 'Not') return [field, prepareRule(value)];
      if (field === 'StringMatches') return [field, String(value).replaceAll('?', '\\?')];
      return [field, value];
    }),
  );
  const test = Object.keys(rule).find((field) => /^Is[A-Z]/.test(field));
  if (test === undefined || rule[test] !== false) return prepared;
  const { Next, Variable } = rule;
  return { ...(Next !== undefined && { Next }), Not: { Variable: Variable ?? '$', [test]: true } };
}
