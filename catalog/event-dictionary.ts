import type { Contract } from '../domain/contract';
import { eventContracts } from '../domain/events/event-files';
import { COLUMNS_OF_EVENT } from '../domain/events/items/item-rows';
import { COMPUTED_COLUMNS } from '../domain/events/normalize';
import type { Catalog } from './catalog';
import { codes, table } from './markdown';

/** Parts of docs/events.md, by the name of their marks: the vocabulary of names, and the properties of events and of items. */
export function eventDictionary(catalog: Pick<Catalog, 'contracts'>): Readonly<Record<string, string>> {
  const found = eventContracts(catalog.contracts);
  if (!found?.events.events) throw new RangeError('no contract makes rows of events');
  const { names, withoutProduct = {} } = found.events.events;
  const withoutOne = Object.entries(withoutProduct).map(
    ([name, to]) => `Without a product, ${codes([name])} is ${codes([to])}.`,
  );
  return {
    'event-names': [
      table(
        ['Name', 'Other names for it'],
        Object.entries(names).map(([name, others]) => [codes([name]), codes(others)]),
      ),
      ...withoutOne,
    ].join('\n\n'),
    'event-properties': propertiesOf(
      found.events,
      COMPUTED_COLUMNS.filter((name) => !SENT.includes(name)),
    ),
    'item-properties': propertiesOf(found.items, [...COLUMNS_OF_EVENT, 'item_index']),
  };
}

/** Computed columns that begin with what the sender says. */
const SENT = ['event_id', 'event_name', 'event_time'];

function propertiesOf({ columns }: Contract, others: readonly string[]): string {
  const given = columns.filter(({ name }) => !others.includes(name));
  return table(
    ['Property', 'Type', 'Other names for it', 'Meaning'],
    given.map(({ name, type, aliases = [], description = '' }) => [
      codes([name]),
      type,
      codes(aliases),
      description,
    ]),
  );
}
