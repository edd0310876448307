import { fill } from '../../engine/duckdb/sql';
import { changedRows } from '../../lake/changes';
import { type Lake, temporaryName } from '../../lake/lake';
import { filesThatMayOverlap } from '../../lake/pruning';
import type { TableSpec } from '../../lake/table-spec';
import eventsSql from './events.sql';
import {
  presentColumns,
  type SourceColumns,
  type SourceTable,
  type StarSource,
  scanAll,
  withAll,
} from './star-source';
import touchedDaysSql from './touched_days.sql';

const EVENT_COLUMNS: SourceColumns = {
  event_id: 'varchar',
  event_name: 'varchar',
  event_time: 'timestamptz',
  is_time_received: 'boolean',
  received_at: 'timestamptz',
  user_id: 'varchar',
  visitor_id: 'varchar',
  session_id: 'varchar',
  page_path: 'varchar',
  traffic_source: 'varchar',
  traffic_medium: 'varchar',
  utm_campaign: 'varchar',
  channel: 'varchar',
  device_type: 'varchar',
  country: 'varchar',
  is_bot: 'boolean',
  transaction_id: 'varchar',
  value: 'decimal(18,4)',
  currency: 'varchar',
  item_count: 'bigint',
};

const ITEM_COLUMNS: SourceColumns = {
  event_id: 'varchar',
  item_index: 'bigint',
  event_time: 'timestamptz',
  is_time_received: 'boolean',
  product_id: 'varchar',
  list_name: 'varchar',
  position: 'bigint',
  price: 'decimal(18,4)',
  quantity: 'bigint',
};

/**
 * The events with their items. A change of either makes all rows of the event again, for which the files of its day are read.
 * @param parts the placeholder `time_zone` of the query
 */
export function eventSource(
  events: TableSpec,
  items: TableSpec,
  parts: Readonly<Record<string, string>>,
): StarSource {
  const sql = fill(eventsSql, { ...parts, events: '$[events]', event_items: '$[event_items]' });
  const sides = [
    { spec: events, columns: EVENT_COLUMNS, present: presentColumns(events, EVENT_COLUMNS) },
    { spec: items, columns: ITEM_COLUMNS, present: presentColumns(items, ITEM_COLUMNS) },
  ] as const;
  const rowsOf = ([ofEvents = '', ofItems = '']: readonly string[]) =>
    `(${fill(sql, {
      events: withAll(events, EVENT_COLUMNS, ofEvents),
      event_items: withAll(items, ITEM_COLUMNS, ofItems),
    })})`;
  return {
    feed: 'events',
    tables: [events, items],
    definition: sql,
    async changes(lake, tables, since) {
      const touched = since && (await touchedEvents(lake, sides, tables, since));
      const relations: string[] = [];
      for (const [index, { spec, present }] of sides.entries()) {
        const table = { spec, snapshot: tables[index]?.snapshot };
        const files = touched === undefined ? undefined : await filesOf(lake, table, touched);
        const view = await scanAll(lake, table, present, files);
        relations.push(touched ? `(select * from ${view} semi join ${touched} using (event_id))` : view);
      }
      return {
        touched: touched === undefined ? undefined : `(select distinct event_id from ${touched})`,
        rows: rowsOf(relations),
      };
    },
  };
}

/**
 * The events of which a row changed, as a table with their times.
 * @returns undefined if a log does not reach back that far
 */
async function touchedEvents(
  lake: Lake,
  sides: readonly { readonly spec: TableSpec; readonly present: readonly string[] }[],
  tables: readonly SourceTable[],
  since: readonly number[],
): Promise<string | undefined> {
  const touched = temporaryName(lake, 'touched_events');
  await lake.db.run(
    `create temp table ${touched} (event_id varchar, event_time timestamptz, is_time_received boolean)`,
  );
  for (const [index, { spec, present }] of sides.entries()) {
    const snapshot = tables[index]?.snapshot;
    if (!snapshot) continue;
    const changed = await changedRows(lake, spec, since[index] ?? -1, snapshot, present);
    if (changed === undefined) return undefined;
    await lake.db.run(
      `insert into ${touched} select distinct event_id, event_time, is_time_received from ${changed}`,
    );
    await lake.db.run(`drop table ${changed}`);
  }
  return touched;
}

/** The files that may have rows of the touched events. */
async function filesOf(
  lake: Lake,
  { spec, snapshot }: SourceTable,
  touched: string,
): Promise<string[] | undefined> {
  if (!snapshot) return undefined;
  const days = `(${fill(touchedDaysSql, { touched })})`;
  return filesThatMayOverlap(lake, spec, snapshot.files, 'event_time', days);
}
