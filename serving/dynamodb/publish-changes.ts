import type { Mart } from '../../domain/mart';
import type { MartResult } from '../../domain/workflow';
import type { Txn } from '../../lake/actions';
import { changedKeys, mayDiffer } from '../../lake/changes';
import { type Lake, temporaryName } from '../../lake/lake';
import { filesThatMayHold } from '../../lake/pruning';
import { scan } from '../../lake/scan';
import { newestSnapshot, type Snapshot } from '../../lake/snapshot';
import { rowCount } from '../../lake/stats';
import type { TableSpec } from '../../lake/table-spec';
import { commitTxns } from '../../lake/update';
import { everyKey, type KpiStore, publish } from './publish';
import { finishPublishing, lastStartedAt, startPublishing, versionPublishedTo } from './publishers';

/**
 * Publishes a KPI table's rows to DynamoDB, for every key that may differ there. If another run started meanwhile, each may
 * have overwritten the other's items, so this run publishes the table's current rows again, until no other run has started.
 *
 * @param current the table with this run's rows; undefined if there is none
 * @param startedAt as recorded in the commit of this run's rows; undefined if it committed none
 * @param lifetimeSeconds the maximum lifetime of a run
 */
export async function publishChanges(
  lake: Lake,
  mart: Mart,
  table: TableSpec,
  current: Snapshot | undefined,
  store: KpiStore,
  startedAt: number | undefined,
  lifetimeSeconds: number,
): Promise<MartResult> {
  let snapshot = current;
  const tableId = await store.id();
  const published = versionPublishedTo(snapshot, tableId);
  if (current && startedAt === undefined && published !== undefined) {
    const isPublished = !(await mayDiffer(lake, table, published, current));
    if (isPublished) return resultOf(mart, current);
  }
  let own = startedAt;
  let [written, deleted] = [0, 0];
  while (snapshot) {
    const kpis = temporaryName(lake, `${mart.name}_kpis`);
    const changed = published === undefined ? undefined : await changedKeys(lake, table, published, snapshot);
    const files = changed ? await filesThatMayHold(lake, table, snapshot.files, changed) : undefined;
    await scan(lake, snapshot, table, kpis, undefined, files);
    // If nothing is marked as published to this table, or the log no longer reaches back that far, every item is compared.
    const touched = changed ?? (await everyKey(lake.db, mart, kpis, store));
    const result = resultOf(mart, snapshot);
    if (own === undefined) {
      if ((await lake.db.rows(`select 1 from ${touched} limit 1`)).length === 0)
        return { ...result, written, deleted };
      const { startedAt: mine, txns } = startPublishing(snapshot, lake.clock());
      if ((await mark(lake, table, txns, snapshot)) === undefined) {
        snapshot = await newestSnapshot(lake, table.location, snapshot);
        continue;
      }
      own = mine;
      const marked = txns.map(({ appId, version }): [string, number] => [appId, version]);
      snapshot = { ...snapshot, txns: new Map([...snapshot.txns, ...marked]) };
    }
    const counts = await publish(lake.db, mart, kpis, touched, store);
    written += counts.written;
    deleted += counts.deleted;
    if (lastStartedAt(snapshot) === own) {
      const txns = finishPublishing(own, snapshot, tableId, lake.clock(), lifetimeSeconds);
      const version = await mark(lake, table, txns, snapshot);
      if (version !== undefined) return { ...result, written, deleted, version };
    }
    const now = await newestSnapshot(lake, table.location, snapshot);
    if (lastStartedAt(now) === lastStartedAt(snapshot)) return { ...result, written, deleted };
    snapshot = now;
  }
  return { ...resultOf(mart, undefined), written, deleted };
}

/** The result of a mart of which no item was written. @param table undefined if there is none */
export const resultOf = ({ name }: Mart, table: Snapshot | undefined): MartResult => ({
  table: name,
  rows: table ? rowCount(table) : 0,
  written: 0,
  deleted: 0,
  version: table?.version ?? null,
});

/** @returns the table's version with the marks; undefined if another run has started meanwhile */
async function mark(
  lake: Lake,
  table: TableSpec,
  txns: readonly Txn[],
  since: Snapshot,
): Promise<number | undefined> {
  const result = await commitTxns(lake, table, txns, since);
  return result.outcome === 'refused' ? undefined : (result.version ?? since.version);
}
