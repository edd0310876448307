import { isObject, type Json, type JsonObject } from './json';

/**
 * Beyond any task: 23 days, near the longest a timer can wait. Without a TimeoutSeconds the interpreter would stop a
 * task after a minute.
 */
const NO_TIMEOUT_SECONDS = 2_000_000;

/** Fields that our side of a Task or Pass state reads (see task-handler.ts). */
const OURS = ['Parameters', 'ResultSelector', 'InputPath', 'Result'];

/**
 * A state as the interpreter runs it rightly. Task and Pass become tasks whose payloads we work out; the rest is put
 * into words that mean the same and that it understands.
 */
export function prepareState(
  fields: JsonObject,
  prepareMachine: (machine: JsonObject) => JsonObject,
): JsonObject {
  const { Type: type } = fields;
  const state: JsonObject = { ...fields };
  // "$" is what ResultPath means where it is left out; the interpreter makes a field of that name.
  if (state.ResultPath === '$') delete state.ResultPath;
  if (type === 'Task' || type === 'Pass') {
    for (const field of OURS) delete state[field];
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

/** `IsPresent: false` and its like never match there; `?` in a pattern would match any character. */
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
