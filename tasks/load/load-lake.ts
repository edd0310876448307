import sparkFunctionsSql from '../../engine/duckdb/spark_functions.sql';
import type { Lake } from '../../lake/lake';
import { readSnapshot } from '../../lake/snapshot';
import { txnVersion } from '../../lake/txn-version';
import type { Warehouse } from '../../serving/warehouse/connection';
import {
  type LoadedVersion,
  loadStar,
  readLoadedVersions,
  type StarChanges,
  writeLoadedVersion,
} from '../../serving/warehouse/load-star';
import type { ChangedRows } from '../../serving/warehouse/run-statements';
import { type StarRules, starSources } from './sources';
import type { SourceTable, StarSource } from './star-source';

export interface LakeLoad {
  /** Rows that were inserted, updated or deleted, by table. */
  readonly changed: ChangedRows;
  /** The loaded version of each table of the lake, by its name; null for one that does not exist. */
  readonly versions: Readonly<Record<string, number | null>>;
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
  const tables = new Map<string, SourceTable>(
    await Promise.all(
      sources
        .flatMap((source) => source.tables)
        .map(
          async (spec) => [spec.name, { spec, snapshot: await readSnapshot(lake, spec.location) }] as const,
        ),
    ),
  );
  const changes: StarChanges = {};
  const newVersions: LoadedVersion[] = [];
  for (const source of sources) {
    const definition = definitionOf(source, rules);
    const read = source.tables.flatMap(({ name }) => tables.get(name) ?? []);
    const current = read.map(({ spec, snapshot }) => ({
      table: spec.name,
      id: snapshot?.metadata.id ?? '',
      version: snapshot?.version ?? -1,
      definition,
    }));
    const before = current.map(({ table }) => loaded.get(table));
    const isKnown = current.every(
      ({ id, definition }, at) => before[at]?.id === id && before[at]?.definition === definition,
    );
    const isNew = current.every(({ version }, at) => version === -1 && !before[at]);
    const isCurrent = isKnown && current.every(({ version }, at) => before[at]?.version === version);
    if (isNew || (isCurrent && !everything)) continue;
    const since = isKnown && !everything ? before.map((version) => version?.version ?? -1) : undefined;
    changes[source.feed] = await source.changes(lake, read, since);
    newVersions.push(...current);
  }
  const changed = await loadStar(lake, warehouse, changes, rules.currency);
  for (const version of newVersions) await writeLoadedVersion(warehouse, version, lake.clock());
  return {
    changed,
    versions: Object.fromEntries(
      [...tables].map(([name, { snapshot }]) => [name, snapshot?.version ?? null]),
    ),
  };
}

/** A hash of everything that can change a row besides the rows of the lake. */
const definitionOf = ({ definition, tables }: StarSource, { timeZone }: StarRules): string =>
  String(txnVersion([definition, timeZone, tables.map(({ key, versionOrder }) => [key, versionOrder])]));
