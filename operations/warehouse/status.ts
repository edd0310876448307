import type { Lake } from '../../lake/lake';
import { newestSnapshot } from '../../lake/snapshot';
import type { Warehouse } from '../../serving/warehouse/connection';
import { loadedLocation } from '../../serving/warehouse/load-star';
import { appliedMigrations } from '../../serving/warehouse/migrate';
import { STAR_TABLES } from '../../serving/warehouse/star';
import { hasTable } from '../../serving/warehouse/tables';
import type { LoadedTable, WarehouseStatus } from './views';

/** Which versions of the lake are loaded, compared with those it has. Changes nothing. */
export async function warehouseStatus(
  lake: Lake,
  warehouse: Warehouse,
  server: string,
): Promise<WarehouseStatus> {
  const migration = (await appliedMigrations(warehouse)).at(-1) ?? 0;
  if (migration === 0) return { server, migration, tables: [], rows: {}, ingested_events: 0 };
  const { rows: loaded } = await warehouse.query(
    'select table_name, version, loaded_at from loaded_versions where version >= 0 order by table_name',
  );
  const tables: LoadedTable[] = [];
  for (const { table_name: table, version, loaded_at } of loaded) {
    const snapshot = await newestSnapshot(lake, loadedLocation(table), undefined);
    tables.push({
      table,
      loaded_version: Number(version),
      lake_version: snapshot?.version ?? null,
      loaded_at: loaded_at.toISOString(),
    });
  }
  const { ingested_events = 0, ...rows } = await countRows(warehouse, [...STAR_TABLES, 'ingested_events']);
  return { server, migration, tables, rows, ingested_events };
}

/** Rows of each table of the star schema; none of tables that are not there yet. */
export const starRows = (warehouse: Warehouse): Promise<Record<string, number>> =>
  countRows(warehouse, STAR_TABLES);

async function countRows(warehouse: Warehouse, tables: readonly string[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const table of tables) {
    if (!(await hasTable(warehouse, table))) continue;
    const { rows } = await warehouse.query(`select count(*) from ${table}`);
    counts[table] = Number(rows[0].count);
  }
  return counts;
}
