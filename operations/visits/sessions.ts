import { catalog } from '../../catalog/catalog';
import { quoteIdentifier } from '../../engine/duckdb/quote';
import type { SqlRow } from '../../engine/duckdb/session';
import { fill } from '../../engine/duckdb/sql';
import { duckDbType } from '../../lake/schema';
import type { TableRead } from '../lake/read-tables';
import type { OpenLake } from '../lake/reader';
import { type DaySpan, type MartOfDays, VISIT_DAY } from './mart-days';
import personSql from './person-sessions.sql';
import sessionsSql from './sessions.sql';
import type { SessionView } from './views';

export const SESSION_ORDERS = [
  'started_at',
  'duration_seconds',
  'events',
  'page_views',
  'purchases',
  'revenue',
] as const;

export interface SessionChoice {
  readonly days: DaySpan;
  /** undefined for any, here and below. */
  readonly channel?: string | undefined;
  /** A step of the funnel, or `none`. */
  readonly step?: string | undefined;
  /** A type of device, or `unknown`. */
  readonly device?: string | undefined;
  readonly purchase?: boolean | undefined;
  /** The id of a visitor, or of a user who was signed in during the session. */
  readonly person?: string | undefined;
  readonly order: (typeof SESSION_ORDERS)[number];
  readonly isDescending: boolean;
  /** The place of the last session of the page before. */
  readonly after?: { readonly place: string; readonly session_key: string } | undefined;
  readonly limit: number;
}

export interface SessionPage {
  /** With its place in the order, for the next page. */
  readonly sessions: readonly (SessionView & { readonly place: string })[];
  /** Number of all sessions that meet the conditions, whatever the page. */
  readonly total: number;
}

/**
 * A page of the sessions that meet the conditions. For a person it also reads the events of the days, since a session does not know
 * its users.
 */
export async function readSessions(
  open: OpenLake,
  mart: MartOfDays,
  choice: SessionChoice,
  signal?: AbortSignal,
): Promise<SessionPage> {
  const { readTables } = await import('../lake/read-tables');
  const { days, person, order, isDescending, after } = choice;
  const type = mart.spec.columns.find(({ name }) => name === order)?.type;
  if (!type) throw new RangeError(`sessions has no column ${order}`);
  const tables: TableRead[] = [tableOf(mart, [{ column: VISIT_DAY, low: days.from, high: days.to }])];
  if (person !== undefined) {
    const spec = catalog.stagingTable('events');
    const within = [
      // Days of time zones differ from those of UTC.
      { column: 'event_time', low: dayBefore(days.from), high: await lastEnd(open, mart, days, signal) },
      { column: 'user_id', low: person, high: person },
    ];
    const columns = ['event_time', 'visitor_id', 'user_id', 'session_id', 'is_bot'];
    tables.push({ spec, snapshot: await open.snapshots.newest(spec.location), columns, within });
  }
  const sql = fill(sessionsSql, {
    person: person === undefined ? 'true' : personSql,
    order: quoteIdentifier(order),
    before: isDescending ? '<' : '>',
    direction: isDescending ? 'desc' : 'asc',
    type: duckDbType(type),
  });
  const rows = await readTables(
    open,
    tables,
    (db) =>
      db.rows(sql, {
        from: days.from,
        to: days.to,
        channel: choice.channel ?? null,
        step: choice.step ?? null,
        device: choice.device ?? null,
        has_purchase: choice.purchase ?? null,
        after_value: after?.place ?? null,
        after_key: after?.session_key ?? null,
        limit: choice.limit,
        ...(person !== undefined && { person }),
      }),
    signal,
  );
  return {
    sessions: rows.map((row) => ({ ...sessionOf(row), place: String(row.place) })),
    total: Number(rows[0]?.total ?? 0),
  };
}

/** What can be chosen on the days: channels and types of devices, in order. */
export async function readSessionChoices(
  open: OpenLake,
  mart: MartOfDays,
  { from, to }: DaySpan,
  signal?: AbortSignal,
): Promise<{ readonly channels: readonly string[]; readonly devices: readonly string[] }> {
  const { readTables } = await import('../lake/read-tables');
  return readTables(
    open,
    [tableOf(mart, [{ column: VISIT_DAY, low: from, high: to }])],
    async (db) => {
      const distinct = async (column: string) => {
        const rows = await db.rows<{ value: string }>(
          `select distinct ${column} as value from sessions where event_date between cast($from as date) and cast($to as date) order by 1 limit 200`,
          { from, to },
        );
        return rows.map(({ value }) => value);
      };
      return {
        channels: await distinct('channel'),
        devices: await distinct("coalesce(device_type, 'unknown')"),
      };
    },
    signal,
  );
}

/** One session. @param day the day it starts on, if known: then only the files of that day are read @returns undefined if it is not there */
export async function readSession(
  open: OpenLake,
  mart: MartOfDays,
  key: string,
  day?: string,
  signal?: AbortSignal,
): Promise<SessionView | undefined> {
  const { readTables } = await import('../lake/read-tables');
  const within = [
    { column: 'session_key', low: key, high: key },
    ...(day === undefined ? [] : [{ column: VISIT_DAY, low: day, high: day }]),
  ];
  const sql = fill(sessionsSql, {
    person: 'session_key = $key',
    order: quoteIdentifier('started_at'),
    before: '<',
    direction: 'desc',
    type: 'timestamptz',
  });
  const none = {
    channel: null,
    step: null,
    device: null,
    has_purchase: null,
    after_value: null,
    after_key: null,
  };
  const days = { from: day ?? '0001-01-01', to: day ?? '9999-12-31' };
  const [row] = await readTables(
    open,
    [tableOf(mart, within)],
    (db) => db.rows(sql, { ...none, ...days, key, limit: 1 }),
    signal,
  );
  return row && sessionOf(row);
}

const tableOf = ({ spec, snapshot }: MartOfDays, within: NonNullable<TableRead['within']>): TableRead => ({
  spec,
  snapshot,
  columns: catalog.mart('sessions').columns.map(({ name }) => name),
  within,
});

function sessionOf(row: SqlRow): SessionView {
  const { place: _, total: __, events, page_views, funnel_steps, purchases, ...others } = row;
  return {
    ...(others as unknown as SessionView),
    events: Number(events),
    page_views: Number(page_views),
    funnel_steps: Number(funnel_steps),
    purchases: Number(purchases),
  };
}

/** When the last of the sessions that start on the days ends, as text of a timestamp. */
async function lastEnd(
  open: OpenLake,
  mart: MartOfDays,
  { from, to }: DaySpan,
  signal: AbortSignal | undefined,
): Promise<string> {
  const { readTables } = await import('../lake/read-tables');
  const [row] = await readTables(
    open,
    [tableOf(mart, [{ column: VISIT_DAY, low: from, high: to }])],
    (db) =>
      db.rows<{ last: string | null }>(
        'select cast(max(ended_at) as varchar) as last from sessions where event_date between cast($from as date) and cast($to as date)',
        { from, to },
      ),
    signal,
  );
  return row?.last ?? to;
}

const dayBefore = (day: string): string => new Date(Date.parse(day) - 86_400_000).toISOString().slice(0, 10);
