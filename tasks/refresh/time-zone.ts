import type { Lake } from '../../lake/lake';
import type { Snapshot } from '../../lake/snapshot';
import { timeZoneOf } from './basis';

/** The reporting time zone that the KPI tables were computed in has no name that we know. */
export class UnknownTimeZoneError extends Error {
  override readonly name = 'UnknownTimeZoneError';
}

/**
 * The reporting time zone that KPI tables were computed in: the one whose rules they name, UTC where there are none yet.
 * @throws UnknownTimeZoneError
 */
export async function findTimeZone(lake: Lake, kpis: readonly (Snapshot | undefined)[]): Promise<string> {
  const snapshot = kpis.find((found) => found !== undefined);
  if (!snapshot) return 'UTC';
  const known = await lake.db.rows<{ name: string }>(
    'select distinct name from pg_timezone_names() order by name',
  );
  const found = timeZoneOf(snapshot, ['UTC', ...known.map(({ name }) => name)]);
  if (found !== undefined) return found;
  throw new UnknownTimeZoneError(
    `${snapshot.location} was computed in a reporting time zone of an unusual name, or by the rules of another release: expected the time zone to be given`,
  );
}
