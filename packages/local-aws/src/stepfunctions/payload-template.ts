import { DefinitionError, RuntimeStateError } from './errors';
import { type Expression, parseIntrinsic } from './intrinsic-syntax';
import { evaluate, INTRINSICS } from './intrinsics';
import { isObject, type Json } from './json';
import { parsePath, readPath } from './json-path';

/** Roots of a template's paths: `$` for the state's data, `$$` for the context object. */
interface TemplateScope {
  readonly data: Json;
  readonly context: Json;
}

/**
 * Evaluates a payload template (Parameters, ResultSelector): fields whose names end in `.$` contain a path or an
 * intrinsic function. Replaces the interpreter's own implementation, which drops backslashes from the results of
 * intrinsic functions and supports only part of the context object.
 * https://states-language.net/spec.html#payload-template
 * @throws RuntimeStateError for a path that is not found, IntrinsicError
 */
export function fillTemplate(template: Json, scope: TemplateScope): Json {
  if (Array.isArray(template)) return template.map((item) => fillTemplate(item, scope));
  if (!isObject(template)) return template;
  return Object.fromEntries(
    Object.entries(template).map(([field, value]) => {
      if (!field.endsWith('.$')) return [field, fillTemplate(value, scope)];
      const name = field.slice(0, -2);
      return [name, evaluate(parseValue(String(value)), (path) => lookUp(path, scope, field))];
    }),
  );
}

/** The value of a path. @throws RuntimeStateError if not found */
export function lookUp(path: string, scope: TemplateScope, field: string): Json {
  const found = readPath(parsePath(path), scope.data, scope.context);
  if (found !== undefined) return found;
  const searched = JSON.stringify(path.startsWith('$$') ? scope.context : scope.data);
  throw new RuntimeStateError(
    `The JSONPath '${path}' specified for the field '${field}' could not be found in the input '${searched}'`,
  );
}

/** Calls `visit` with every path of a template. @throws DefinitionError for a field that is neither a path nor a function */
export function eachPath(template: Json, where: string, visit: (path: string) => void): void {
  if (Array.isArray(template)) {
    for (const [i, item] of template.entries()) eachPath(item, `${where}[${i}]`, visit);
  } else if (isObject(template)) {
    for (const [field, value] of Object.entries(template)) {
      if (field.endsWith('.$'))
        visitExpression(checkedValue(value, `${where}.${field}`), `${where}.${field}`, visit);
      else eachPath(value, `${where}.${field}`, visit);
    }
  }
}

export function callsIntrinsic(template: Json): boolean {
  if (Array.isArray(template)) return template.some(callsIntrinsic);
  if (!isObject(template)) return false;
  return Object.entries(template).some(([field, value]) =>
    field.endsWith('.$') ? !String(value).startsWith('$') : callsIntrinsic(value),
  );
}

function parseValue(text: string): Expression {
  return text.startsWith('$') ? { kind: 'path', path: parsePath(text) } : parseIntrinsic(text);
}

function checkedValue(value: Json, where: string): Expression {
  if (typeof value !== 'string')
    throw new DefinitionError(where, `expected a path or a function, got ${JSON.stringify(value)}`);
  try {
    return parseValue(value);
  } catch (error) {
    throw new DefinitionError(where, error instanceof Error ? error.message : String(error));
  }
}

function visitExpression(expression: Expression, where: string, visit: (path: string) => void): void {
  if (expression.kind === 'path') visit(expression.path.text);
  if (expression.kind !== 'call') return;
  if (!INTRINSICS[expression.name])
    throw new DefinitionError(where, `there is no function ${expression.name}`);
  for (const argument of expression.arguments) visitExpression(argument, where, visit);
}
