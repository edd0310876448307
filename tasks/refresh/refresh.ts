import type { Catalog } from '../../catalog/catalog';
import { DAY, type Mart } from '../../domain/mart';
import type { KpiTableResult, RefreshResult } from '../../domain/workflow';
import sparkFunctionsSql from '../../engine/duckdb/spark_functions.sql';
import { type Lake, merge, type Txn } from '../../lake/merge';
import { filesThatMayOverlap } from '../../lake/pruning';
import { scan } from '../../lake/scan';
import { readSnapshot, type Snapshot } from '../../lake/snapshot';
import type { TaskDeps } from '../../runtime/task-process';
import type { ResultBase, TaskOutcome } from '../../runtime/task-result';
import type { KpiStore } from '../../serving/dynamodb/publish';
import { publishChanges } from '../../serving/dynamodb/publish-changes';
import { startPublishing } from '../../serving/dynamodb/publishers';
import { affectedDays, type DaysSource } from './affected-days';
import { basisOf, computedFrom, isUpToDate, type Staging } from './basis';
import { openWorkingSet } from './working-set';

export interface RefreshDeps
  extends TaskDeps<{ readonly REPORTING_TIME_ZONE: string; readonly REFRESH_LIFETIME_SECONDS: number }> {
  readonly catalog: Catalog;
  /** The DynamoDB table of a mart. */
  readonly storeOf: (mart: Mart) => KpiStore;
}

/**
 * Updates kpis/ and then the DynamoDB tables from staging/.
 *
 * The commit of a KPI table names, in `txn` actions, the staging versions it was computed from. The changes since these
 * versions determine the days to compute. Then the keys changed since the last published version are written to DynamoDB,
 * and the new version is marked as published. If a run stops at any point, the next one completes it: every key the first
 * may have written is among the changed keys, and is written again, or deleted if it no longer exists. Of two concurrent
 * runs, one commits first and the other starts again; `publishers.ts` describes how they share DynamoDB.
 *
 * @throws TransactionMovedError if another run committed the same change first; retry the task
 */
export async function run(
  { executionId }: { executionId: string },
  deps: RefreshDeps,
): Promise<TaskOutcome<RefreshResult & ResultBase>> {
  const { bucket, workDirectory, clock, logger, config, catalog, storeOf } = deps;
  const timeZone = config.REPORTING_TIME_ZONE;
  const db = await deps.openDuckDb();
  try {
    await db.run(sparkFunctionsSql);
    const lake: Lake = { bucket, db, workDirectory, clock, logger, userMetadata: executionId };
    // Read before staging/: a concurrent run may be ahead, and its KPIs must not be recomputed from older staging tables.
    const before = await Promise.all(
      catalog.marts.map(({ name }) => readSnapshot(lake, catalog.martTable(name).location)),
    );
    const staging = await readStaging(lake, catalog);
    const openDays = cacheLast((mart, since) => {
      const inputs = catalog.inputs.filter(({ kind }) => mart.reads.includes(kind));
      return openWorkingSetSince({ lake, catalog, staging, inputs, timeZone }, since);
    });

    const tables: KpiTableResult[] = [];
    for (const [index, mart] of catalog.marts.entries()) {
      const table = before[index];
      const basis = basisOf(mart, catalog, staging, timeZone);
      let startedAt: number | undefined;
      if (!isUpToDate(table, basis)) {
        const days = await openDays(mart, computedFrom(table, mart, catalog, timeZone));
        startedAt = await computeMart(lake, catalog, mart, table, days, basis);
      }
      const spec = catalog.martTable(mart.name);
      const { REFRESH_LIFETIME_SECONDS } = config;
      tables.push(await publishChanges(lake, mart, spec, storeOf(mart), startedAt, REFRESH_LIFETIME_SECONDS));
    }
    return { tables };
  } finally {
    db.close();
  }
}

/** The newest snapshot of every staging table, by kind. */
export async function readStaging(lake: Lake, catalog: Catalog): Promise<Staging> {
  const snapshots = catalog.kinds.map(
    async (kind) => [kind, await readSnapshot(lake, catalog.stagingTable(kind).location)] as const,
  );
  return Object.fromEntries(await Promise.all(snapshots));
}

type Since = ReturnType<typeof computedFrom>;

/** @returns the relation of the days in the working set; undefined for all days */
async function openWorkingSetSince(source: DaysSource, since: Since): Promise<string | undefined> {
  const days = since && (await affectedDays(source, since));
  await openWorkingSet(source, days);
  return days;
}

/** Marts that read the same kinds share a result: they have the same staging versions, unless a run stopped between them. */
function cacheLast<Result>(
  open: (mart: Mart, since: Since) => Promise<Result>,
): (mart: Mart, since: Since) => Promise<Result> {
  let last: { key: string; result: Promise<Result> } | undefined;
  return (mart, since) => {
    const key = JSON.stringify([mart.reads, since ?? null]);
    if (last?.key !== key) last = { key, result: open(mart, since) };
    return last.result;
  };
}

/**
 * Computes a mart's rows of the given days and merges them into its table. Deletes rows of these days that no longer exist.
 * @returns when this run started to write to DynamoDB, as recorded in the commit; undefined if no row changed
 */
async function computeMart(
  lake: Lake,
  catalog: Catalog,
  { name, key: keyColumns, sql }: Mart,
  before: Snapshot | undefined,
  days: string | undefined,
  basis: readonly Txn[],
): Promise<number | undefined> {
  const table = catalog.martTable(name);
  const [now, old] = [`${name}_now`, `${name}_before`];
  const key = keyColumns.join(', ');
  await lake.db.run(`create or replace temp table ${now} as ${sql}`);
  const ranges = `(select ${DAY} as low, ${DAY} as high from ${days})`;
  const files = days
    ? await filesThatMayOverlap(lake, table, before?.files ?? new Map(), DAY, ranges)
    : undefined;
  await scan(lake, before, table, old, keyColumns, files);
  const ofDays = days ? `${old} semi join ${days} using (${DAY})` : old;
  const { startedAt, txns: txnsOfRows } = startPublishing(before, lake.clock());
  const { inserted, updated, deleted } = await merge(
    lake,
    table,
    { rows: now, deletes: `(select ${key} from ${ofDays} except select ${key} from ${now})` },
    { txns: basis, txnsOfRows, since: before ?? null },
  );
  return inserted + updated + deleted > 0 ? startedAt : undefined;
}
