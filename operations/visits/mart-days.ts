import { catalog } from '../../catalog/catalog';
import { DAY_MS } from '../../domain/time';
import type { Snapshot } from '../../lake/snapshot';
import type { TableSpec } from '../../lake/table-spec';
import type { OpenLake } from '../lake/reader';

/** The days of a report, YYYY-MM-DD, both included. */
export interface DaySpan {
  readonly from: string;
  readonly to: string;
}

/** Days, and as many directly before to compare them with. */
export interface ComparedDays {
  readonly days: DaySpan;
  /** null without data in them. */
  readonly before: DaySpan | null;
}

/** The values that the queries over these days bind: `length` is the number of days, `start` the first one that is read. */
export const boundDays = ({ days: { from, to }, before }: ComparedDays) => ({
  from,
  to,
  start: before?.from ?? from,
  length: (Date.parse(to) - Date.parse(from)) / DAY_MS + 1,
});

/** A mart over events at its newest version, with its first and last day. */
export interface MartOfDays {
  readonly spec: TableSpec;
  readonly snapshot: Snapshot;
  readonly data: DaySpan;
}

/** The day of visits, in the key of each of their marts. */
export const VISIT_DAY = 'event_date';

/**
 * A mart over visits, and the days that it has.
 * @returns undefined if there are no rows yet, or the deployment has no marts over events
 */
export async function martOfDays(
  open: OpenLake,
  name: string,
  signal?: AbortSignal,
): Promise<MartOfDays | undefined> {
  if (!catalog.marts.some((mart) => mart.name === name)) return undefined;
  const spec = catalog.martTable(name);
  const snapshot = await open.snapshots.newest(spec.location);
  if (!snapshot) return undefined;
  const known = daysOf.get(snapshot);
  const data = known ?? (await readDays(open, spec, snapshot, signal));
  if (!data) return undefined;
  daysOf.set(snapshot, data);
  return { spec, snapshot, data };
}

/** A page that polls asks for the days of a version again and again. */
const daysOf = new WeakMap<Snapshot, DaySpan>();

async function readDays(
  open: OpenLake,
  spec: TableSpec,
  snapshot: Snapshot,
  signal: AbortSignal | undefined,
): Promise<DaySpan | undefined> {
  const { readTables } = await import('../lake/read-tables');
  const [row] = await readTables(
    open,
    [{ spec, snapshot, columns: [VISIT_DAY] }],
    (db) =>
      db.rows<{ low: string | null; high: string | null }>(
        `select cast(min(${VISIT_DAY}) as varchar) as low, cast(max(${VISIT_DAY}) as varchar) as high from ${spec.name}`,
      ),
    signal,
  );
  return row?.low && row.high ? { from: row.low, to: row.high } : undefined;
}
