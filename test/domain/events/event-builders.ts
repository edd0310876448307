import { catalog } from '../../../catalog/catalog';
import { parseEventJson } from '../../../domain/events/event-json';
import {
  eventNormalizer,
  type NormalizerOptions,
  type ReceivedEvent,
} from '../../../domain/events/normalize';

export const EVENTS = catalog.contract('events');
export const ITEMS = catalog.contract('event_items');

export const RECEIVED_AT = '2026-11-28T10:00:05.250Z';

export type Cells = Readonly<Record<string, string | null>>;

export type Normalized =
  | { readonly event: Cells; readonly items: readonly Cells[] }
  | { readonly faults: readonly string[] };

/** Normalises with the included contracts, and names the cells. */
export function normalizer(options: Partial<NormalizerOptions> = {}) {
  const contracts = { events: EVENTS, items: ITEMS, ...options };
  const normalize = eventNormalizer(contracts);
  return (event: unknown, received: Partial<ReceivedEvent> = {}): Normalized => {
    const found = normalize({
      source: 'http',
      received_at: RECEIVED_AT,
      event_id: 'http:position',
      event,
      ...received,
    });
    if (!found.ok) return { faults: found.faults.map(({ column, reason }) => `${column}: ${reason}`) };
    const named = (columns: typeof EVENTS.columns, values: readonly (string | null)[]) =>
      Object.fromEntries(columns.map(({ name }, at) => [name, values[at] ?? null]));
    return {
      event: { ...named(contracts.events.columns, found.event.values), _extra: found.event.extra },
      items: found.items.map(({ values, extra }) => ({
        ...named(contracts.items.columns, values),
        _extra: extra,
      })),
    };
  };
}

export const normalize = normalizer();

/** The cells of an event and of its items. @throws Error for an event that is rejected */
export function rowsOf(event: unknown, received: Partial<ReceivedEvent> = {}) {
  const found = normalize(event, received);
  if ('faults' in found) throw new Error(found.faults.join('; '));
  return found;
}

export const eventOf = (event: unknown, received: Partial<ReceivedEvent> = {}): Cells =>
  rowsOf(event, received).event;

/** Why an event is rejected; none if it is not. */
export function faultsOf(event: unknown, received: Partial<ReceivedEvent> = {}): readonly string[] {
  const found = normalize(event, received);
  return 'faults' in found ? found.faults : [];
}

export const json = (text: string): unknown => parseEventJson(text);
