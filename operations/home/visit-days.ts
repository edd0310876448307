import { catalog } from '../../catalog/catalog';
import type { SqlRow } from '../../engine/duckdb/session';
import type { OpenLake } from '../lake/reader';
import lastVisitSql from './last-visit.sql';
import visitDaysSql from './visit-days.sql';
import { daysLater, sameTimeDayBefore } from './zoned-days';

/** The visits of a day, or of its beginning. */
export interface Visits {
  readonly sessions: number;
  /** Distinct visitors; a session without one is of a visitor of its own. */
  readonly visitors: number;
  /** Sessions with a purchase. */
  readonly purchased: number;
  /** Purchases by events: of one transaction the earliest. */
  readonly purchases: number;
}

export interface VisitDays {
  /** By day, YYYY-MM-DD; none for a day without a session. */
  readonly days: ReadonlyMap<string, Visits>;
  /** When the last session of the last day started; null without one. */
  readonly last: Date | null;
  /** The visits of the day before it until the same time by the clock; null without `last`. */
  readonly until: { readonly at: Date; readonly visits: Visits } | null;
}

export const NO_VISITS: Visits = { sessions: 0, visitors: 0, purchased: 0, purchases: 0 };

/**
 * The visits of some days, from the mart `sessions`.
 * @param days YYYY-MM-DD in the reporting time zone `zone`, both included
 * @returns undefined if there is no table of sessions yet, or the deployment has none. A retry is safe
 */
export async function readVisitDays(
  open: OpenLake,
  { from, to }: { readonly from: string; readonly to: string },
  zone: string,
  signal?: AbortSignal,
): Promise<VisitDays | undefined> {
  if (!catalog.marts.some(({ name }) => name === 'sessions')) return undefined;
  const spec = catalog.martTable('sessions');
  const snapshot = await open.snapshots.newest(spec.location);
  if (!snapshot) return undefined;
  const { readTables } = await import('../lake/read-tables');
  const columns = ['session_key', 'event_date', 'visitor_id', 'started_at', 'purchases'];
  const within = [{ column: 'event_date', low: from, high: to }];
  return readTables(
    open,
    [{ spec, snapshot, columns, within }],
    async (db) => {
      const [found] = await db.rows<{ started_at: string | null }>(lastVisitSql, { day: to });
      const last = found?.started_at ? new Date(Number(found.started_at)) : null;
      const at = last && sameTimeDayBefore(last, zone);
      const rows = await db.rows(visitDaysSql, { from, to, until: at?.getTime() ?? 0 });
      const days = new Map(
        rows.filter(({ has_until }) => !has_until).map((row) => [String(row.day), visitsOf(row)]),
      );
      const before = rows.find(
        ({ has_until, is_until, day }) => has_until && is_until && day === daysLater(to, -1),
      );
      return { days, last, until: at && { at, visits: before ? visitsOf(before) : NO_VISITS } };
    },
    signal,
  );
}

const visitsOf = ({ sessions, visitors, purchased, purchases }: SqlRow): Visits => ({
  sessions: Number(sessions),
  visitors: Number(visitors),
  purchased: Number(purchased),
  purchases: Number(purchases),
});
