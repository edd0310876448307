import type { Contract } from '../contract';
import { kindFromName } from '../file-names';
import { columnKey, columnKeys } from '../header-columns';
import { EVENTS } from '../object-keys';
import { EVENT_SOURCES } from './envelope';

/** The kind that events become rows of, and the kind of their items; undefined if no contract makes rows of events. */
export function eventContracts(
  contracts: readonly Contract[],
): { readonly events: Contract; readonly items: Contract } | undefined {
  const events = contracts.find((contract) => contract.events);
  const items = contracts.find(({ kind }) => kind === events?.events?.items);
  return events && items && { events, items };
}

const RAW = EVENT_SOURCES.map((source) => `${EVENTS}${source}/`);

/**
 * True for a file of events, by its key alone, as an event needs no column except its name: a raw file of an entry point, one with
 * a name of the kind of events, or one in the folder of events without the name of another kind.
 *
 * @param named the kinds and sources
 */
export function isEventFile(key: string, named: readonly Contract[]): boolean {
  const found = eventContracts(named);
  if (!found) return false;
  if (RAW.some((prefix) => key.startsWith(prefix))) return true;
  const kind = kindFromName(key, named);
  return kind === found.events.kind || (kind === undefined && key.startsWith(EVENTS));
}

/**
 * The contract by which a file of events with named columns is read: every name of a property is a column that it may have, and
 * its cells may be objects.
 */
export function eventFileContract(events: Contract): Contract {
  const {
    lists = [],
    containers = [],
    type = [],
    subtype = [],
    weakNames = [],
    product = {},
  } = events.events ?? {};
  const names = [
    ...lists,
    ...containers,
    ...type,
    ...subtype,
    ...weakNames,
    ...Object.values(product).flat(),
  ];
  const keys = new Set([...events.columns.flatMap(columnKeys), ...names.map(columnKey)]);
  const { read } = events;
  return {
    kind: events.kind,
    key: [],
    match: { names: ['*'] },
    ...(read && { read }),
    partition: { by: 'value', of: '' },
    columns: [...keys].map((name) => ({ name, type: 'json', required: false })),
  };
}
