import { rm } from 'node:fs/promises';
import path from 'node:path';
import { columnList } from '../engine/duckdb/sql';
import type { AddFile, Txn } from './actions';
import { type ChangeFiles, changesOfMerge } from './change-file';
import type { FileCommit } from './commit';
import { type MergeCounts, mergeOperation } from './commit-info';
import { confirm, confirmedBy } from './confirmation';
import { CommitContentionError, TransactionMovedError } from './errors';
import { dropTables, type Lake, newId, temporaryName } from './lake';
import { asStored, forNewTable } from './layout';
import { entryKey } from './log';
import { type Batch, type MergeSource, prepareBatch } from './merge/batch';
import type { MergePlan } from './merge/plan';
import { discard, type StagedMerge, stageMerge } from './merge/stage';
import type { Snapshot } from './replay';
import { TARGET_FILE_BYTES } from './size-tiering';
import type { TableSpec } from './table-spec';
import { pendingTxns, type UpdateOptions, updateTable } from './update';

export type { Txn } from './actions';
export type { Lake } from './lake';
export type { MergeSource } from './merge/batch';

export interface MergeOptions extends UpdateOptions {
  /** Versions of applications to set with the commit. */
  readonly txns?: readonly Txn[];
  /** Likewise, but only if the commit changes rows. The merge is refused if one of either has moved since `since`. */
  readonly txnsOfRows?: readonly Txn[];
  /** The size that data files grow to, in bytes. */
  readonly targetFileBytes?: number;
  /** The rows are all that the table is to have: it is replaced, and gets the partitions and columns of the specification. */
  readonly replace?: boolean;
  /** `changedKeys` of this version will be asked for: the lake's cache gets the answer. */
  readonly keepsKeys?: boolean;
  /**
   * `changedRows` of this version will be asked for: by this task, so that the lake's cache gets the answer; or by others, so that a
   * file in the bucket does if it is worth it (lake/change-file).
   */
  readonly keepsChanges?: 'cache' | ChangeFiles | undefined;
}

export interface MergeOutcome extends MergeCounts {
  /** The table's version after the merge; null if there is no table. */
  readonly version: number | null;
  /** Commits that were tried; 0 if there was nothing to commit. */
  readonly attempts: number;
}

/**
 * Upserts rows by key, and deletes keys, in one commit or not at all. A row with its deletion flag set (`spec.deletedColumn`)
 * is a version like any other: it replaces older ones, and is replaced by newer ones, but counts as deleted. If rows have versions (`spec.versionOrder`), the
 * greatest version of a key wins, within the batch and against the table: a retry is safe, and batches may come in any
 * order. If they have none, the incoming row wins. A merge that changes nothing commits nothing, unless `txns` change. The
 * first merge with a row or a txn creates the table; columns that an existing table lacks are added to it. If another
 * writer commits first, the merge is staged again on the new version; data files whose input has not changed are kept.
 *
 * @throws CommitContentionError; TransactionMovedError (another run of the application committed first);
 * UnsupportedTableError, TableMismatchError, BrokenLogError, MissingDataFileError; LakeError for rows without a key or,
 * without versions, for two rows with one key. Then nothing has changed. What the bucket throws: the outcome of a commit
 * may be unknown, and a retry finds out.
 */
export async function merge(
  lake: Lake,
  spec: TableSpec,
  source: MergeSource,
  options: MergeOptions = {},
): Promise<MergeOutcome> {
  const directory = path.join(lake.workDirectory, `merge-${newId(lake)}`);
  const batch = await prepareBatch(lake, spec, source);
  try {
    return await mergeBatch(lake, spec, batch, options, directory);
  } finally {
    await dropTables(lake, [batch.rows, batch.deletes]);
    await rm(directory, { recursive: true, force: true });
  }
}

async function mergeBatch(
  lake: Lake,
  spec: TableSpec,
  batch: Batch,
  {
    txns = [],
    txnsOfRows = [],
    targetFileBytes,
    replace = false,
    keepsKeys,
    keepsChanges,
    ...options
  }: MergeOptions,
  directory: string,
): Promise<MergeOutcome> {
  const targetBytes = Math.min(targetFileBytes ?? TARGET_FILE_BYTES, spec.maxFileBytes ?? TARGET_FILE_BYTES);
  const changeFiles = keepsChanges === 'cache' || replace ? undefined : keepsChanges;
  const stageOptions = { directory, targetBytes, changeFiles };
  let staged: StagedMerge | undefined;
  let layout: TableSpec | undefined;
  const stage = async (snapshot: Snapshot | undefined): Promise<FileCommit | undefined> => {
    const now = snapshot ? asStored(spec, snapshot) : await forNewTable(lake, spec, batch.rows);
    if (staged && layout?.partitionColumns !== now.partitionColumns) {
      await discard(lake, spec, staged);
      staged = undefined;
    }
    layout = now;
    staged = await stageMerge(lake, now, batch, replace ? undefined : snapshot, stageOptions, staged);
    const { plan, partitions } = staged;
    const replaced = replace ? [...(snapshot?.files.keys() ?? [])] : [];
    const changesRows = plan.changesRows || replaced.length > 0;
    const pending = pendingTxns(snapshot, changesRows ? [...txns, ...txnsOfRows] : txns);
    const removes = [...replaced, ...partitions.flatMap(({ removes }) => removes)];
    const confirms = confirmsOf(plan, snapshot, new Set(removes));
    if (!changesRows && pending.length === 0 && confirms.length === 0) return undefined;
    return {
      adds: partitions.flatMap(({ adds }) => adds),
      removes,
      confirms,
      txns: pending,
      dataChange: true,
      replaces: replace,
      ...(!snapshot && { partitionColumns: now.partitionColumns }),
      operation: {
        ...mergeOperation(spec, countsOf(batch, staged)),
        ...(staged.changes && { daybook: { changes: staged.changes } }),
      },
    };
  };
  const result = await updateTable(lake, spec, stage, {
    ...options,
    txns: [...txns, ...txnsOfRows],
    replaces: replace,
  });
  if (result.outcome === 'refused' || result.outcome === 'contended') {
    if (staged) await discard(lake, spec, staged);
    if (result.outcome === 'contended') throw new CommitContentionError(spec.location, result.versions);
    throw new TransactionMovedError(spec.location, result.moved);
  }
  if (staged) {
    if (keepsKeys && lake.cache && result.outcome === 'committed')
      lake.cache.changedKeys.set(
        entryKey(spec.location, result.version),
        await keysOf(lake, spec, staged.plan),
      );
    if (keepsChanges === 'cache' && !replace && lake.cache && result.outcome === 'committed' && layout)
      lake.cache.changedRows.set(
        entryKey(spec.location, result.version),
        await changesOfMerge(lake, layout, staged.plan, staged.snapshot, directory),
      );
    await dropTables(lake, staged.plan.tables);
  }
  return { ...countsOf(batch, staged), version: result.version, attempts: result.attempts };
}

/** The actions of the files that stay and whose rows have another origin now. */
const confirmsOf = (
  { confirmed }: MergePlan,
  snapshot: Snapshot | undefined,
  removed: ReadonlySet<string>,
): AddFile[] =>
  [...confirmed].flatMap(([file, by]) => {
    const add = snapshot?.files.get(file);
    return !add || removed.has(file) || confirmedBy(add) === by ? [] : [confirm(add, by)];
  });

/** The keys that a plan changes, as a table that other connections see. */
async function keysOf(lake: Lake, { key }: TableSpec, { winners, touched }: MergePlan): Promise<string> {
  const keys = temporaryName(lake, 'changed_keys');
  const columns = columnList(key);
  await lake.db.run(
    `create table ${keys} as select ${columns} from ${winners} union select ${columns} from ${touched}`,
  );
  return keys;
}

function countsOf({ count }: Batch, staged: StagedMerge | undefined): MergeCounts {
  const { inserted = 0, updated = 0, deleted = 0, written = 0 } = staged?.plan ?? {};
  const files = (list: 'adds' | 'removes') =>
    staged?.partitions.reduce((sum, partition) => sum + partition[list].length, 0) ?? 0;
  const superseded = count - written;
  return {
    inserted,
    updated,
    deleted,
    superseded,
    filesAdded: files('adds'),
    filesRemoved: files('removes'),
  };
}
