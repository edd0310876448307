/**
 * Whether an update can be committed to a table as it is now. Pure: everything these functions need is in the snapshots.
 * https://github.com/delta-io/delta/blob/master/PROTOCOL.md#transaction-identifiers
 */

import type { AddFile, Txn } from './actions';
import { confirmedBy } from './confirmation';
import type { DataFile } from './data-files';
import { type MovedTxn, TableMismatchError, UnsupportedTableError } from './errors';
import { asStored } from './layout';
import { missingWriterFeatures, whyNotWritable } from './protocol';
import type { Snapshot } from './replay';
import type { TableSpec } from './table-spec';

/** What an update relies on. */
export interface StagedUpdate {
  /** The table as it was staged from; undefined if there was none. */
  readonly snapshot: Snapshot | undefined;
  /** The files that it read or removes, by their keys relative to the table. */
  readonly reads: ReadonlySet<string>;
}

export type StagedCheck =
  /** Every file is still live. `added` are the files that were added since, which the update has not read. */
  | { readonly outcome: 'holds'; readonly added: ReadonlyMap<string, AddFile> }
  /** A file is no longer live, or its rows have another origin now: what rests on it must be staged again. */
  | { readonly outcome: 'redo' };

/**
 * Refuses tables that the lake must not write. A table that lacks columns of the specification is not refused: the next
 * commit adds them.
 * @param snapshot undefined if there is no table: then the commit creates it
 * @param replaces the update replaces the whole table, whatever its columns and partitions are
 * @throws UnsupportedTableError, TableMismatchError
 */
export function checkWritable(spec: TableSpec, snapshot: Snapshot | undefined, replaces = false): void {
  const refusal = whyRefused(spec, snapshot);
  if (refusal && !(replaces && refusal instanceof TableMismatchError)) throw refusal;
}

/** Whether a table has the partitions of the specification; true if there is none. */
export const hasLayout = (spec: TableSpec, snapshot: Snapshot | undefined): boolean =>
  !snapshot || snapshot.metadata.partitionColumns.join() === spec.partitionColumns.join();

/** The error of `checkWritable`; undefined if the table can be written. */
export function whyRefused(
  spec: TableSpec,
  snapshot: Snapshot | undefined,
): UnsupportedTableError | TableMismatchError | undefined {
  if (!snapshot) return undefined;
  const missing = missingWriterFeatures(snapshot.protocol);
  if (missing.length > 0) return new UnsupportedTableError(spec.location, 'write', missing);
  const why = whyNotWritable(snapshot.metadata, asStored(spec, snapshot));
  return why === undefined ? undefined : new TableMismatchError(spec.location, why);
}

/**
 * The first of the `txns` that moved between two snapshots; undefined if none did. Another run of the same application may
 * have computed from newer data.
 * @param since undefined if there was no table
 */
export function findMovedTxn(
  txns: readonly Txn[],
  since: Snapshot | undefined,
  now: Snapshot | undefined,
): MovedTxn | undefined {
  return txns
    .map(({ appId }) => ({ appId, expected: since?.txns.get(appId), found: now?.txns.get(appId) }))
    .find(({ expected, found }) => expected !== found);
}

/** Whether an update that was staged from an earlier snapshot can be committed after a later one. */
export function checkStaged({ snapshot, reads }: StagedUpdate, now: Snapshot): StagedCheck {
  if ([...reads].some((file) => !isSame(file, snapshot, now))) return { outcome: 'redo' };
  return { outcome: 'holds', added: new Map([...now.files].filter(([file]) => !snapshot?.files.has(file))) };
}

/** Whether a file is live, with the rows and their origin as in an earlier snapshot. */
export const isSame = (file: string, before: Snapshot | undefined, now: Snapshot): boolean =>
  isAsRead({ path: file, confirmedBy: confirmedBy(before?.files.get(file)) }, now);

/** Whether a file is live, with the rows and their origin as they were read. */
export const isAsRead = (
  { path, confirmedBy: by }: Pick<DataFile, 'path' | 'confirmedBy'>,
  now: Snapshot | undefined,
): boolean => now?.files.has(path) === true && confirmedBy(now.files.get(path)) === by;
