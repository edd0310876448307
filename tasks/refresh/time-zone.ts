import type { Lake } from '../../lake/lake';
import type { Snapshot } from '../../lake/snapshot';
import { timeZoneOf } from './basis';

/** The reporting time zone that the KPI tables were computed in is unknown. */
export class UnknownTimeZoneError extends Error {
  override readonly name = 'UnknownTimeZoneError';
}

/** The reporting time zone of the KPI tables; UTC if there are none yet. @throws UnknownTimeZoneError */
export async function findTimeZone(lake: Lake, kpis: readonly (Snapshot | undefined)[]): Promise<string> {
  const snapshot = kpis.find((found) => found !== undefined);
  if (!snapshot) return 'UTC';
  const known = await lake.db.rows<{ name: string }>(
    'select distinct name from pg_timezone_names() order by name',
  );
  const found = timeZoneOf(snapshot, ['UTC', ...known.map(({ name }) => name)]);
  if (found !== undefined) return found;
  throw new UnknownTimeZoneError(
    `${snapshot.location} was computed in an unknown reporting time zone, or by another release: specify the time zone`,
  );
}
