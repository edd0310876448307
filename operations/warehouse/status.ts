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
  /** Events that ingest wrote and that no load has found in the lake yet. */
  readonly ingested_events: number;
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

/** Before it there is no table of ingested events. */
const INGESTED_EVENTS_MIGRATION = 3;

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
    const snapshot = await newestSnapshot(lake, table.includes('/') ? table : `staging/${table}`, undefined);
    tables.push({
      table,
      loaded_version: Number(version),
      lake_version: snapshot?.version ?? null,
      loaded_at: loaded_at.toISOString(),
    });
  }
  const count = async (table: string): Promise<number> => {
    const { rows: counted } = await warehouse.query(`select count(*) from ${table}`);
    return Number(counted[0].count);
  };
  const rows: Record<string, number> = {};
  for (const table of STAR_TABLES) rows[table] = await count(table);
  const isIngested = migration >= INGESTED_EVENTS_MIGRATION;
  return {
    server,
    migration,
    tables,
    rows,
    ingested_events: isIngested ? await count('ingested_events') : 0,
  };
}
