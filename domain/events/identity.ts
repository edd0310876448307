import { memberTexts } from '../json-text';
import type { ProducerEvent } from './payload';
import { propertyKey } from './properties';

/**
 * How producers name an event and number it. Names are compared by their letters and digits only, without case, so `$insert_id` is
 * `insertId`. Not `id`, which is the number of a product or a visitor as often.
 */
const NAMES = new Set(['eventname', 'eventtype', 'event', 'name', 'type', 'action', 'e', 'en']);
const IDS = new Set(['eventid', 'eventuuid', 'messageid', 'insertid', 'uuid']);

/** Objects in objects, such as `{"payload": {"event": {...}}}`. */
const MAX_DEPTH = 4;

/**
 * Whether the value is an object with a name under any of its names, itself or in an object of it: without one it can never be an
 * event. The contract of events decides which name counts, so this accepts more than it.
 */
export function hasEventName(value: unknown, depth = MAX_DEPTH): boolean {
  return (
    isObject(value) &&
    Object.entries(value).some(
      ([name, one]) =>
        (NAMES.has(propertyKey(name)) && isName(one)) || (depth > 1 && hasEventName(one, depth - 1)),
    )
  );
}

const isName = (value: unknown) =>
  typeof value === 'number' || (typeof value === 'string' && value.trim() !== '');

/** The id that its producer gave an event, with all digits; undefined where there is none. */
export function givenEventId({ value, text }: ProducerEvent): string | undefined {
  if (!isObject(value)) return undefined;
  for (const [name, id] of Object.entries(value)) {
    if (!IDS.has(propertyKey(name))) continue;
    if (typeof id === 'string' && id.trim() !== '') return id.trim();
    if (typeof id === 'number') return memberTexts(text).findLast(([other]) => other === name)?.[1];
  }
  return undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
