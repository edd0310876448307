import type { Contract } from '../../domain/contract';
import { isRawEvent } from '../../domain/events/envelope';
import { parseEventJson } from '../../domain/events/event-json';
import type { EventRow, eventNormalizer } from '../../domain/events/normalize';
import type { IngestedRow } from '../../serving/warehouse/ingest-events';
import type { RawLine } from './raw-lines';

/** Columns of `fact_events` and the columns of the kind of events that they are. */
const OF_EVENT: Readonly<Record<string, string>> = {
  event_id: 'event_id',
  user_id: 'user_id',
  currency_code: 'currency',
  event_name: 'event_name',
  event_time: 'event_time',
  received_at: 'received_at',
  is_bot: 'is_bot',
  visitor_id: 'visitor_id',
  session_id: 'session_id',
  page_path: 'page_path',
  traffic_source: 'traffic_source',
  traffic_medium: 'traffic_medium',
  campaign: 'utm_campaign',
  channel: 'channel',
  device_type: 'device_type',
  country: 'country',
  transaction_id: 'transaction_id',
  value: 'value',
};

const OF_ITEM = ['product_id', 'list_name', 'position', 'price', 'quantity'];

export interface EventKinds {
  readonly events: Contract;
  readonly items: Contract;
}

/**
 * The rows of `fact_events` of raw events, as a load makes them once the lake has the events. What validate rejects has none; of several events
 * with one id it is the one received last.
 */
export function eventRows(
  lines: readonly RawLine[],
  { events, items }: EventKinds,
  normalize: ReturnType<typeof eventNormalizer>,
): IngestedRow[] {
  const cell = cellReader(events);
  const itemCell = cellReader(items);
  const found = new Map<string, { readonly receivedAt: string; readonly rows: readonly IngestedRow[] }>();
  for (const { text, received_at: receivedAt } of lines) {
    const raw = parseEventJson(text);
    const normalized = isRawEvent(raw) ? normalize(raw) : undefined;
    if (!normalized?.ok) continue;
    const { event, items: those } = normalized;
    const id = String(cell(event, 'event_id'));
    if ((found.get(id)?.receivedAt ?? '') > receivedAt) continue;
    const shared = Object.fromEntries(
      Object.entries(OF_EVENT).map(([column, source]) => [column, cell(event, source)]),
    );
    const rows = those.map((item, at) => ({
      ...shared,
      item_index: Number(itemCell(item, 'item_index') ?? at),
      is_first: at === 0,
      ...Object.fromEntries(OF_ITEM.map((column) => [column, itemCell(item, column)])),
    }));
    found.set(id, {
      receivedAt,
      rows: rows.length > 0 ? rows : [{ ...shared, item_index: -1, is_first: true }],
    });
  }
  return [...found.values()].flatMap(({ rows }) => rows);
}

/** Reads the cell of a column by its name; null if the contract has no such column. */
function cellReader({ columns }: Contract): (row: EventRow, name: string) => string | null {
  const positions = new Map(columns.map(({ name }, at) => [name, at]));
  return ({ values }, name) => values[positions.get(name) ?? -1] ?? null;
}
