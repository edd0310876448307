import { readSnapshot } from '../lake/snapshot';
import { KPI_TABLES } from '../lake/tables';
import { timeZoneOf } from '../tasks/transform/basis';
import type { Deployment } from './deployment';

/**
 * The reporting time zone that the KPIs were computed in, as an IANA name; `UTC` where there are none yet, or they were
 * computed by another release's rules. Reads the log of one table.
 */
export async function readTimeZone(deployment: Deployment): Promise<string> {
  // DuckDB is loaded by what needs it alone.
  const { withLake } = await import('./lake-session');
  const kpis = await withLake(deployment, (lake) => readSnapshot(lake, KPI_TABLES.order_kpis.location));
  return (kpis && timeZoneOf(kpis, ['UTC', ...Intl.supportedValuesOf('timeZone')])) ?? 'UTC';
}
