import type { Catalog } from '../../catalog/catalog';
import { inOrder } from '../../catalog/mart-graph';
import { byColumns, isServed, type Mart, type ServedMart } from '../../domain/mart';
import type { MartResult, RefreshResult } from '../../domain/workflow';
import sparkFunctionsSql from '../../engine/duckdb/spark_functions.sql';
import { emptyCache, type Lake } from '../../lake/lake';
import { readSnapshot, type Snapshot, snapshotAt } from '../../lake/snapshot';
import type { TaskDeps } from '../../runtime/task-process';
import type { ResultBase, TaskOutcome } from '../../runtime/task-result';
import type { KpiStore } from '../../serving/dynamodb/publish';
import { publishChanges, resultOf } from '../../serving/dynamodb/publish-changes';
import { basisOf, computedFrom, isUpToDate } from './basis';
import {
  type Changed,
  type ComputedMart,
  computeMart,
  type MartUpdate,
  UnaddableMartError,
} from './compute-mart';
import { type ReadInputChanges, readChangesOnce } from './input-changes';
import { refreshOnSpark } from './refresh-on-spark';
import { type MartSource, readStaging, tablesOf } from './source';
import { touchedBy } from './touched';
import { openAll, openBeforeAndAfter, openChanged, openTouched, type WorkingSet } from './working-set';

export interface RefreshDeps
  extends TaskDeps<{
    readonly REPORTING_TIME_ZONE: string;
    readonly REFRESH_LIFETIME_SECONDS: number;
    readonly ENGINE?: 'duckdb' | 'spark';
  }> {
  readonly catalog: Catalog;
  /** The DynamoDB table of a mart. */
  readonly storeOf: (mart: ServedMart) => KpiStore;
}

/**
 * Updates the marts, and then the DynamoDB tables that serve them, from staging/; a mart after those that it reads.
 *
 * The commit of a mart names, in `txn` actions, the versions of the tables that it was computed from. The changes since these
 * versions determine what to compute. Then the keys changed since the last published version are written to DynamoDB,
 * and the new version is marked as published. If a run stops at any point, the next one completes it: every key the first
 * may have written is among the changed keys, and is written again, or deleted if it no longer exists. Of two concurrent
 * runs, one commits first and the other starts again; `publishers.ts` describes how they share DynamoDB. On Spark this is a round of
 * several: marts that Spark is to compute are left for the next.
 *
 * @throws TransactionMovedError if another run committed the same change first; retry the task
 */
export async function run(
  { executionId }: { executionId: string },
  deps: RefreshDeps,
): Promise<TaskOutcome<RefreshResult & ResultBase>> {
  const { bucket, workDirectory, clock, logger, config, catalog, known, storeOf } = deps;
  const { REPORTING_TIME_ZONE: timeZone, REFRESH_LIFETIME_SECONDS: lifetime } = config;
  const db = await deps.openDuckDb();
  const results = new Map<string, Promise<MartResult>>();
  try {
    await db.run(sparkFunctionsSql);
    const cache = emptyCache();
    const lake: Lake = {
      ...{ bucket, db, workDirectory, clock, logger, userMetadata: executionId, cache },
      ...(known && { known }),
    };
    // Read before staging/: a concurrent run may be ahead, and its marts must not be recomputed from older staging tables.
    const before = new Map(
      await Promise.all(
        catalog.marts.map(
          async ({ name }) => [name, await readSnapshot(lake, catalog.martTable(name).location)] as const,
        ),
      ),
    );
    const spark =
      config.ENGINE === 'spark' ? await refreshOnSpark(lake, executionId, catalog, timeZone) : undefined;
    const staging = spark?.staging ?? (await readStaging(lake, catalog));
    const snapshots: Record<string, Snapshot | undefined> = { ...staging };
    const openRows = openOnce(catalog, readChangesOnce(catalog));
    const read = new Set(catalog.marts.flatMap((mart) => tablesOf(catalog, mart)));

    for (const mart of inOrder(catalog.marts.toSorted(longestPublication))) {
      const table = before.get(mart.name);
      const spec = catalog.martTable(mart.name);
      const basis = basisOf(mart, catalog, snapshots, timeZone);
      let after = table;
      let startedAt: number | undefined;
      const waits = spark?.waits(mart) ?? false;
      if (waits || !isUpToDate(table, basis)) {
        const source = {
          lake,
          catalog,
          snapshots: { ...snapshots, [mart.name]: table },
          inputs: catalog.inputsOf(mart.name),
          timeZone,
        };
        const update: MartUpdate = { lake, catalog, mart, timeZone, before: table, basis };
        const computed =
          spark && (waits || !spark.isLeftOut(mart))
            ? await spark.bringUpToDate(update, snapshots)
            : await bringUpToDate(update, source, openRows);
        if (!computed) {
          snapshots[mart.name] = table;
          continue;
        }
        startedAt = computed.startedAt;
        after = await snapshotAt(lake, spec.location, computed.version, table);
      }
      if (isServed(mart)) {
        // Meanwhile the next marts are computed. What fails here fails below.
        const published = publishBeside(lake, mart, spec, after, storeOf(mart), startedAt, lifetime);
        published.catch(() => {});
        results.set(mart.name, published);
        if (!read.has(mart.name)) continue;
        // With its marks, so that those that read it are up to date in the next run.
        after = await snapshotAt(lake, spec.location, (await published).version, after);
      } else results.set(mart.name, Promise.resolve(resultOf(mart, after)));
      snapshots[mart.name] = after;
    }
    const tables = await Promise.all(catalog.marts.flatMap(({ name }) => results.get(name) ?? []));
    await spark?.end();
    return { tables };
  } finally {
    await Promise.allSettled(results.values());
    db.close();
  }
}

/** The more columns a key has, the more rows there are to publish, beside the computation of what follows. */
const longestPublication = (a: Mart, b: Mart): number => itemsOf(b) - itemsOf(a);
const itemsOf = (mart: Mart): number => (isServed(mart) ? mart.key.length : 0);

/** {@link publishChanges} with a connection of its own, beside the statements of other marts. */
const publishBeside: typeof publishChanges = async (lake, ...rest) => {
  const db = await lake.db.connect();
  try {
    return await publishChanges({ ...lake, db }, ...rest);
  } finally {
    db.close();
  }
};

type Since = Readonly<Record<string, number>> | undefined;
type OpenRows = (
  source: MartSource,
  mart: Mart,
  since: Since,
) => Promise<{ readonly rows: WorkingSet; readonly how: Changed }>;

async function bringUpToDate(
  update: MartUpdate,
  source: MartSource,
  openRows: OpenRows,
): Promise<ComputedMart> {
  const { mart, catalog, before, timeZone, lake } = update;
  const { rows, how } = await openRows(source, mart, computedFrom(before, mart, catalog, timeZone));
  try {
    return await computeMart(update, rows, how);
  } catch (error) {
    if (!(error instanceof UnaddableMartError)) throw error;
    lake.logger?.warn(`${error.message}: it is computed from all rows`);
    return computeMart(update, await openAll(source), 'everything');
  }
}

/**
 * Marts that read the same inputs, and are refreshed by the same columns, share a working set if it was opened for the same versions:
 * always, unless a run stopped between them. It has the rows before the changes if one of the marts is additive.
 */
function openOnce(catalog: Catalog, inputChanges: ReadInputChanges): OpenRows {
  const readBy = (mart: Mart) =>
    JSON.stringify([catalog.inputsOf(mart.name), mart.refresh.by, byColumns(mart), mart.touched]);
  const additive = new Set(catalog.marts.filter(({ refresh }) => refresh.aggregate).map(readBy));
  const opened = new Map<string, ReturnType<OpenRows>>();
  return async (source, mart, since) => {
    const by = readBy(mart);
    const key = JSON.stringify([by, since]);
    const opening = opened.get(key) ?? open(source, mart, since, inputChanges, additive.has(by));
    opened.set(key, opening);
    const { rows, how } = await opening;
    const isReplaced = how === 'added' && !mart.refresh.aggregate;
    return { rows, how: isReplaced ? 'replaced' : how };
  };
}

async function open(
  source: MartSource,
  mart: Mart,
  since: Since,
  inputChanges: ReadInputChanges,
  withBefore: boolean,
): ReturnType<OpenRows> {
  const { by } = mart.refresh;
  const changes = since && by !== 'all' ? await inputChanges(source, since) : undefined;
  if (!changes) return { rows: await openAll(source), how: 'everything' };
  if (by === 'row') return { rows: openChanged(source, changes), how: 'added' };
  const touched = await touchedBy(source, mart, changes);
  return withBefore
    ? { rows: await openBeforeAndAfter(source, mart, touched, changes), how: 'added' }
    : { rows: await openTouched(source, mart, touched), how: 'replaced' };
}
