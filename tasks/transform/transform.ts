import { KINDS } from '../../domain/kinds';
import type { KpiTableSpec } from '../../domain/kpis';
import type { KpiTableResult, TransformResult } from '../../domain/workflow';
import { changedKeys } from '../../lake/changes';
import { TransactionMovedError } from '../../lake/errors';
import { temporaryName } from '../../lake/lake';
import { type Lake, merge, type Txn } from '../../lake/merge';
import { filesThatMayHold, filesThatMayOverlap } from '../../lake/pruning';
import { scan } from '../../lake/scan';
import { readSnapshot, type Snapshot } from '../../lake/snapshot';
import { KPI_TABLES, STAGING_TABLES, type TableSpec } from '../../lake/tables';
import type { TaskDeps } from '../task-process';
import type { ResultBase, TaskOutcome } from '../task-result';
import { affectedDays } from './affected-days';
import { basisOf, computedFrom, isUpToDate, type Staging } from './basis';
import { KPI_QUERIES } from './kpi-queries';
import { everyKey, type KpiStore, publish } from './publish';
import sparkFunctionsSql from './spark_functions.sql';
import { openWorkingSet } from './working-set';

/** The `txn` of a KPI table that names its version up to which DynamoDB has been written. */
const PUBLISHED = 'daybook/published';

export interface TransformDeps extends TaskDeps<{ readonly REPORTING_TIME_ZONE: string }> {
  readonly stores: Readonly<Record<KpiTableSpec['name'], KpiStore>>;
}

/**
 * Brings kpis/ and then the DynamoDB tables up to date with staging/.
 *
 * A KPI table's commit names the versions of the staging tables it was computed from, in `txn` actions; what changed
 * since tells the days to compute. DynamoDB is written after that commit, from the keys that changed since the version
 * published last, and only then is the new version marked as published. So a run that died at any point is made up for
 * by the next: a key it may have written is among the changed ones and is written again, or deleted if it has vanished
 * since. Of two runs at once, one commits first, and the other starts again.
 *
 * @throws TransactionMovedError where another run committed what this one had computed, too: the next try
 */
export async function run(
  _input: { executionId: string },
  deps: TransformDeps,
): Promise<TaskOutcome<TransformResult & ResultBase>> {
  const { bucket, workDirectory, clock, logger, config, stores } = deps;
  const db = await deps.openDuckDb();
  try {
    await db.run(sparkFunctionsSql);
    const lake: Lake = { bucket, db, workDirectory, clock, logger };
    // Ahead of staging/, so that nothing is computed from less than what is there: a run beside this one may be further on.
    const kpis = await Promise.all(
      KPI_QUERIES.map(({ spec }) => readSnapshot(lake, KPI_TABLES[spec.name].location)),
    );
    const [products, orders, order_items] = await Promise.all(
      KINDS.map((kind) => readSnapshot(lake, STAGING_TABLES[kind].location)),
    );
    const staging: Staging = { products, orders, order_items };
    const prepare = onceForTheSame((before: Snapshot | undefined) =>
      openDays(lake, staging, before, config.REPORTING_TIME_ZONE),
    );

    const tables: KpiTableResult[] = [];
    for (const [index, { spec, sql }] of KPI_QUERIES.entries()) {
      const before = kpis[index];
      const basis = basisOf(staging, config.REPORTING_TIME_ZONE);
      if (!isUpToDate(before, basis)) {
        const days = await prepare(before);
        await compute(lake, spec, sql, before, days, basis);
      }
      tables.push(await bringToDynamoDb(lake, spec, stores[spec.name]));
    }
    return { tables };
  } finally {
    db.close();
  }
}

/** @returns the relation of days that the working set holds; undefined for all days */
async function openDays(
  lake: Lake,
  staging: Staging,
  before: Snapshot | undefined,
  timeZone: string,
): Promise<string | undefined> {
  const since = computedFrom(before, timeZone);
  const days = since && (await affectedDays(lake, staging, since, timeZone));
  await openWorkingSet(lake, staging, timeZone, days);
  return days;
}

/** Both KPI tables are computed from the same staging versions, but for one that a run died before. */
function onceForTheSame<Result>(
  prepare: (before: Snapshot | undefined) => Promise<Result>,
): (before: Snapshot | undefined) => Promise<Result> {
  let last: { basis: string; result: Promise<Result> } | undefined;
  return (before) => {
    const { [PUBLISHED]: _, ...txns } = Object.fromEntries(before?.txns ?? []);
    const basis = JSON.stringify(Object.entries(txns).sort());
    if (last?.basis !== basis) last = { basis, result: prepare(before) };
    return last.result;
  };
}

/** Merges the days' KPIs as they are now into the table; rows of these days that are no more are deleted. */
async function compute(
  lake: Lake,
  spec: KpiTableSpec,
  sql: string,
  before: Snapshot | undefined,
  days: string | undefined,
  basis: readonly Txn[],
): Promise<void> {
  const table = KPI_TABLES[spec.name];
  const [now, old] = [`${spec.name}_now`, `${spec.name}_before`];
  const key = spec.key.join(', ');
  await lake.db.run(`create or replace temp table ${now} as ${sql}`);
  const ranges = `(select order_date as low, order_date as high from ${days})`;
  const files = days
    ? await filesThatMayOverlap(lake, table, before?.files ?? new Map(), 'order_date', ranges)
    : undefined;
  await scan(lake, before, table, old, spec.key, files);
  const ofDays = days ? `${old} semi join ${days} using (order_date)` : old;
  await merge(
    lake,
    table,
    { rows: now, deletes: `(select ${key} from ${ofDays} except select ${key} from ${now})` },
    { txns: basis, since: before ?? null },
  );
}

/**
 * Two transforms can be at it at once: one started by hand, one that goes on after its execution was stopped. Then either
 * may have written over what the other wrote from a newer version. Both mark the table, and one does so first: the other
 * writes again what the table holds by then, for all that either of them may have touched.
 */
async function bringToDynamoDb(lake: Lake, spec: KpiTableSpec, store: KpiStore): Promise<KpiTableResult> {
  const table = KPI_TABLES[spec.name];
  let snapshot = await readSnapshot(lake, table.location);
  const published = snapshot?.txns.get(PUBLISHED);
  let [written, deleted] = [0, 0];
  while (snapshot) {
    const kpis = temporaryName(lake, `${spec.name}_kpis`);
    const changed = published === undefined ? undefined : await changedKeys(lake, table, published, snapshot);
    const files = changed ? await filesThatMayHold(lake, table, snapshot.files, changed) : undefined;
    await scan(lake, snapshot, table, kpis, undefined, files);
    // The log may no longer reach back so far, and who never marked may have written: then every item is held against it.
    const touched = changed ?? (await everyKey(lake.db, spec, kpis, store));
    const counts = await publish(lake.db, spec, kpis, touched, store);
    written += counts.written;
    deleted += counts.deleted;
    const result = { table: spec.name, rows: recordCount(snapshot), written, deleted };
    if (published !== undefined && written + deleted === 0) return { ...result, version: snapshot.version };
    const version = await markPublished(lake, table, `(select * from ${kpis} limit 0)`, snapshot);
    if (version !== undefined) return { ...result, version };
    snapshot = await readSnapshot(lake, table.location);
  }
  return { table: spec.name, rows: 0, written, deleted, version: null };
}

/** @returns the table's version then; undefined where another transform marked one meanwhile */
async function markPublished(
  lake: Lake,
  table: TableSpec,
  nothing: string,
  since: Snapshot,
): Promise<number | undefined> {
  const txns = [{ appId: PUBLISHED, version: since.version }];
  try {
    return (await merge(lake, table, { rows: nothing }, { txns, since })).version ?? since.version;
  } catch (error) {
    if (error instanceof TransactionMovedError) return undefined;
    throw error;
  }
}

/** As the stats of the live files tell, which our own writer always has. */
function recordCount({ files }: Snapshot): number {
  const counts = [...files.values()].map(({ stats }) => Number(JSON.parse(stats ?? '{}').numRecords ?? 0));
  return counts.reduce((sum, count) => sum + count, 0);
}
