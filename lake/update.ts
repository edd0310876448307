/**
 * Updates of a table by optimistic concurrency: stage, check, commit; after a conflict again, on the table as it is then.
 */

import { backOff } from '../storage/back-off';
import type { Txn } from './actions';
import { checkWritable, findMovedTxn } from './check';
import { commitFiles, type FileCommit } from './commit';
import { mergeOperation } from './commit-info';
import { CommitContentionError, type MovedTxn } from './errors';
import type { Lake } from './lake';
import type { Snapshot } from './replay';
import { newestSnapshot, readSnapshot } from './snapshot';
import type { TableSpec } from './table-spec';

export interface UpdateOptions {
  /** The update is refused if one of these has moved since `since`. */
  readonly txns?: readonly Txn[];
  /** What the update was computed from, null if there was no table; the table as it is first read if undefined. */
  readonly since?: Snapshot | null | undefined;
  /** The update replaces the whole table, so its columns and partitions may be others than those of the specification. */
  readonly replaces?: boolean | undefined;
  /** Commits that may be lost to other writers before the update is given up. */
  readonly attempts?: number | undefined;
}

/** `attempts` counts the commits that were tried. */
export type UpdateResult = { readonly attempts: number } & (
  | { readonly outcome: 'committed'; readonly version: number }
  /** There was nothing to commit. The version is null if there is no table. */
  | { readonly outcome: 'unchanged'; readonly version: number | null }
  | { readonly outcome: 'refused'; readonly moved: MovedTxn }
  /** Other writers committed these versions first: every attempt was lost. */
  | { readonly outcome: 'contended'; readonly versions: readonly number[] }
);

const MAX_ATTEMPTS = 10;
const BACK_OFF = { firstMs: 25, maxMs: 2_000 };

/**
 * Updates a table in one commit or not at all.
 *
 * @param stage writes the data files of the update to a snapshot, and says what to commit; undefined if nothing changes.
 * After a conflict it is called again with the newer snapshot, and can reuse what still holds.
 * @returns anything but an error as a value; the caller deletes data files that were not committed
 * @throws UnsupportedTableError, TableMismatchError, BrokenLogError; what `stage` and the bucket throw: after that of the
 * bucket the outcome may be unknown
 */
export async function updateTable(
  lake: Lake,
  spec: TableSpec,
  stage: (snapshot: Snapshot | undefined) => Promise<FileCommit | undefined>,
  { txns = [], since, attempts = MAX_ATTEMPTS, replaces = false }: UpdateOptions = {},
): Promise<UpdateResult> {
  const computedFrom = since === undefined ? await readSnapshot(lake, spec.location) : (since ?? undefined);
  // If another writer was faster, the commit says so.
  let snapshot = computedFrom;
  for (const versions: number[] = []; ; ) {
    checkWritable(spec, snapshot, replaces);
    const moved = findMovedTxn(txns, computedFrom, snapshot);
    if (moved) return { outcome: 'refused', moved, attempts: versions.length };
    const commit = await stage(snapshot);
    if (!commit)
      return { outcome: 'unchanged', version: snapshot?.version ?? null, attempts: versions.length };
    const { outcome, version } = await commitFiles(lake, spec, snapshot, commit);
    versions.push(version);
    if (outcome === 'committed') return { outcome, version, attempts: versions.length };
    if (versions.length === attempts) return { outcome: 'contended', versions, attempts };
    lake.logger?.info(`table ${spec.location}: another writer committed version ${version} first`, {
      lost: versions.length,
    });
    await backOff(versions.length, BACK_OFF);
    // The faster the table is read, the less time another writer has to commit again.
    snapshot = await newestSnapshot(lake, spec.location, snapshot);
  }
}

/**
 * Sets versions of applications, in a commit without data files. Versions that the table has already are not committed
 * again, so a retry is safe.
 *
 * @param since the table that they were computed from: if one of them has moved since, the update is refused
 * @throws CommitContentionError, and as `updateTable`
 */
export async function commitTxns(
  lake: Lake,
  spec: TableSpec,
  txns: readonly Txn[],
  since: Snapshot,
): Promise<Exclude<UpdateResult, { outcome: 'contended' }>> {
  const result = await updateTable(lake, spec, async (snapshot) => txnCommit(spec, snapshot, txns), {
    txns,
    since,
  });
  if (result.outcome === 'contended') throw new CommitContentionError(spec.location, result.versions);
  return result;
}

/** Those that the table does not have. */
export function pendingTxns(snapshot: Snapshot | undefined, txns: readonly Txn[]): Txn[] {
  return txns.filter(({ appId, version }) => snapshot?.txns.get(appId) !== version);
}

function txnCommit(
  spec: TableSpec,
  snapshot: Snapshot | undefined,
  txns: readonly Txn[],
): FileCommit | undefined {
  const pending = pendingTxns(snapshot, txns);
  if (pending.length === 0) return undefined;
  return { adds: [], removes: [], txns: pending, dataChange: false, operation: mergeOperation(spec) };
}
