import type { Lake } from '../../lake/lake';
import { newestSnapshot } from '../../lake/snapshot';
import type { Warehouse } from '../../serving/warehouse/connection';
import { appliedMigrations } from '../../serving/warehouse/migrate';
import { STAR_TABLES } from '../../serving/warehouse/star';

export interface WarehouseStatus {
  /** Host, port and database. */
  readonly server: string;
  /** The number of the newest applied migration; 0 before the first load. */
  readonly migration: number;
  /** Those that are loaded. */
  readonly tables: readonly LoadedTable[];
  /** Rows of each table of the star schema; none before the first load. */
  readonly rows: Readonly<Record<string, number>>;
}

/** A table below staging/. */
export interface LoadedTable {
  readonly table: string;
  readonly loaded_version: number;
  /** Null if the table does not exist any more. */
  readonly lake_version: number | null;
  /** ISO 8601. */
  readonly loaded_at: string;
}

/** Which versions of the lake are loaded, compared with those it has. Changes nothing. */
export async function warehouseStatus(
  lake: Lake,
  warehouse: Warehouse,
  server: string,
): Promise<WarehouseStatus> {
  const migration = (await appliedMigrations(warehouse)).at(-1) ?? 0;
  if (migration === 0) return { server, migration, tables: [], rows: {} };
  const { rows: loaded } = await warehouse.query(
    'select table_name, version, loaded_at from loaded_versions where version >= 0 order by table_name',
  );
  const tables: LoadedTable[] = [];
  for (const { table_name: table, version, loaded_at } of loaded) {
    const snapshot = await newestSnapshot(lake, `staging/${table}`, undefined);
    tables.push({
      table,
      loaded_version: Number(version),
      lake_version: snapshot?.version ?? null,
      loaded_at: loaded_at.toISOString(),
    });
  }
  const rows: Record<string, number> = {};
  for (const table of STAR_TABLES) {
    const { rows: counted } = await warehouse.query(`select count(*) from ${table}`);
    rows[table] = Number(counted[0].count);
  }
  return { server, migration, tables, rows };
}
