import { catalog } from '../../catalog/catalog';
import type { SqlRow } from '../../engine/duckdb/session';
import type { OpenLake } from '../lake/reader';
import sessionEventsSql from './session-events.sql';
import type { EventPage, EventView, SessionView } from './views';

/** A page of the events of a session, with their items. Events of bots are in no session. @param after the last event of the page before */
export async function readSessionEvents(
  open: OpenLake,
  { visitor_id, session_id, started_micros, ended_micros }: SessionView,
  after: { readonly micros: string; readonly event_id: string } | undefined,
  limit: number,
  signal?: AbortSignal,
): Promise<EventPage> {
  const { readTables } = await import('../lake/read-tables');
  const within = [{ column: 'event_time', low: isoOf(started_micros, 0), high: isoOf(ended_micros, 1) }];
  const tables = await Promise.all(
    [
      { spec: catalog.stagingTable('events'), columns: EVENT_COLUMNS },
      { spec: catalog.stagingTable('event_items'), columns: ITEM_COLUMNS },
      { spec: catalog.martTable('transactions'), columns: ['event_id', 'event_time'] },
    ].map(async ({ spec, columns }) => ({
      spec,
      snapshot: await open.snapshots.newest(spec.location),
      columns,
      within,
    })),
  );
  const rows = await readTables(
    open,
    tables,
    (db) =>
      db.rows(sessionEventsSql, {
        visitor: visitor_id,
        session: session_id,
        low: started_micros,
        high: ended_micros,
        after_micros: after?.micros ?? null,
        after_id: after?.event_id ?? null,
        limit,
      }),
    signal,
  );
  return { events: rows.map(eventOf), total: Number(rows[0]?.total ?? 0) };
}

const EVENT_COLUMNS = [
  'event_id',
  'event_name',
  'event_time',
  'source',
  'user_id',
  'session_id',
  'visitor_id',
  'page_path',
  'traffic_source',
  'traffic_medium',
  'is_bot',
  'transaction_id',
  'value',
  'currency',
  'item_count',
];

const ITEM_COLUMNS = [
  'event_id',
  'item_index',
  'event_time',
  'product_id',
  'name',
  'category',
  'price',
  'quantity',
  'list_name',
  'position',
];

function eventOf({ total: _, items, ...row }: SqlRow): EventView {
  return {
    ...(row as unknown as EventView),
    items: typeof items === 'string' ? JSON.parse(items) : [],
  };
}

/** @param up 1 rounds up to the next millisecond */
const isoOf = (micros: string, up: 0 | 1): string =>
  new Date(Math.floor(Number(BigInt(micros) / 1000n)) + up).toISOString();
