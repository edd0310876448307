import { columnKey } from '../header-columns';
import { boundedCache } from './bounded-cache';
import { cellText, isObject, withoutType } from './event-values';
import { parseStructure } from './parse-structure';

/** One value of an event. */
export interface Property {
  /** The names of the members that lead to it, joined by dots, without those of containers. */
  readonly name: string;
  /** The same, with those of containers. */
  readonly path: string;
  /** Without objects that only say its type. */
  readonly value: unknown;
  /** Set once a column has it. */
  isTaken: boolean;
}

/** Members of members of ... below this are one value. */
const MAX_DEPTH = 4;

const MAX_KEYS = 20_000;

/** What of a name counts, as in headers of files: its letters and digits. */
export const propertyKey = boundedCache(MAX_KEYS, columnKey);

/**
 * The values of an event by name, wherever they are: in the event itself, in members that only group others (`properties`,
 * `event_params`, ...; also as lists of keys and values, and as texts), or in other objects, whose names are part of the name:
 * `device.category`.
 *
 * A value nearer to the top comes first.
 */
export class Properties {
  private readonly byKey = new Map<string, Property[]>();
  private readonly all: Property[] = [];

  /**
   * @param containers the keys of members that only group others
   * @param isLeaf of the key of a member that is one value, even if it is an object
   */
  constructor(
    event: Readonly<Record<string, unknown>>,
    private readonly containers: ReadonlySet<string>,
    private readonly isLeaf: (key: string) => boolean,
  ) {
    const later: Members[] = [{ members: Object.entries(event), name: '', path: '', depth: 0 }];
    for (let next = later.shift(); next; next = later.shift()) this.add(next, later);
  }

  private add({ members, name: outer, path: outerPath, depth }: Members, later: Members[]): void {
    for (const [member, typed] of members) {
      const name = outer === '' ? member : `${outer}.${member}`;
      const path = outerPath === '' ? member : `${outerPath}.${member}`;
      const value = withoutType(typed);
      const key = propertyKey(name);
      if (!this.isLeaf(key) && depth < MAX_DEPTH) {
        const isContainer = this.containers.has(key);
        const inner = isContainer ? containedIn(value) : isObject(value) ? Object.entries(value) : undefined;
        if (inner) {
          later.push({ members: inner, name: isContainer ? outer : name, path, depth: depth + 1 });
          continue;
        }
      }
      const property = { name, path, value, isTaken: false };
      this.all.push(property);
      const same = this.byKey.get(key);
      if (same) same.push(property);
      else this.byKey.set(key, [property]);
    }
  }

  /** The first property with a value under one of these names, in their order. @param keys see {@link propertyKey} */
  find(keys: readonly string[]): Property | undefined {
    for (const key of keys) {
      for (const property of this.byKey.get(key) ?? []) {
        if (!property.isTaken && cellText(property.value) !== undefined) return property;
      }
    }
    return undefined;
  }

  /** The text of that property, which then belongs to a column; undefined if there is none. */
  take(keys: readonly string[]): string | undefined {
    const property = this.find(keys);
    if (!property) return undefined;
    property.isTaken = true;
    return cellText(property.value);
  }

  /** The properties whose key matches, in their order. */
  matching(pattern: RegExp): Property[] {
    return this.all.filter(({ name }) => pattern.test(name));
  }

  /**
   * The values that no column has, as a JSON object; null if there are none.
   * @param leftOut keys of values that are not kept
   */
  rest(leftOut: ReadonlySet<string>): string | null {
    const members: string[] = [];
    const names = new Set<string>();
    for (const { name, path, value, isTaken } of this.all) {
      if (isTaken || leftOut.has(propertyKey(name)) || cellText(value) === undefined) continue;
      const unique = names.has(name) ? path : name;
      if (names.has(unique)) continue;
      names.add(unique);
      members.push(`${JSON.stringify(unique)}:${JSON.stringify(value)}`);
    }
    return members.length === 0 ? null : `{${members.join(',')}}`;
  }
}

interface Members {
  readonly members: readonly (readonly [string, unknown])[];
  readonly name: string;
  readonly path: string;
  readonly depth: number;
}

/** The members that a container has; undefined if it is a value. */
function containedIn(value: unknown): readonly (readonly [string, unknown])[] | undefined {
  const structure = typeof value === 'string' ? parseStructure(value) : value;
  if (isObject(structure)) {
    const list = elementsOf(structure);
    return list ? keysAndValues(list) : Object.entries(structure);
  }
  return Array.isArray(structure) ? keysAndValues(structure) : undefined;
}

/** `[{"key": "page_location", "value": {"string_value": "..."}}]`; undefined if it is another list. */
function keysAndValues(list: readonly unknown[]): readonly (readonly [string, unknown])[] | undefined {
  const members: (readonly [string, unknown])[] = [];
  for (const one of list) {
    const element = isObject(one) && 'element' in one ? one.element : one;
    if (!isObject(element) || typeof element.key !== 'string') return undefined;
    members.push([element.key, element.value ?? null]);
  }
  return members;
}

/** The elements of a list as Parquet and Avro write it into JSON: `{"list": [{"element": ...}]}`; undefined for another object. */
export function elementsOf(value: Readonly<Record<string, unknown>>): readonly unknown[] | undefined {
  const [[name, list] = ['', undefined], ...others] = Object.entries(value);
  return others.length === 0 && (name === 'list' || name === 'array') && Array.isArray(list)
    ? list
    : undefined;
}
