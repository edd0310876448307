import { catalog } from '../../catalog/catalog';
import { findTimeZone, UnknownTimeZoneError } from '../../tasks/refresh/time-zone';
import type { OpenLake } from '../lake/reader';

/**
 * The reporting time zone that the KPIs were computed in, as an IANA name; `UTC` if there are none yet, or if another
 * release computed them.
 */
export async function readTimeZone({ lake, snapshots }: OpenLake): Promise<string> {
  const marts = catalog.marts.map(({ name }) => snapshots.newest(catalog.martTable(name).location));
  try {
    return await findTimeZone(lake, await Promise.all(marts));
  } catch (error) {
    if (error instanceof UnknownTimeZoneError) return 'UTC';
    throw error;
  }
}
