import { columnKey } from '../header-columns';
import { boundedCache } from './bounded-cache';
import { cellText, hasValue, isObject, withoutType } from './event-values';
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

/** Where the properties of something are looked for; made once. */
export class PropertyIndex {
  /** By key: the groups that it is a name in, and its rank among the names of each. */
  readonly places = new Map<string, (readonly [group: number, rank: number])[]>();
  /** The names of each group. */
  readonly groups: (readonly string[])[] = [];

  /** @param containers the keys of members that only group others @param lists of those that are one value, even if they are objects */
  constructor(
    readonly containers: ReadonlySet<string>,
    readonly lists: ReadonlySet<string> = new Set(),
  ) {}

  /** Adds names that mean the same, the first choice first. @returns the group by which properties with one of them are found */
  group(names: readonly string[]): number {
    const keys = [...new Set(names.map(propertyKey))];
    const group = this.groups.push(keys) - 1;
    for (const [rank, key] of keys.entries()) {
      const places = this.places.get(key);
      if (places) places.push([group, rank]);
      else this.places.set(key, [[group, rank]]);
    }
    return group;
  }
}

/**
 * The values of an event by name, wherever they are: in the event itself, in members that only group others (`properties`,
 * `event_params`, ...; also as lists of keys and values, and as texts), or in other objects, whose names are part of the name:
 * `device.category`.
 *
 * A value nearer to the top comes first.
 */
export class Properties {
  private readonly all: Property[] = [];
  /** By group: the property with the first choice of its names, and the rank of that. */
  private readonly best: (Property | undefined)[] = [];
  private readonly ranks: number[] = [];

  constructor(
    event: Readonly<Record<string, unknown>>,
    private readonly index: PropertyIndex,
  ) {
    const later: Members[] = [];
    this.add(Object.entries(event), '', '', 0, later);
    for (let next = later.shift(); next; next = later.shift())
      this.add(next.members, next.name, next.path, next.depth, later);
  }

  private add(
    members: readonly (readonly [string, unknown])[],
    outer: string,
    outerPath: string,
    depth: number,
    later: Members[],
  ): void {
    for (const [member, typed] of members) {
      const name = outer === '' ? member : `${outer}.${member}`;
      const path = outerPath === '' ? member : `${outerPath}.${member}`;
      const key = propertyKey(name);
      const value = typeof typed === 'object' ? withoutType(typed) : typed;
      const inner = depth < MAX_DEPTH ? this.membersOf(key, value) : undefined;
      if (inner) {
        const isContainer = this.index.containers.has(key);
        later.push({ members: inner, name: isContainer ? outer : name, path, depth: depth + 1 });
        continue;
      }
      if (!hasValue(value)) continue;
      const property = { name, path, value, isTaken: false };
      this.all.push(property);
      const places = this.index.places.get(key);
      if (places) this.place(property, places);
    }
  }

  /** The members that stand for themselves; undefined for a value. */
  private membersOf(key: string, value: unknown): readonly (readonly [string, unknown])[] | undefined {
    const isObjectOrText = typeof value === 'object' ? value !== null : typeof value === 'string';
    if (!isObjectOrText || this.index.lists.has(key)) return undefined;
    if (this.index.containers.has(key)) return containedIn(value);
    return isObject(value) ? Object.entries(value) : undefined;
  }

  private place(property: Property, places: readonly (readonly [group: number, rank: number])[]): void {
    for (const [group, rank] of places) {
      if (this.best[group] && rank >= (this.ranks[group] as number)) continue;
      this.best[group] = property;
      this.ranks[group] = rank;
    }
  }

  /** The first property with a value under one of the names of a group, in their order, that no column has. */
  find(group: number): Property | undefined {
    const best = this.best[group];
    return best?.isTaken ? this.next(group) : best;
  }

  private next(group: number): Property | undefined {
    for (const key of this.index.groups[group] ?? []) {
      const found = this.all.find(({ name, isTaken }) => !isTaken && propertyKey(name) === key);
      if (found) return found;
    }
    return undefined;
  }

  /** The text of that property, which then belongs to a column; undefined if there is none. */
  take(group: number): string | undefined {
    const property = this.find(group);
    if (!property) return undefined;
    property.isTaken = true;
    return cellText(property.value);
  }

  /** The properties whose name matches, in their order. */
  matching(pattern: RegExp): Property[] {
    return this.all.filter(({ name }) => pattern.test(name));
  }

  /**
   * The values that no column has, as a JSON object; null if there are none.
   * @param leftOut keys of values that are not kept
   */
  rest(leftOut: ReadonlySet<string>): string | null {
    const names = new Set<string>();
    let members = '';
    for (const { name, path, value, isTaken } of this.all) {
      if (isTaken || leftOut.has(propertyKey(name))) continue;
      const unique = names.has(name) ? path : name;
      if (names.has(unique)) continue;
      names.add(unique);
      members += `${members === '' ? '' : ','}${JSON.stringify(unique)}:${JSON.stringify(value)}`;
    }
    return members === '' ? null : `{${members}}`;
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
