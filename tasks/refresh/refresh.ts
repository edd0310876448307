import type { Catalog } from '../../catalog/catalog';
import { DAY, type Mart } from '../../domain/mart';
import type { KpiTableResult, TransformResult } from '../../domain/workflow';
import sparkFunctionsSql from '../../engine/duckdb/spark_functions.sql';
import { type Lake, merge, type Txn } from '../../lake/merge';
import { filesThatMayOverlap } from '../../lake/pruning';
import { scan } from '../../lake/scan';
import { readSnapshot, type Snapshot } from '../../lake/snapshot';
import type { TaskDeps } from '../../runtime/task-process';
import type { ResultBase, TaskOutcome } from '../../runtime/task-result';
import type { KpiStore } from '../../serving/dynamodb/publish';
import { bringToDynamoDb } from '../../serving/dynamodb/publish-changes';
import { beginning } from '../../serving/dynamodb/publishers';
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
 * Brings kpis/ and then the DynamoDB tables up to date with staging/.
 *
 * A KPI table's commit names the versions of the staging tables it was computed from, in `txn` actions; what changed
 * since tells the days to compute. DynamoDB is written after that commit, from the keys that changed since the version
 * published last, and only then is the new version marked as published. So a run that died at any point is made up for
 * by the next: a key it may have written is among the changed ones and is written again, or deleted if it has vanished
 * since. Of two runs at once, one commits first, and the other starts again; `publishers.ts` has what becomes of DynamoDB.
 *
 * @throws TransactionMovedError where another run committed what this one had computed, too: the next try
 */
export async function run(
  { executionId }: { executionId: string },
  deps: RefreshDeps,
): Promise<TaskOutcome<TransformResult & ResultBase>> {
  const { bucket, workDirectory, clock, logger, config, catalog, storeOf } = deps;
  const timeZone = config.REPORTING_TIME_ZONE;
  const db = await deps.openDuckDb();
  try {
    await db.run(sparkFunctionsSql);
    const lake: Lake = { bucket, db, workDirectory, clock, logger, userMetadata: executionId };
    // Read before staging/, so that nothing is computed from less than what exists: a run beside this one may be ahead.
    const before = await Promise.all(
      catalog.marts.map(({ name }) => readSnapshot(lake, catalog.martTable(name).location)),
    );
    const staging = await readStaging(lake, catalog);
    const openDays = onceForTheSame((mart, since) => {
      const inputs = catalog.inputs.filter(({ kind }) => mart.reads.includes(kind));
      return openWorkingSetSince({ lake, catalog, staging, inputs, timeZone }, since);
    });

    const tables: KpiTableResult[] = [];
    for (const [index, mart] of catalog.marts.entries()) {
      const table = before[index];
      const basis = basisOf(mart, catalog, staging, timeZone);
      let begun: number | undefined;
      if (!isUpToDate(table, basis)) {
        const days = await openDays(mart, computedFrom(table, mart, catalog, timeZone));
        begun = await compute(lake, catalog, mart, table, days, basis);
      }
      const spec = catalog.martTable(mart.name);
      const { REFRESH_LIFETIME_SECONDS } = config;
      tables.push(await bringToDynamoDb(lake, mart, spec, storeOf(mart), begun, REFRESH_LIFETIME_SECONDS));
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

/** @returns the relation of days that the working set holds; undefined for all days */
async function openWorkingSetSince(source: DaysSource, since: Since): Promise<string | undefined> {
  const days = since && (await affectedDays(source, since));
  await openWorkingSet(source, days);
  return days;
}

/** Marts that read the same kinds are computed from the same staging versions, unless a run stopped between them. */
function onceForTheSame<Result>(
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
 * Merges a mart's rows of the days as they are now into its table; rows of these days that no longer exist are deleted.
 * @returns when this run began to write to DynamoDB, as the commit says; undefined where no row changed
 */
async function compute(
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
  const { begun, txns: txnsOfRows } = beginning(before, lake.clock());
  const { inserted, updated, deleted } = await merge(
    lake,
    table,
    { rows: now, deletes: `(select ${key} from ${ofDays} except select ${key} from ${now})` },
    { txns: basis, txnsOfRows, since: before ?? null },
  );
  return inserted + updated + deleted > 0 ? begun : undefined;
}
