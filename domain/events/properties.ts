import { columnKey } from '../header-columns';
import { boundedCache } from './bounded-cache';
import { cellText, isObject, withoutType } from './event-values';
import { parseStructure } from './parse-structure';

/** One value of an event. */
export interface Property {
  readonly place: Place;
  /** Without objects that only say its type. */
  readonly value: unknown;
  /** What it means as a cell; undefined for an object, whose text is made when it is wanted. */
  readonly text: string | undefined;
  /** Set once a column has it. */
  isTaken: boolean;
}

/** Members of members of ... below this are one value. */
const MAX_DEPTH = 4;

const MAX_KEYS = 20_000;

/** What of a name counts, as in headers of files: its letters and digits. */
export const propertyKey = boundedCache(MAX_KEYS, columnKey);

/** Where members of events lead to, and what is known of it. */
interface Place {
  /** The names of the members that lead to it, joined by dots, without those of containers. */
  readonly name: string;
  /** The same, with those of containers. */
  readonly path: string;
  /** What of the name counts. */
  readonly key: string;
  /** The groups that it is a name in, and its rank among the names of each. */
  readonly groups: readonly (readonly [group: number, rank: number])[];
  readonly isContainer: boolean;
  /** It is one value, even if it is an object. */
  readonly isList: boolean;
  /** What the names of its members begin with. */
  readonly outer: string;
  /** By the name of the member. */
  readonly members: Map<string, Place>;
}

/** Where the properties of something are looked for; made once, before anything is looked up. */
export class PropertyIndex {
  /** The names of each group. */
  readonly groups: (readonly string[])[] = [];
  private readonly ranks = new Map<string, (readonly [group: number, rank: number])[]>();
  private places = 0;
  private top: Place | undefined;

  /** @param containers the keys of members that only group others @param lists of those that are one value, even if they are objects */
  constructor(
    private readonly containers: ReadonlySet<string>,
    private readonly lists: ReadonlySet<string> = new Set(),
  ) {}

  /** Adds names that mean the same, the first choice first. @returns the group by which properties with one of them are found */
  group(names: readonly string[]): number {
    const keys = [...new Set(names.map(propertyKey))];
    const group = this.groups.push(keys) - 1;
    for (const [rank, key] of keys.entries()) {
      const ranks = this.ranks.get(key);
      if (ranks) ranks.push([group, rank]);
      else this.ranks.set(key, [[group, rank]]);
    }
    return group;
  }

  /** The place of an event itself. It forgets what it knows of too many different names. */
  root(): Place {
    if (this.places > MAX_KEYS) {
      this.places = 0;
      this.top = undefined;
    }
    this.top ??= this.place('', '', '');
    return this.top;
  }

  /** The place of a member. */
  memberOf(place: Place, member: string): Place {
    const known = place.members.get(member);
    if (known) return known;
    const { outer, path } = place;
    const name = outer === '' ? member : `${outer}.${member}`;
    const made = this.place(name, path === '' ? member : `${path}.${member}`, outer);
    place.members.set(member, made);
    return made;
  }

  private place(name: string, path: string, outer: string): Place {
    this.places += 1;
    const key = propertyKey(name);
    const isContainer = this.containers.has(key);
    return {
      name,
      path,
      key,
      groups: this.ranks.get(key) ?? [],
      isContainer,
      isList: this.lists.has(key),
      outer: isContainer ? outer : name,
      members: new Map(),
    };
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
    const later: Inner[] = [{ place: index.root(), members: event, depth: 0 }];
    for (const { place, members, depth } of later) this.addAll(place, members, depth, later);
  }

  private addAll(place: Place, members: Members, depth: number, later: Inner[]): void {
    const { index } = this;
    if (isPairs(members)) {
      for (const [name, value] of members) this.add(index.memberOf(place, name), value, depth, later);
    } else {
      for (const name in members) this.add(index.memberOf(place, name), members[name], depth, later);
    }
  }

  private add(place: Place, typed: unknown, depth: number, later: Inner[]): void {
    const value = typeof typed === 'object' ? withoutType(typed) : typed;
    const members = depth < MAX_DEPTH ? membersOf(place, value) : undefined;
    if (members) later.push({ place, members, depth: depth + 1 });
    else {
      const isObject = typeof value === 'object';
      const text = isObject ? undefined : cellText(value);
      if (isObject ? value === null : text === undefined) return;
      const property: Property = { place, value, text, isTaken: false };
      this.all.push(property);
      if (place.groups.length > 0) this.choose(property, place.groups);
    }
  }

  private choose(property: Property, groups: Place['groups']): void {
    for (const [group, rank] of groups) {
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
      const found = this.all.find(({ place, isTaken }) => !isTaken && place.key === key);
      if (found) return found;
    }
    return undefined;
  }

  /** The text of that property, which then belongs to a column; undefined if there is none. */
  take(group: number): string | undefined {
    const property = this.find(group);
    if (!property) return undefined;
    property.isTaken = true;
    return property.text ?? cellText(property.value);
  }

  /** The properties whose name matches, in their order. */
  matching(pattern: RegExp): Property[] {
    return this.all.filter(({ place }) => pattern.test(place.name));
  }

  /**
   * The values that no column has, as a JSON object; null if there are none.
   * @param leftOut keys of values that are not kept
   */
  rest(leftOut: ReadonlySet<string>): string | null {
    let names: Set<string> | undefined;
    let members = '';
    for (const { place, value, isTaken } of this.all) {
      const { name, path, key } = place;
      if (isTaken || leftOut.has(key)) continue;
      names ??= new Set();
      const unique = names.has(name) ? path : name;
      if (names.has(unique)) continue;
      names.add(unique);
      members += `${members === '' ? '' : ','}${JSON.stringify(unique)}:${JSON.stringify(value)}`;
    }
    return members === '' ? null : `{${members}}`;
  }
}

type Pairs = readonly (readonly [name: string, value: unknown])[];

type Members = Readonly<Record<string, unknown>> | Pairs;

const isPairs = (members: Members): members is Pairs => Array.isArray(members);

interface Inner {
  readonly place: Place;
  readonly members: Members;
  readonly depth: number;
}

/** The members that stand for themselves; undefined for a value. */
function membersOf({ isContainer, isList }: Place, value: unknown): Members | undefined {
  const isObjectOrText = typeof value === 'object' ? value !== null : typeof value === 'string';
  if (!isObjectOrText || isList) return undefined;
  if (isContainer) return containedIn(value);
  return isObject(value) ? value : undefined;
}

/** The members that a container has; undefined if it is a value. */
function containedIn(value: unknown): Members | undefined {
  const structure = typeof value === 'string' ? parseStructure(value) : value;
  if (isObject(structure)) {
    const list = elementsOf(structure);
    return list ? keysAndValues(list) : structure;
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
