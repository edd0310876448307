/**
 * Makes rows of events. One function for the pipeline, the warehouse and the live view: the same event gives the same rows.
 */

import type { Contract } from '../contract';
import type { RowFault } from '../row-rules';
import { DEFAULT_SETTINGS, quoted, type ValueSettings } from '../values';
import { isTooDeep } from './depth';
import { enrichAgent, enrichPage, enrichTraffic } from './enrich/enrich';
import type { RawEvent } from './envelope';
import { eventNames } from './event-name';
import { idFault, type Row, RowMaker } from './event-row';
import { dayIn, machineTime, timeReader } from './event-time';
import { cellText, isObject } from './event-values';
import { itemReader } from './items/item-rows';
import { Properties, PropertyIndex, propertyKey } from './properties';

/** Later rules replace the rows that earlier ones made, once their files are replayed. Raised with every change of a rule. */
export const RULES_VERSION = 1;

/** One row, its cells as canonical text in the order of the columns of its kind; see domain/values. */
export interface EventRow {
  readonly values: readonly (string | null)[];
  /** The properties that no column has, as JSON. */
  readonly extra: string | null;
}

export type NormalizedEvent =
  | { readonly ok: true; readonly event: EventRow; readonly items: readonly EventRow[] }
  | { readonly ok: false; readonly faults: readonly RowFault[] };

/** A raw event; one of a file that was uploaded came through no entry point. */
export interface ReceivedEvent extends Omit<RawEvent, 'source' | 'event_id'> {
  readonly source: RawEvent['source'] | 'file';
  /** The id of an event that was sent without one: that of its entry point, or how to make one. */
  readonly event_id: string | (() => string);
}

export interface NormalizerOptions {
  /** The kind of events, and the kind of their items. */
  readonly events: Contract;
  readonly items: Contract;
  readonly settings?: ValueSettings;
  /** Replaces the values of columns that a contract pseudonymizes. */
  readonly pseudonym?: (text: string) => string;
}

/** The contract makes no rows of events. */
export class EventContractError extends Error {
  override readonly name = 'EventContractError';
}

/** Columns of events that no property gives. */
export const COMPUTED_COLUMNS: readonly string[] = [
  'event_id',
  'event_name',
  'event_time',
  'is_time_received',
  'received_at',
  'event_date',
  'source',
  'key_name',
  'visitor_id',
  'referrer_host',
  'referrer_class',
  'click_id',
  'traffic_source',
  'traffic_medium',
  'channel',
  'is_bot',
  'bot_reason',
  'item_count',
  'rules_version',
];

const USER_AGENT = ['user_agent', 'device.user_agent', 'http_user_agent', 'ua'];
const IS_BOT = ['is_bot', 'bot'];
/** Some formats call the client so. */
const VISITOR = ['visitor_id'];

/** Events that have a value of their own. */
const SALES = ['purchase', 'refund'];

/**
 * @returns a pure function that never throws for an event, whatever it is
 * @throws EventContractError, and RangeError for a time zone that does not exist
 */
export function eventNormalizer({
  events,
  items,
  settings = DEFAULT_SETTINGS,
  pseudonym,
}: NormalizerOptions): (received: ReceivedEvent) => NormalizedEvent {
  const { events: forms } = events;
  if (!forms) throw new EventContractError(`the contract of ${events.kind} has no "events"`);
  const keys = (names: readonly string[] = []) => new Set(names.map(propertyKey));
  const index = new PropertyIndex(keys(forms.containers), keys(forms.lists));
  const rows = new RowMaker({ contract: events, settings, computed: COMPUTED_COLUMNS, index, pseudonym });
  const itemsOf = itemReader(forms, { contract: items, settings, pseudonym }, index);
  const nameOf = eventNames(forms, index, rows.group('event_name'));
  const timeOf = timeReader(rows.group('event_time'), events, settings);
  const dayOf = dayIn(settings.timeZone);
  const ids = rows.group('event_id');
  const [visitors, agents, bots] = [index.group(VISITOR), index.group(USER_AGENT), index.group(IS_BOT)];
  const leftOut = keys([...(forms.leaveOut ?? []), ...USER_AGENT, ...IS_BOT]);

  const setId = (row: Row, column: string, text: string): void => {
    const fault = idFault(column, text);
    if (fault) row.faults.push(fault);
    else row.set(column, text);
  };

  const setVisitor = (row: Row, properties: Properties): void => {
    const visitor = row.get('client_id') === undefined ? properties.take(visitors) : undefined;
    if (visitor !== undefined) setId(row, 'client_id', rows.replaced('client_id', visitor));
    row.set('visitor_id', row.get('client_id') ?? row.get('user_id'));
  };

  return ({ event, text, topic, user_agent, key_name, source, received_at, event_id }) => {
    // Ahead of all that shows the value: a stack would not hold any number of levels.
    if (isTooDeep(event)) return rejected(TOO_DEEP);
    if (!isObject(event)) return rejected(notAnObject(event, text));
    const received = machineTime(received_at);
    if (!received) return rejected(notReceived(received_at));
    const properties = new Properties(event, index);
    const row = rows.open();
    setId(row, 'event_id', properties.take(ids) ?? (typeof event_id === 'string' ? event_id : event_id()));
    row.set('received_at', received.text);
    row.set('source', source);
    row.set('key_name', key_name);
    row.set('rules_version', String(RULES_VERSION));

    const { time, isGiven, fault } = timeOf(properties, received);
    if (fault) row.faults.push(fault);
    else if (!isGiven && source === 'file') row.faults.push(NO_TIME);
    row.set('is_time_received', String(!isGiven));
    row.set('event_time', time?.text);
    row.set('event_date', time && dayOf(time));

    const found = itemsOf.read(properties, row.faults);
    const name = nameOf(properties, topic, found.length > 0);
    if (name === undefined) row.faults.push(NO_NAME);
    row.set('event_name', name);
    row.set('item_count', String(found.length));

    for (const column of rows.given) rows.read(row, column, column.group, properties);
    row.set('currency', row.get('currency')?.toUpperCase());
    if (row.get('value') === undefined && SALES.includes(name ?? '')) row.set('value', itemsOf.total(found));
    setVisitor(row, properties);
    enrichPage(row);
    enrichTraffic(row);
    enrichAgent(row, {
      ofEvent: properties.take(agents),
      ofRequest: user_agent,
      isBot: properties.take(bots),
    });

    // Of a row that has others, a missing value may be their consequence.
    if (row.faults.length === 0) rows.require(row);
    if (row.faults.length > 0) return { ok: false, faults: row.faults };
    return {
      ok: true,
      event: { values: row.values, extra: properties.rest(leftOut) },
      items: itemsOf.rows(found, row),
    };
  };
}

const rejected = (fault: RowFault): NormalizedEvent => ({ ok: false, faults: [fault] });

const NO_NAME: RowFault = {
  column: 'event_name',
  rule: 'expected a name of what happened',
  reason: 'expected a name of what happened, such as page_view, got none',
};

const NO_TIME: RowFault = {
  column: 'event_time',
  rule: 'expected a time',
  reason: 'expected a time, got none: that of an upload does not say when an event happened',
};

const TOO_DEEP: RowFault = {
  column: '',
  rule: 'expected at most 50 levels of objects and lists',
  reason: 'expected at most 50 levels of objects and lists, got more',
};

const OBJECT = 'expected a JSON object';

const notAnObject = (event: unknown, text: string | undefined): RowFault => ({
  column: '',
  rule: OBJECT,
  reason:
    text === undefined
      ? `${OBJECT}, got ${quoted(cellText(event) ?? 'null')}`
      : `${OBJECT}, got text that is not JSON: ${quoted(text)}`,
});

const notReceived = (got: string): RowFault => ({
  column: 'received_at',
  rule: 'expected the time in ISO 8601 at which it was received',
  reason: `expected the time in ISO 8601 at which it was received, got ${quoted(got)}`,
});
