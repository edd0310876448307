import { type Document, isMap, isNode, isScalar, LineCounter, type Pair, parseDocument } from 'yaml';
import type { z } from 'zod';
import { closest } from '../domain/edit-distance';
import {
  type ChangesDocument,
  type ContractDocument,
  changesSchema,
  contractSchema,
  type SourceDocument,
  sourceSchema,
} from './contract-schema';

/** What is wrong in a contract file, and what to do. */
export interface FileFault {
  /** From 1. */
  readonly line: number;
  readonly message: string;
}

/** Where a part of a contract is in its file: `['columns', 'created_at', 'type']`. */
export type Place = readonly PropertyKey[];

/** A contract file in its right form; what it says may still contradict other files. */
export type ContractFile = (
  | { readonly form: 'kind'; readonly document: ContractDocument }
  | { readonly form: 'changes'; readonly document: ChangesDocument }
  | { readonly form: 'source'; readonly document: SourceDocument }
) & {
  /** The line of a place, or of the nearest part around it that is in the file. */
  readonly lineOf: (place: Place) => number;
};

const SCHEMAS = { kind: contractSchema, changes: changesSchema, source: sourceSchema };

/** Parses the YAML text of a contract, and checks its form. @returns every fault, in the order of the file */
export function parseContractFile(text: string): ContractFile | { readonly faults: readonly FileFault[] } {
  const lines = new LineCounter();
  const yaml = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' });
  const lineAt = (offset: number) => lines.linePos(offset).line;
  if (yaml.errors.length > 0) {
    return {
      faults: yaml.errors.map(({ message, pos: [at] }) => ({
        line: lineAt(at),
        message: `not valid YAML: ${message.replaceAll('\n', ' ')}`,
      })),
    };
  }
  const lineOf = (place: Place) => lineAt(offsetOf(yaml, place));
  let value: unknown;
  try {
    value = yaml.toJS();
  } catch (error) {
    // Aliases that expand to too many nodes.
    if (!(error instanceof ReferenceError)) throw error;
    return { faults: [{ line: 1, message: `not valid YAML: ${error.message}` }] };
  }
  const form = formOf(value);
  if (form === undefined) {
    const message =
      'expected "kind: <name>" for a kind of rows, "extends: <kind>" for changes to one, or "source: <name>" for files that SQL maps';
    return { faults: [{ line: lineOf([]), message }] };
  }
  const parsed = SCHEMAS[form].safeParse(value);
  if (parsed.success) return { form, document: parsed.data, lineOf } as ContractFile;
  const faults = parsed.error.issues.flatMap((issue) => issueFaults(issue, value, form, lineOf));
  return { faults: faults.toSorted((a, b) => a.line - b.line) };
}

function formOf(value: unknown): ContractFile['form'] | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if ('source' in value) return 'source';
  if ('extends' in value) return 'changes';
  return 'kind' in value ? 'kind' : undefined;
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
  form: ContractFile['form'],
  lineOf: (place: Place) => number,
): FileFault[] {
  const fault = (place: Place, text: string): FileFault => ({
    line: lineOf(place),
    message: `${shown(place)}${text}`,
  });
  const { path } = issue;
  const found = path.reduce<unknown>((at, name) => (at as Record<PropertyKey, unknown>)?.[name], value);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => {
        const known = propertiesAt(SCHEMAS[form], path);
        const meant = closest(key, known);
        const remedy = meant ? `did you mean ${meant}?` : `expected one of ${known.join(', ')}`;
        return fault([...path, key], `is no property: ${remedy}`);
      });
    case 'invalid_key':
      return [fault(path, `is not a valid name: ${issue.issues[0]?.message ?? 'expected another name'}`)];
    default:
      if (found === undefined) return [fault(path, `is missing: add it${example(path)}`)];
      return [fault(path, `${expected(issue)}, got ${JSON.stringify(found)}${hint(issue, found)}`)];
  }
}

const shown = (place: Place) => (place.length === 0 ? '' : `${place.map(String).join('.')}: `);

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

const EXAMPLES: Readonly<Record<string, string>> = {
  key: 'key: [order_id]',
  partition: 'partition: { by: month, of: created_at }',
  columns: 'columns: { order_id: { type: int64, required: true } }',
  type: 'type: text',
  maps: 'maps: { orders: orders.sql }',
};

function example(place: Place): string {
  const found = EXAMPLES[String(place.at(-1))];
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
