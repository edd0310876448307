import type { EventForms } from '../contract';
import { cellText } from './event-values';
import { type Properties, type Property, type PropertyIndex, propertyKey } from './properties';

/**
 * Finds the name of an event: in the vocabulary where it is there, otherwise in lower case with underscores; undefined if it has
 * none.
 */
export type NameOf = (
  properties: Properties,
  topic: string | undefined,
  hasProduct: boolean,
) => string | undefined;

/** A name as it was written. */
interface Written {
  readonly name: string;
  /** Undefined if the name is that of a topic. */
  readonly property?: Property;
  /** What it says more about is in its subtype. */
  readonly isType: boolean;
}

/** @param group that of the column of the name in the index */
export function eventNames(forms: EventForms, index: PropertyIndex, group: number): NameOf {
  const { names, withoutProduct = {} } = forms;
  const known = new Map<string, string>();
  for (const [name, others] of Object.entries(names)) {
    for (const one of [name, ...others]) known.set(propertyKey(one), name);
  }
  const productless = new Map(Object.entries(withoutProduct).map(([name, to]) => [propertyKey(name), to]));
  const written = writtenName(forms, index, group);
  const subtypes = index.group(forms.subtype ?? []);

  return (properties, topic, hasProduct) => {
    const found = written(properties, topic);
    if (!found) return undefined;
    const { name, property, isType } = found;
    if (property) property.isTaken = true;
    const subtype = properties.find(subtypes);
    const more = subtype && cellText(subtype.value);
    const tried = more === undefined ? [name] : [`${name} ${more}`, ...(isType ? [more, name] : [name])];
    for (const one of tried) {
      const key = propertyKey(one);
      const canonical = known.get(key);
      if (canonical === undefined) continue;
      if (subtype && one !== name) subtype.isTaken = true;
      return hasProduct ? canonical : (productless.get(key) ?? canonical);
    }
    if (!subtype || !isType) return ownName(name);
    subtype.isTaken = true;
    return ownName(`${name} ${more}`);
  };
}

function writtenName(
  { topics = {}, type = [], weakNames = [] }: EventForms,
  index: PropertyIndex,
  group: number,
): (properties: Properties, topic: string | undefined) => Written | undefined {
  const types = index.group(type);
  const weak = index.group(weakNames);
  const words = Object.entries(topics);
  const from = (properties: Properties, names: number, isType: boolean): Written | undefined => {
    const property = properties.find(names);
    return property && { name: cellText(property.value) ?? '', property, isType };
  };
  const fromTopic = (topic: string): Written | undefined => {
    const [, name] = words.find(([word]) => topic.includes(word)) ?? [];
    return name === undefined ? undefined : { name, isType: true };
  };
  return (properties, topic) =>
    from(properties, group, false) ??
    from(properties, types, true) ??
    (topic === undefined ? undefined : fromTopic(topic)) ??
    from(properties, weak, false);
}

/** `Newsletter Signup` and `newsletterSignup` are `newsletter_signup`. */
function ownName(text: string): string | undefined {
  const name = text
    .replace(/(\p{Ll}|\p{N})(\p{Lu})/gu, '$1_$2')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, '_')
    .replace(/^_+|_+$/g, '');
  return name === '' ? undefined : name;
}
