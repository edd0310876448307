import type { Catalog } from '../../catalog/catalog';
import { inOrder } from '../../catalog/mart-graph';
import { byColumns, isServed, type Mart, type ServedMart } from '../../domain/mart';
import type { MartResult, RefreshResult } from '../../domain/workflow';
import sparkFunctionsSql from '../../engine/duckdb/spark_functions.sql';
import { emptyCache, type Lake } from '../../lake/lake';
import { type Snapshot, snapshotAt } from '../../lake/snapshot';
import type { TableSpec } from '../../lake/table-spec';
import type { TaskDeps } from '../../runtime/task-process';
import type { ResultBase, TaskOutcome } from '../../runtime/task-result';
import type { KpiStore } from '../../serving/dynamodb/publish';
import { publishChanges, resultOf } from '../../serving/dynamodb/publish-changes';
import { basisOf, computedFrom, isUpToDate, notOlder } from './basis';
import {
  type Changed,
  type ComputedMart,
  computeMart,
  type MartUpdate,
  UnaddableMartError,
} from './compute-mart';
import { type ReadInputChanges, readChangesOnce } from './input-changes';
import { refreshOnSpark } from './refresh-on-spark';
import { type MartSource, readMarts, readStaging, tablesOf } from './source';
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
 * runs, one commits first and the other starts again; `publishers.ts` describes how they share DynamoDB. Few rows are merged and published
 * beside the computation of other marts. On Spark this is a round of
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
  /** The tables of marts that are merged or published, with their marks. */
  const finishing = new Map<string, Promise<Snapshot | undefined>>();
  try {
    await db.run(sparkFunctionsSql);
    const cache = emptyCache();
    const lake: Lake = {
      ...{ bucket, db, workDirectory, clock, logger, userMetadata: executionId, cache },
      ...(known && { known }),
    };
    const [before, read] = await Promise.all([readMarts(lake, catalog), readStaging(lake, catalog)]);
    const spark =
      config.ENGINE === 'spark' ? await refreshOnSpark(lake, executionId, catalog, timeZone) : undefined;
    const staging = spark?.staging ?? (await notOlder(before, read, catalog, lake));
    const snapshots: Record<string, Snapshot | undefined> = { ...staging };
    const openRows = openOnce(catalog, readChangesOnce(catalog));

    for (const mart of inOrder(catalog.marts.toSorted(longestPublication))) {
      for (const name of tablesOf(catalog, mart))
        if (finishing.has(name)) snapshots[name] = await finishing.get(name);
      const table = before.get(mart.name);
      const spec = catalog.martTable(mart.name);
      const basis = basisOf(mart, catalog, snapshots, timeZone);
      let merged: Promise<ComputedMart> | undefined;
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
        if (spark && (waits || !spark.isLeftOut(mart))) {
          const computed = await spark.bringUpToDate(update, snapshots);
          if (!computed) {
            snapshots[mart.name] = table;
            continue;
          }
          merged = Promise.resolve(computed);
        } else ({ merged } = await bringUpToDate(update, source, openRows));
      }
      const after = afterMerge(lake, spec.location, table, merged);
      const result = isServed(mart)
        ? publishBeside(lake, mart, spec, after, storeOf(mart), merged, lifetime)
        : after.then((snapshot) => resultOf(mart, snapshot));
      results.set(mart.name, result);
      finishing.set(mart.name, withMarks(lake, spec.location, after, result));
      // Meanwhile the next marts are computed. What fails of this one fails those that read it, and the task in the end.
      for (const one of [result, finishing.get(mart.name)]) one?.catch(() => {});
    }
    const tables = await Promise.all(catalog.marts.flatMap(({ name }) => results.get(name) ?? []));
    await spark?.end();
    return { tables };
  } finally {
    await Promise.allSettled([...results.values(), ...finishing.values()]);
    db.close();
  }
}

/** The more columns a key has, the more rows there are to publish, beside the computation of what follows. */
const longestPublication = (a: Mart, b: Mart): number => itemsOf(b) - itemsOf(a);
const itemsOf = (mart: Mart): number => (isServed(mart) ? mart.key.length : 0);

/** The table with the rows of this run; as it was, if none were computed. */
const afterMerge = async (
  lake: Lake,
  location: string,
  before: Snapshot | undefined,
  merged: Promise<ComputedMart> | undefined,
): Promise<Snapshot | undefined> =>
  merged ? snapshotAt(lake, location, (await merged).version, before) : before;

/** {@link publishChanges} with a connection of its own, beside the statements of other marts. */
async function publishBeside(
  lake: Lake,
  mart: ServedMart,
  spec: TableSpec,
  after: Promise<Snapshot | undefined>,
  store: KpiStore,
  merged: Promise<ComputedMart> | undefined,
  lifetimeSeconds: number,
): Promise<MartResult> {
  const snapshot = await after;
  const startedAt = (await merged)?.startedAt;
  const db = await lake.db.connect();
  try {
    return await publishChanges({ ...lake, db }, mart, spec, snapshot, store, startedAt, lifetimeSeconds);
  } finally {
    db.close();
  }
}

/** The table with the marks of its publication, so that marts that read it are up to date in the next run. */
async function withMarks(
  lake: Lake,
  location: string,
  after: Promise<Snapshot | undefined>,
  result: Promise<MartResult>,
): Promise<Snapshot | undefined> {
  const { version } = await result;
  return snapshotAt(lake, location, version, await after);
}

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
): Promise<{ readonly merged: Promise<ComputedMart> }> {
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
