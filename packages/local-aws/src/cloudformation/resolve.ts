import { TemplateError } from './errors';

/** Resolves the references of a template's functions. */
export interface Scope {
  /** A resource's Ref, a parameter or a pseudo parameter; undefined for an unknown name. */
  ref(name: string): unknown;
  getAtt(logicalId: string, attribute: string): unknown;
  condition(name: string): boolean;
  availabilityZones(): string[];
}

/** The value of `AWS::NoValue`: removes the property. */
export const NO_VALUE = Symbol('AWS::NoValue');

type Function = (argument: unknown, scope: Scope, where: string) => unknown;

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html */
const FUNCTIONS: Readonly<Record<string, Function>> = {
  Ref: (name, scope, where) => reference(String(name), scope, where),
  'Fn::GetAtt': (argument, scope, where) => {
    const [logicalId = '', ...attribute] = Array.isArray(argument)
      ? argument.map(String)
      : String(argument).split('.');
    return attributeOf(logicalId, attribute.join('.'), scope, where);
  },
  'Fn::Sub': (argument, scope, where) => {
    const [text, variables] = Array.isArray(argument) ? argument : [argument, {}];
    return substitute(
      String(text),
      (resolve(variables, scope, where) ?? {}) as Record<string, unknown>,
      scope,
      where,
    );
  },
  'Fn::Join': (argument, scope, where) => {
    const [separator, parts] = list(argument, scope, where);
    if (!Array.isArray(parts)) throw new TemplateError(where, 'Fn::Join expects a list');
    return parts.map(String).join(String(separator));
  },
  'Fn::Select': (argument, scope, where) => {
    const [index, items] = list(argument, scope, where);
    const item = Array.isArray(items) ? items[Number(index)] : undefined;
    if (item === undefined) throw new TemplateError(where, `Fn::Select finds no item ${index}`);
    return item;
  },
  'Fn::Split': (argument, scope, where) => {
    const [separator, text] = list(argument, scope, where);
    return String(text).split(String(separator));
  },
  'Fn::GetAZs': (_, scope) => scope.availabilityZones(),
  'Fn::If': (argument, scope, where) => {
    const [name, yes, no] = Array.isArray(argument) ? argument : [];
    return resolve(scope.condition(String(name)) ? yes : no, scope, where);
  },
  'Fn::Equals': (argument, scope, where) => {
    const [a, b] = list(argument, scope, where);
    return String(a) === String(b);
  },
  'Fn::And': (argument, scope, where) => list(argument, scope, where).every(Boolean),
  'Fn::Or': (argument, scope, where) => list(argument, scope, where).some(Boolean),
  'Fn::Not': (argument, scope, where) => !list(argument, scope, where)[0],
  Condition: (name, scope) => scope.condition(String(name)),
};

/** Evaluates the functions in a value. @throws TemplateError for an unsupported function or an unknown name */
export function resolve(value: unknown, scope: Scope, where: string): unknown {
  if (Array.isArray(value)) {
    return value.map((item, i) => resolve(item, scope, `${where}[${i}]`)).filter((item) => item !== NO_VALUE);
  }
  if (typeof value !== 'object' || value === null) return value;
  const call = functionCall(value);
  if (call) {
    const run = FUNCTIONS[call.name];
    if (!run) throw new TemplateError(where, `${call.name} is not supported locally`);
    return run(call.argument, scope, where);
  }
  const entries = Object.entries(value).map(([name, field]) => [
    name,
    resolve(field, scope, `${where}.${name}`),
  ]);
  return Object.fromEntries(entries.filter(([, field]) => field !== NO_VALUE));
}

/** The logical ids and parameters that a value refers to. */
export function references(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const call = Array.isArray(value) ? undefined : functionCall(value);
  const { name, argument } = call ?? {};
  if (name === 'Ref') return [String(argument)];
  if (name === 'Fn::GetAtt')
    return [String(Array.isArray(argument) ? argument[0] : argument).split('.')[0] ?? ''];
  const text = name === 'Fn::Sub' ? String(Array.isArray(argument) ? argument[0] : argument) : '';
  const named = [...text.matchAll(VARIABLE)]
    .filter(([, literal]) => !literal)
    .map(([, , variable = '']) => variable.split('.')[0] ?? '');
  return [...named, ...Object.values(value).flatMap(references)];
}

function functionCall(value: object): { name: string; argument: unknown } | undefined {
  const [entry, ...more] = Object.entries(value);
  if (!entry || more.length > 0) return undefined;
  const [name, argument] = entry;
  const isCondition = name === 'Condition' && typeof argument === 'string';
  return name === 'Ref' || name.startsWith('Fn::') || isCondition ? { name, argument } : undefined;
}

/** `${Name}`, `${Resource.Attribute}`; `${!Name}` stands for `${Name}`. */
const VARIABLE = /\$\{(!?)([^}]+)\}/g;

function substitute(text: string, variables: Record<string, unknown>, scope: Scope, where: string): string {
  return text.replace(VARIABLE, (_, literal: string, variable: string) => {
    if (literal) return `\${${variable}}`;
    if (Object.hasOwn(variables, variable)) return String(variables[variable]);
    const [logicalId = '', ...attribute] = variable.split('.');
    if (attribute.length === 0) return String(reference(logicalId, scope, where));
    return String(attributeOf(logicalId, attribute.join('.'), scope, where));
  });
}

function list(argument: unknown, scope: Scope, where: string): unknown[] {
  const resolved = resolve(argument, scope, where);
  if (!Array.isArray(resolved))
    throw new TemplateError(where, `expected a list, got ${JSON.stringify(argument)}`);
  return resolved;
}

function reference(name: string, scope: Scope, where: string): unknown {
  const found = scope.ref(name);
  if (found === undefined) throw new TemplateError(where, `there is no resource or parameter ${name}`);
  return found;
}

function attributeOf(logicalId: string, attribute: string, scope: Scope, where: string): unknown {
  const found = scope.getAtt(logicalId, attribute);
  if (found === undefined) throw new TemplateError(where, `there is no ${logicalId}.${attribute} locally`);
  return found;
}
