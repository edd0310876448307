import { z } from 'zod';
import type { Catalog } from '../../catalog/catalog';
import type { Mart } from '../../domain/mart';
import type { SparkMerge, SparkTable } from '../../engine/spark/plan';
import { hasLayout } from '../../lake/check';
import type { Lake } from '../../lake/lake';
import { type Snapshot, snapshotAt } from '../../lake/snapshot';
import { commitFromSpark, mergeForSpark, tableForSpark } from '../../lake/spark-merge';
import { openRound } from '../../runtime/spark-rounds';
import { startPublishing } from '../../serving/dynamodb/publishers';
import type { ComputedMart, MartUpdate } from './compute-mart';
import { inputQuery } from './input-views';
import { completeRows, queryOf } from './mart-rows';
import { readStaging, type Snapshots, tablesOf } from './source';

/** A round of refreshing marts on Spark. */
export interface SparkRefresh {
  /** The staging tables that marts are computed from, the same in every round. */
  readonly staging: Snapshots;
  /** True for a mart whose query Spark does not know: it is computed here. */
  isLeftOut(mart: Mart): boolean;
  /**
   * Commits what Spark computed for a mart, from all rows of what it reads, or plans it.
   * @param snapshots of what it reads
   * @returns undefined if Spark is to compute it
   */
  bringUpToDate(update: MartUpdate, snapshots: Snapshots): Promise<ComputedMart | undefined>;
  /** True for a mart that reads another which Spark is to compute first: it has no rows to be computed from in this round. */
  waits(mart: Mart): boolean;
  /** Says what is next. */
  end(): Promise<void>;
}

export async function refreshOnSpark(
  lake: Lake,
  executionId: string,
  catalog: Catalog,
  timeZone: string,
): Promise<SparkRefresh> {
  const round = await openRound(lake.bucket, executionId, 'transform', z.unknown());
  const { plan, manifest } = round.computed ?? {};
  for (const { table, why } of manifest?.left_out ?? [])
    lake.logger?.warn(`Spark does not know the query of ${table}, which is computed here: ${why}`, { table });
  const staging = plan ? await stagingAt(lake, catalog, plan.versions) : await readStaging(lake, catalog);
  const tables = new Map<string, SparkTable>();
  const merges: SparkMerge[] = [];
  const versions = versionsOf(staging);
  const isPlanned = (name: string) => merges.some(({ table }) => table === name);
  const waits = (mart: Mart) => tablesOf(catalog, mart).some(isPlanned);

  async function commit(update: MartUpdate, snapshots: Snapshots): Promise<ComputedMart | undefined> {
    const { mart, before, basis } = update;
    if (!plan) return undefined;
    const wasPlanned = (name: string) => plan.merges.some(({ table }) => table === name);
    // What the same plan computed is known to be what it read.
    const hasMoved = tablesOf(catalog, mart).some(
      (name) => !wasPlanned(name) && plan.versions[name] !== (snapshots[name]?.version ?? null),
    );
    if (hasMoved) return undefined;
    const { startedAt, txns: txnsOfRows } = startPublishing(before, lake.clock());
    const spec = catalog.martTable(mart.name);
    const options = { txns: basis, txnsOfRows, since: before ?? null, replace: !hasLayout(spec, before) };
    const outcome = await commitFromSpark(lake, spec, round.computed, options);
    if (!outcome) return undefined;
    const { inserted, updated, deleted, version } = outcome;
    return { version, startedAt: inserted + updated + deleted > 0 ? startedAt : undefined };
  }

  function add({ mart, before }: MartUpdate, snapshots: Snapshots): void {
    const reads = tablesOf(catalog, mart);
    for (const name of reads) {
      versions[name] = snapshots[name]?.version ?? null;
      if (!tables.has(name)) tables.set(name, tableForSpark(catalog.table(name), snapshots[name]));
    }
    const spec = catalog.martTable(mart.name);
    tables.set(mart.name, tableForSpark(spec, before));
    const rows = {
      views: viewsOf(catalog, mart, timeZone),
      // Spark's names of types are those of Delta Lake.
      rows: completeRows(mart, `(${queryOf(mart, timeZone)})`, (type) => type),
      is_complete: true,
      replaces: !hasLayout(spec, before),
      reads: reads.filter(isPlanned),
    };
    merges.push(mergeForSpark(spec, before, rows));
  }

  return {
    staging,
    waits,
    isLeftOut: ({ name }) => manifest?.left_out.some(({ table }) => table === name) ?? false,
    async bringUpToDate(update, snapshots) {
      const computed = waits(update.mart) ? undefined : await commit(update, snapshots);
      if (!computed) add(update, snapshots);
      return computed;
    },
    async end() {
      if (merges.length === 0) return round.end(null);
      await round.plan(
        { ...round.place, tables: [...tables.values()], row_files: [], merges, versions },
        null,
      );
    },
  };
}

const versionsOf = (snapshots: Snapshots): Record<string, number | null> =>
  Object.fromEntries(Object.entries(snapshots).map(([name, snapshot]) => [name, snapshot?.version ?? null]));

/** The staging tables as the first plan read them. */
async function stagingAt(
  lake: Lake,
  catalog: Catalog,
  versions: Readonly<Record<string, number | null>>,
): Promise<Snapshots> {
  const snapshots = catalog.kinds.map(
    async (kind): Promise<[string, Snapshot | undefined]> => [
      kind,
      await snapshotAt(lake, catalog.stagingTable(kind).location, versions[kind] ?? null, undefined),
    ],
  );
  return Object.fromEntries(await Promise.all(snapshots));
}

/** The views that a mart's query reads, over those of the tables' rows. */
function viewsOf(catalog: Catalog, mart: Mart, timeZone: string): SparkMerge['views'] {
  const inputs = catalog.inputsOf(mart.name);
  const rowsOf = (kind: string) => `live_${kind}`;
  const others = Object.fromEntries(inputs.map(({ kind }) => [`${kind}_rows`, rowsOf(kind)]));
  return inputs.map((input) => ({
    name: input.view,
    sql: inputQuery(input, rowsOf(input.kind), timeZone, others),
  }));
}
