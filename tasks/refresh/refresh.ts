import { KINDS } from '../../catalog/kinds';
import { KPI_QUERIES } from '../../catalog/kpi-queries';
import { KPI_TABLES, STAGING_TABLES } from '../../catalog/tables';
import type { KpiTableSpec } from '../../domain/mart';
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
import { affectedDays } from './affected-days';
import { basisOf, computedFrom, isUpToDate, type Staging } from './basis';
import { openWorkingSet } from './working-set';

export interface TransformDeps
  extends TaskDeps<{ readonly REPORTING_TIME_ZONE: string; readonly REFRESH_LIFETIME_SECONDS: number }> {
  readonly stores: Readonly<Record<KpiTableSpec['name'], KpiStore>>;
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
  deps: TransformDeps,
): Promise<TaskOutcome<TransformResult & ResultBase>> {
  const { bucket, workDirectory, clock, logger, config, stores } = deps;
  const db = await deps.openDuckDb();
  try {
    await db.run(sparkFunctionsSql);
    const lake: Lake = { bucket, db, workDirectory, clock, logger, userMetadata: executionId };
    // Ahead of staging/, so that nothing is computed from less than what is there: a run beside this one may be further on.
    const kpis = await Promise.all(
      KPI_QUERIES.map(({ spec }) => readSnapshot(lake, KPI_TABLES[spec.name].location)),
    );
    const [products, orders, order_items] = await Promise.all(
      KINDS.map((kind) => readSnapshot(lake, STAGING_TABLES[kind].location)),
    );
    const staging: Staging = { products, orders, order_items };
    const prepare = onceForTheSame((since) => openDays(lake, staging, since, config.REPORTING_TIME_ZONE));

    const tables: KpiTableResult[] = [];
    for (const [index, { spec, sql }] of KPI_QUERIES.entries()) {
      const before = kpis[index];
      const basis = basisOf(staging, config.REPORTING_TIME_ZONE);
      let begun: number | undefined;
      if (!isUpToDate(before, basis)) {
        const days = await prepare(computedFrom(before, config.REPORTING_TIME_ZONE));
        begun = await compute(lake, spec, sql, before, days, basis);
      }
      tables.push(
        await bringToDynamoDb(lake, spec, stores[spec.name], begun, config.REFRESH_LIFETIME_SECONDS),
      );
    }
    return { tables };
  } finally {
    db.close();
  }
}

type Since = ReturnType<typeof computedFrom>;

/** @returns the relation of days that the working set holds; undefined for all days */
async function openDays(
  lake: Lake,
  staging: Staging,
  since: Since,
  timeZone: string,
): Promise<string | undefined> {
  const days = since && (await affectedDays(lake, staging, since, timeZone));
  await openWorkingSet(lake, staging, timeZone, days);
  return days;
}

/** Both KPI tables are computed from the same staging versions, but for one that a run died before. */
function onceForTheSame<Result>(
  prepare: (since: Since) => Promise<Result>,
): (since: Since) => Promise<Result> {
  let last: { since: string; result: Promise<Result> } | undefined;
  return (since) => {
    const key = JSON.stringify(since ?? null);
    if (last?.since !== key) last = { since: key, result: prepare(since) };
    return last.result;
  };
}

/**
 * Merges the days' KPIs as they are now into the table; rows of these days that are no more are deleted.
 * @returns when this run began to write to DynamoDB, as the commit says; undefined where no row changed
 */
async function compute(
  lake: Lake,
  spec: KpiTableSpec,
  sql: string,
  before: Snapshot | undefined,
  days: string | undefined,
  basis: readonly Txn[],
): Promise<number | undefined> {
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
  const { begun, txns: txnsOfRows } = beginning(before, lake.clock());
  const { inserted, updated, deleted } = await merge(
    lake,
    table,
    { rows: now, deletes: `(select ${key} from ${ofDays} except select ${key} from ${now})` },
    { txns: basis, txnsOfRows, since: before ?? null },
  );
  return inserted + updated + deleted > 0 ? begun : undefined;
}
