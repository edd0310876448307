import { rm } from 'node:fs/promises';
import path from 'node:path';
import { backOff } from '../storage/back-off';
import type { Action } from './actions';
import { isCheckpointDue, writeCheckpoint } from './checkpoint';
import { commit } from './commit';
import { deleteFiles } from './data-files';
import {
  CommitContentionError,
  TableMismatchError,
  TransactionMovedError,
  UnsupportedTableError,
} from './errors';
import { type Lake, newId } from './lake';
import { type Batch, type MergeSource, prepareBatch } from './merge-batch';
import { type Counts, commitInfo, entryActions, type Txn } from './merge-entry';
import { dropTables, type Plan, planMerge, stillHolds } from './merge-plan';
import { type WrittenFiles, writePlan } from './merge-write';
import { uriToPath } from './partition-path';
import { missingWriterFeatures, whyNotMergeable } from './protocol';
import { TARGET_FILE_BYTES } from './size-tiering';
import { advance, catchUp, readSnapshot, type Snapshot } from './snapshot';
import type { TableSpec } from './table-spec';

export type { Lake } from './lake';
export type { MergeSource } from './merge-batch';
export type { Txn } from './merge-entry';

export interface MergeOptions {
  /** Versions of applications to be set with the commit. */
  readonly txns?: readonly Txn[];
  /** As `txns`, to be set by a commit that changes rows alone. */
  readonly txnsOfRows?: readonly Txn[];
  /**
   * What the source was computed against, null where there was no table: where one of the `txns`, or `txnsOfRows`, has
   * moved since, the merge is refused.
   */
  readonly since?: Snapshot | null;
  /** The size that data files grow to, in bytes. */
  readonly targetFileBytes?: number;
  /** Commits that may be lost to other writers before giving up. */
  readonly attempts?: number;
}

export interface MergeOutcome extends Counts {
  /** The table's version after the merge; null where there is no table. */
  readonly version: number | null;
  /** Commits that were tried; 0 where there was nothing to commit. */
  readonly attempts: number;
}

const ATTEMPTS = 10;
const BACK_OFF = { firstMs: 25, mostMs: 2_000 };

/**
 * Upserts rows by key, and deletes keys, in one commit or not at all. Where rows have versions (`spec.versionOrder`), the
 * greatest one of a key wins, within the batch and against the table, so that a merge may be repeated and batches may
 * come in any order. Where they have none, the row that comes wins. A merge that changes nothing commits nothing, unless
 * `txns` go on. The first merge that brings a row or a txn makes the table. Where another writer commits first, the merge
 * is done again on what that one left; data files that it does not concern are kept.
 *
 * @throws CommitContentionError, TransactionMovedError (another run of the application was here), UnsupportedTableError,
 * TableMismatchError, BrokenLogError, MissingDataFileError; LakeError for rows without a key or, without versions, two
 * for one key. Nothing is changed then. What the bucket throws comes through; a commit's outcome may then be unknown, and
 * a repetition finds out.
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

/** What was worked out for a snapshot and can outlive a lost race. */
interface Attempt {
  readonly snapshot: Snapshot | undefined;
  readonly plan: Plan;
  readonly files: WrittenFiles;
}

async function mergeBatch(
  lake: Lake,
  spec: TableSpec,
  batch: Batch,
  options: MergeOptions,
  directory: string,
): Promise<MergeOutcome> {
  const { txns = [], txnsOfRows = [], attempts = ATTEMPTS } = options;
  const lost: number[] = [];
  let snapshot = await readSnapshot(lake, spec.location);
  const first = options.since === undefined ? snapshot : (options.since ?? undefined);
  let attempt: Attempt | undefined;
  for (;;) {
    checkMergeable(spec, snapshot);
    checkTxns(spec, [...txns, ...txnsOfRows], first, snapshot);
    attempt = await prepareAttempt(lake, spec, batch, snapshot, attempt, directory, options);
    const { plan, files } = attempt;
    const outcome: Counts = {
      inserted: plan.inserted,
      updated: plan.updated,
      deleted: plan.deleted,
      superseded: batch.count - plan.inserted - plan.updated,
      filesAdded: files.added.length,
      filesRemoved: files.removed.length,
    };
    const isTouched = plan.inserted + plan.updated + plan.deleted > 0;
    const wanted = isTouched ? [...txns, ...txnsOfRows] : txns;
    const pending = wanted.filter(({ appId, version }) => snapshot?.txns.get(appId) !== version);
    if (!isTouched && pending.length === 0) {
      await dropTables(lake, plan.tables);
      return { version: snapshot?.version ?? null, ...outcome, attempts: lost.length };
    }
    const version = (snapshot?.version ?? -1) + 1;
    const actions = entryActions(lake, spec, snapshot, files, pending);
    const info = commitInfo(lake, spec, snapshot, outcome);
    if ((await commit(lake.bucket, spec.location, version, info, actions)) === 'committed') {
      await checkpointWhenDue(lake, snapshot, spec, version, actions);
      await dropTables(lake, plan.tables);
      return { version, ...outcome, attempts: lost.length + 1 };
    }
    lost.push(version);
    if (lost.length === attempts) {
      await discardAttempt(lake, spec, attempt);
      throw new CommitContentionError(spec.location, lost);
    }
    lake.logger?.info(`table ${spec.location}: another writer committed version ${version} first`, {
      lost: lost.length,
    });
    await backOff(lost.length, BACK_OFF);
    // The sooner it is here, the less another writer can commit meanwhile.
    snapshot = (snapshot && (await catchUp(lake, snapshot))) ?? (await readSnapshot(lake, spec.location));
  }
}

/** The work for this snapshot: that of the last attempt where it still holds, else done anew. */
async function prepareAttempt(
  lake: Lake,
  spec: TableSpec,
  batch: Batch,
  snapshot: Snapshot | undefined,
  last: Attempt | undefined,
  directory: string,
  { targetFileBytes = TARGET_FILE_BYTES }: MergeOptions,
): Promise<Attempt> {
  if (last && snapshot) {
    const rests = { on: new Set([...last.plan.hit, ...last.files.removed]), before: last.snapshot };
    if (await stillHolds(lake, spec, batch, rests, snapshot, directory)) return { ...last, snapshot };
  }
  if (last) await discardAttempt(lake, spec, last);
  const plan = await planMerge(lake, spec, batch, snapshot, directory);
  const isTouched = plan.inserted + plan.updated + plan.deleted > 0;
  const files = isTouched
    ? await writePlan(lake, spec, plan, snapshot, directory, targetFileBytes)
    : { added: [], removed: [] };
  return { snapshot, plan, files };
}

async function discardAttempt(lake: Lake, spec: TableSpec, { plan, files }: Attempt): Promise<void> {
  await deleteFiles(
    lake,
    spec.location,
    files.added.map((add) => uriToPath(add.path)),
  );
  await dropTables(lake, plan.tables);
}

/**
 * Refuses tables that are not ours to rewrite.
 * @throws UnsupportedTableError, TableMismatchError
 */
export function checkMergeable(spec: TableSpec, snapshot: Snapshot | undefined): void {
  if (!snapshot) return;
  const missing = missingWriterFeatures(snapshot.protocol);
  if (missing.length > 0) throw new UnsupportedTableError(spec.location, 'write', missing);
  const why = whyNotMergeable(snapshot.metadata, spec.columns, spec.partitionColumns);
  if (why) throw new TableMismatchError(spec.location, why);
}

/** Another run of the same application that committed meanwhile may have computed from newer data than we did. */
function checkTxns(
  spec: TableSpec,
  txns: readonly Txn[],
  first: Snapshot | undefined,
  now: Snapshot | undefined,
): void {
  for (const { appId } of txns) {
    const expected = first?.txns.get(appId);
    const found = now?.txns.get(appId);
    if (expected !== found) throw new TransactionMovedError(spec.location, appId, expected, found);
  }
}

/** The commit stands whether or not its checkpoint does: the next one makes up for it. */
async function checkpointWhenDue(
  lake: Lake,
  before: Snapshot | undefined,
  spec: TableSpec,
  version: number,
  actions: readonly Action[],
): Promise<void> {
  if (!before || !isCheckpointDue(before)) return;
  try {
    await writeCheckpoint(lake, advance(before, version, actions));
  } catch (error) {
    lake.logger?.warn(`table ${spec.location}: the checkpoint of version ${version} failed`, { error });
  }
}
