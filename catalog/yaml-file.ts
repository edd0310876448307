import { type Document, isMap, isNode, isScalar, LineCounter, type Pair, parseDocument } from 'yaml';
import type { z } from 'zod';
import { closest } from '../domain/edit-distance';
import { type FileFault, type Place, shownPlace } from './file-faults';

/** The line of a place, or of the nearest part around it that is in the file. */
export type LineOf = (place: Place) => number;

/** For a property that is missing, how it is written. */
export type Examples = Readonly<Record<string, string>>;

export interface YamlFile {
  readonly value: unknown;
  readonly lineOf: LineOf;
}

/** @param schema `failsafe`: every scalar is its text, so that no digit of a number is lost */
export function parseYaml(
  text: string,
  schema: 'core' | 'failsafe' = 'core',
): YamlFile | { readonly faults: readonly FileFault[] } {
  const lines = new LineCounter();
  const yaml = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error', schema });
  const lineAt = (offset: number) => lines.linePos(offset).line;
  if (yaml.errors.length > 0) {
    return {
      faults: yaml.errors.map(({ message, pos: [at] }) => ({
        line: lineAt(at),
        message: `not valid YAML: ${message.replaceAll('\n', ' ')}`,
      })),
    };
  }
  try {
    return { value: yaml.toJS(), lineOf: (place) => lineAt(offsetOf(yaml, place)) };
  } catch (error) {
    // Aliases that expand to too many nodes.
    if (!(error instanceof ReferenceError)) throw error;
    return { faults: [{ line: 1, message: `not valid YAML: ${error.message}` }] };
  }
}

/** What a file says, checked by its schema, or every fault, in the order of the file. */
export function checkForm<Output>(
  { value, lineOf }: YamlFile,
  schema: z.ZodType<Output>,
  examples: Examples,
): { readonly document: Output } | { readonly faults: readonly FileFault[] } {
  const parsed = schema.safeParse(value);
  if (parsed.success) return { document: parsed.data };
  const faults = parsed.error.issues.flatMap((issue) => issueFaults(issue, value, schema, lineOf, examples));
  return { faults: faults.toSorted((a, b) => a.line - b.line) };
}

function offsetOf(yaml: Document, place: Place): number {
  for (let length = place.length; length > 0; length -= 1) {
    const parent = length === 1 ? yaml.contents : yaml.getIn(place.slice(0, length - 1), true);
    const last = place[length - 1];
    if (isMap(parent)) {
      const pair = parent.items.find(({ key }: Pair) => (isScalar(key) ? key.value : key) === last);
      if (pair && isNode(pair.key) && pair.key.range) return pair.key.range[0];
    }
    const node = yaml.getIn(place.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return yaml.contents?.range?.[0] ?? 0;
}

function issueFaults(
  issue: z.core.$ZodIssue,
  value: unknown,
  schema: z.ZodType,
  lineOf: LineOf,
  examples: Examples,
): FileFault[] {
  const fault = (place: Place, text: string): FileFault => ({
    line: lineOf(place),
    message: `${shownPlace(place)}${text}`,
  });
  const { path } = issue;
  const found = path.reduce<unknown>((at, name) => (at as Record<PropertyKey, unknown>)?.[name], value);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => {
        const known = propertiesAt(schema, path);
        const meant = closest(key, known);
        const remedy = meant ? `did you mean ${meant}?` : `expected one of ${known.join(', ')}`;
        return fault([...path, key], `is no property: ${remedy}`);
      });
    case 'invalid_key':
      return [fault(path, `is not a valid name: ${issue.issues[0]?.message ?? 'expected another name'}`)];
    default:
      if (found === undefined) return [fault(path, `is missing: add it${example(path, examples)}`)];
      return [fault(path, `${expected(issue)}, got ${JSON.stringify(found)}${hint(issue, found)}`)];
  }
}

function expected(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${TYPE_NAMES[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `expected ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`;
    case 'too_small':
      return issue.message.startsWith('expected') ? issue.message : `expected at least ${issue.minimum}`;
    case 'too_big':
      return `expected at most ${issue.maximum}`;
    default:
      return issue.message;
  }
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'a text',
  array: 'a list such as [order_id]',
  object: 'properties such as { type: text }',
  record: 'properties such as { type: text }',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
};

const hint = (issue: z.core.$ZodIssue, found: unknown) =>
  issue.code === 'invalid_type' && issue.expected === 'string' && typeof found !== 'object'
    ? ': put it in quotes'
    : '';

function example(place: Place, examples: Examples): string {
  const found = examples[String(place.at(-1))];
  return found ? `, for example "${found}"` : '';
}

/** The names of the properties that an object at this place can have. */
function propertiesAt(schema: z.ZodType, place: Place): string[] {
  let at: z.ZodType = unwrapped(schema);
  for (const name of place) {
    const { shape, valueType, element } = at.def as unknown as {
      shape?: Record<PropertyKey, z.ZodType>;
      valueType?: z.ZodType;
      element?: z.ZodType;
    };
    const next = shape?.[name] ?? valueType ?? element;
    if (!next) return [];
    at = unwrapped(next);
  }
  return Object.keys((at.def as unknown as { shape?: object }).shape ?? {});
}

function unwrapped(schema: z.ZodType): z.ZodType {
  const { innerType } = schema.def as unknown as { innerType?: z.ZodType };
  return innerType ? unwrapped(innerType) : schema;
}
