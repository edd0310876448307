import { z } from 'zod';
import { type Catalog, LINEAGE } from '../../catalog/catalog';
import { type Contract, DELETED_COLUMN, EXTRA_COLUMN } from '../../domain/contract';
import type { RowsOfKind, StagedTable, StageResult } from '../../domain/workflow';
import { columnList } from '../../engine/duckdb/sql';
import type { SparkMerge, SparkRowFiles, SparkTable } from '../../engine/spark/plan';
import { rowsToStageFrom } from '../../formats/validated-rows';
import type { Lake } from '../../lake/lake';
import type { MergeOutcome } from '../../lake/merge';
import { deltaType } from '../../lake/schema';
import { readSnapshot } from '../../lake/snapshot';
import { commitFromSpark, mergeForSpark, tableForSpark } from '../../lake/spark-merge';
import type { TableSpec } from '../../lake/table-spec';
import { openRound } from '../../runtime/spark-rounds';
import type { TaskOutcome } from '../../runtime/task-result';
import { stagedTable } from './staged-table';

/** The merges of earlier rounds, by table. */
const doneSchema = z.record(
  z.string(),
  z.object({
    inserted: z.number(),
    updated: z.number(),
    deleted: z.number(),
    superseded: z.number(),
    filesAdded: z.number(),
    filesRemoved: z.number(),
    version: z.number().nullable(),
    attempts: z.number(),
  }),
);

/**
 * A round of staging on Spark: commits the merges that Spark has computed, and plans those that are still to be. The table of a
 * kind is committed after its history, as in {@link run}. A retry is safe.
 * @param files the batch's, by kind, in the order of the kinds
 * @param targetFileBytes the size that data files grow to
 * @returns what is staged so far
 */
export async function stageOnSpark(
  executionId: string,
  files: ReadonlyMap<string, readonly RowsOfKind[]>,
  lake: Lake,
  catalog: Pick<Catalog, 'contract' | 'stagingTable' | 'historyTable'>,
  targetFileBytes: number,
): Promise<TaskOutcome<StageResult>> {
  const round = await openRound(lake.bucket, executionId, 'stage', doneSchema);
  const done: Record<string, MergeOutcome> = { ...round.kept };
  const staged: StagedTable[] = [];
  const tables = new Map<string, SparkTable>();
  const [rowFiles, merges]: [SparkRowFiles[], SparkMerge[]] = [[], []];
  for (const [kind, ofKind] of files) {
    const specs = [catalog.historyTable(kind), catalog.stagingTable(kind)].filter(
      (spec) => spec !== undefined,
    );
    for (const spec of specs) {
      const outcome = done[spec.name] ?? (await commitFromSpark(lake, spec, round.computed));
      if (!outcome) break;
      done[spec.name] = outcome;
    }
    const [versions, outcome] = [catalog.historyTable(kind), catalog.stagingTable(kind)].map(
      (spec) => spec && done[spec.name],
    );
    if (outcome) {
      staged.push(stagedTable(kind, ofKind, outcome, versions));
      continue;
    }
    rowFiles.push(rowFilesOf(catalog.contract(kind), ofKind));
    for (const spec of specs) if (!done[spec.name]) merges.push(await planned(kind, spec));
  }
  if (merges.length === 0) await round.end(done);
  else {
    const plan = { ...round.place, tables: [...tables.values()], row_files: rowFiles, merges, versions: {} };
    await round.plan(plan, done);
  }
  return { tables: staged };

  async function planned(kind: string, spec: TableSpec): Promise<SparkMerge> {
    const snapshot = await readSnapshot(lake, spec.location);
    tables.set(spec.name, tableForSpark(spec, snapshot));
    const staging = catalog.stagingTable(kind);
    const columns = columnList(spec.columns.map(({ name }) => name).filter((name) => !spec.derived[name]));
    let rows = `select ${columns} from ${rowsToStageFrom(catalog.contract(kind), rowsView(kind))}`;
    if (spec !== staging && !snapshot) {
      // A history begins with the rows that the staging table has.
      tables.set(kind, tableForSpark(staging, await readSnapshot(lake, staging.location)));
      const known = LINEAGE.map(({ name }) => `${name} is not null`).join(' and ');
      rows = `${rows} union all select ${columns} from stored_${kind} where ${known}`;
    }
    const own = { views: [], rows, is_complete: false, replaces: false, reads: [] };
    return mergeForSpark(spec, snapshot, own, targetFileBytes);
  }
}

const rowsView = (kind: string): string => `rows_${kind}`;

/** Files that were validated together share an object. */
function rowFilesOf({ kind, columns, extra }: Contract, files: readonly RowsOfKind[]): SparkRowFiles {
  return {
    view: rowsView(kind),
    columns: [
      ...columns.map(({ name, type }) => ({ name, type: deltaType(type) })),
      ...(extra === 'keep' ? [{ name: EXTRA_COLUMN, type: 'string' }] : []),
      { name: DELETED_COLUMN, type: 'boolean' },
      ...LINEAGE.map(({ name, type }) => ({ name, type })),
    ],
    keys: [...new Set(files.map(({ rows_key = '' }) => rows_key))],
  };
}
