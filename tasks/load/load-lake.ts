import sparkFunctionsSql from '../../engine/duckdb/spark_functions.sql';
import type { Lake } from '../../lake/lake';
import { readSnapshot } from '../../lake/snapshot';
import { txnVersion } from '../../lake/txn-version';
import { exclusively, type Warehouse } from '../../serving/warehouse/connection';
import {
  type LoadedVersion,
  loadedName,
  loadStar,
  readLoadedVersions,
  type StarChanges,
  writeLoadedVersion,
} from '../../serving/warehouse/load-star';
import { loadMartTable } from '../../serving/warehouse/mart-table';
import { migrate } from '../../serving/warehouse/migrate';
import { martChange, martSources, shapeOf } from './mart-source';
import { type StarRules, starSources } from './sources';
import type { SourceTable, StarSource } from './star-source';

export interface LakeLoad {
  /** Rows that were inserted, updated or deleted, by table. */
  readonly changed: Readonly<Record<string, number>>;
  /** The loaded version of each table of the lake, by its name; null for one that does not exist. */
  readonly versions: Readonly<Record<string, number | null>>;
}

/** What a load does besides the default. */
export interface LoadOptions {
  /** How long to wait for another load or migration. */
  readonly waitSeconds: number;
  /** Load all tables whole. */
  readonly everything?: boolean;
}

/**
 * Migrates the warehouse, and loads what changed in the lake, each in a transaction that keeps other loads out. A retry is safe.
 * @returns also the numbers of the migrations that were applied
 * @throws WarehouseError if the warehouse is migrated by a newer release; WarehouseBusyError; errors of PostgreSQL
 */
export async function loadWarehouse(
  lake: Lake,
  warehouse: Warehouse,
  rules: StarRules,
  { waitSeconds, everything }: LoadOptions,
): Promise<LakeLoad & { readonly migrations: number[] }> {
  const migrations = await migrate(warehouse, waitSeconds);
  const load = await exclusively(warehouse, waitSeconds, () => loadLake(lake, warehouse, rules, everything));
  return { migrations, ...load };
}

/**
 * Loads what changed in the lake since the loaded versions, and records the versions, within the caller's transaction. Nothing else may load
 * meanwhile. A table is loaded whole, and compared with what is there, if nothing was loaded from it, its log does not reach back that far, or
 * its rows are made by other rules.
 *
 * @param everything load all tables whole
 */
export async function loadLake(
  lake: Lake,
  warehouse: Warehouse,
  rules: StarRules,
  everything = false,
): Promise<LakeLoad> {
  await lake.db.run(sparkFunctionsSql);
  const loaded = await readLoadedVersions(warehouse);
  const sources = starSources(rules);
  const marts = martSources(rules.catalog);
  const specs = [...sources.flatMap((source) => source.tables), ...marts.map(({ spec }) => spec)];
  const tables = new Map<string, SourceTable>(
    await Promise.all(
      specs.map(
        async (spec) => [spec.location, { spec, snapshot: await readSnapshot(lake, spec.location) }] as const,
      ),
    ),
  );
  const changes: StarChanges = {};
  const newVersions: LoadedVersion[] = [];
  for (const source of sources) {
    const read = source.tables.flatMap(({ location }) => tables.get(location) ?? []);
    const due = dueVersions(read, definitionOf(source, rules), loaded, everything);
    if (!due) continue;
    changes[source.feed] = await source.changes(lake, read, due.since);
    newVersions.push(...due.versions);
  }
  const changed: Record<string, number> = { ...(await loadStar(lake, warehouse, changes, rules.currency)) };
  for (const mart of marts) {
    const read = tables.get(mart.spec.location);
    const definition = String(txnVersion([shapeOf(mart.table)]));
    const due = read && dueVersions([read], definition, loaded, everything);
    if (!due) continue;
    const change = await martChange(lake, mart, read, due.since?.[0]);
    const isDefinedAnew = loaded.get(loadedName(mart.spec.location))?.definition !== definition;
    changed[`marts.${mart.table.name}`] = await loadMartTable(
      lake,
      warehouse,
      mart.table,
      change,
      isDefinedAnew,
    );
    newVersions.push(...due.versions);
  }
  for (const version of newVersions) await writeLoadedVersion(warehouse, version, lake.clock());
  return {
    changed,
    versions: Object.fromEntries(
      [...tables].map(([location, { snapshot }]) => [loadedName(location), snapshot?.version ?? null]),
    ),
  };
}

/**
 * The current versions of tables of which something is to be loaded, and those up to which it is known what is loaded; undefined if nothing
 * is to be loaded.
 */
function dueVersions(
  read: readonly SourceTable[],
  definition: string,
  loaded: ReadonlyMap<string, LoadedVersion>,
  everything: boolean,
):
  | { readonly versions: readonly LoadedVersion[]; readonly since: readonly number[] | undefined }
  | undefined {
  const versions = read.map((table) => ({
    table: loadedName(table.spec.location),
    id: table.snapshot?.metadata.id ?? '',
    version: table.snapshot?.version ?? -1,
    definition,
  }));
  const before = versions.map(({ table }) => loaded.get(table));
  const isKnown = versions.every(
    ({ id }, at) => before[at]?.id === id && before[at]?.definition === definition,
  );
  const isNew = versions.every(({ version }, at) => version === -1 && !before[at]);
  const isCurrent = isKnown && versions.every(({ version }, at) => before[at]?.version === version);
  if (isNew || (isCurrent && !everything)) return undefined;
  return {
    versions,
    since: isKnown && !everything ? before.map((version) => version?.version ?? -1) : undefined,
  };
}

/** A hash of everything that can change a row besides the rows of the lake. */
const definitionOf = ({ definition, tables }: StarSource, { timeZone }: StarRules): string =>
  String(txnVersion([definition, timeZone, tables.map(({ key, versionOrder }) => [key, versionOrder])]));
