import { isObject, type Json } from './json';

/** A step of a path: a field, an index (negative: from the end), or every child. */
type Step = string | number | typeof EVERY;
const EVERY = Symbol('every child');

export interface JsonPath {
  readonly text: string;
  /** True for `$$`, the context object. */
  readonly ofContext: boolean;
  readonly steps: readonly Step[];
}

/** An invalid path, or one with features other than fields, indexes and `[*]`. */
export class JsonPathError extends Error {
  constructor(readonly path: string) {
    super(
      `path ${path}: expected $ or $$ with fields, indexes and [*] (filters, slices and .. are not supported locally)`,
    );
    this.name = 'JsonPathError';
  }
}

const STEP =
  /\.(?<field>[\p{L}\p{N}_-]+)|\.(?<star>\*)|\[(?:(?<index>-?\d+)|(?<every>\*)|'(?<single>(?:[^'\\]|\\.)*)'|"(?<double>(?:[^"\\]|\\.)*)")\]/uy;

/** @throws JsonPathError */
export function parsePath(text: string): JsonPath {
  const ofContext = text.startsWith('$$');
  if (!text.startsWith('$')) throw new JsonPathError(text);
  const steps: Step[] = [];
  STEP.lastIndex = ofContext ? 2 : 1;
  while (STEP.lastIndex < text.length) {
    const { field, star, index, every, single, double } = STEP.exec(text)?.groups ?? {};
    if (field !== undefined) steps.push(field);
    else if (index !== undefined) steps.push(Number(index));
    else if (star ?? every) steps.push(EVERY);
    else if ((single ?? double) !== undefined) steps.push(`${single ?? double}`.replace(/\\(.)/g, '$1'));
    else throw new JsonPathError(text);
  }
  return { text, ofContext, steps };
}

/** The value, or an array of values for a path with `[*]`; undefined if not found. */
export function readPath(path: JsonPath, data: Json, context: Json): Json | undefined {
  let found: Json[] = [path.ofContext ? context : data];
  for (const step of path.steps) found = found.flatMap((value) => follow(value, step));
  return path.steps.includes(EVERY) ? found : found[0];
}

function follow(value: Json, step: Step): Json[] {
  if (step === EVERY) {
    if (Array.isArray(value)) return value;
    return isObject(value) ? Object.values(value) : [];
  }
  if (typeof step === 'number') {
    const child = Array.isArray(value) ? value.at(step) : undefined;
    return child === undefined ? [] : [child];
  }
  const child = isObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
  return child === undefined ? [] : [child];
}
