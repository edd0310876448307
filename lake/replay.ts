/**
 * A table at one version, as its log's actions make it. Pure: snapshot.ts reads the log.
 * https://github.com/delta-io/delta/blob/master/PROTOCOL.md#action-reconciliation
 */

import {
  type Action,
  type AddFile,
  type Metadata,
  type Protocol,
  type RemoveFile,
  serializeEntry,
} from './actions';
import { BrokenLogError, UnsupportedTableError } from './errors';
import { isAbsoluteUri, uriToPath } from './partition-path';
import { missingReaderFeatures } from './protocol';

export interface Snapshot {
  readonly location: string;
  readonly version: number;
  readonly protocol: Protocol;
  readonly metadata: Metadata;
  /** The live data files, by their keys relative to the table. */
  readonly files: ReadonlyMap<string, AddFile>;
  /** Removed files that clean-up still has to know, by their keys relative to the table. */
  readonly tombstones: ReadonlyMap<string, RemoveFile>;
  /** The last version that each application set in a `txn` action. */
  readonly txns: ReadonlyMap<string, number>;
  readonly replayed: Replayed;
}

/** What was read to make a snapshot. */
export interface Replayed {
  /** The version of the checkpoint it started from; 0 if it started from the first entry. */
  readonly from: number;
  /** The size of that checkpoint, in bytes; 0 without one. */
  readonly checkpointBytes: number;
  /** The total size of the entries after it, in bytes, more or less. */
  readonly entryBytes: number;
}

/**
 * The snapshot that the actions of some entries make, in order.
 *
 * @param entries the actions of a checkpoint and of the entries after it, or of the entries after `from`
 * @param from the snapshot that the entries follow; undefined if they start with a checkpoint or the first entry
 * @throws BrokenLogError if there is no protocol or metaData; UnsupportedTableError if reading the table takes a feature
 * that is not implemented here
 */
export function replay(
  location: string,
  version: number,
  entries: readonly (readonly Action[])[],
  replayed: Replayed,
  from?: Snapshot,
): Snapshot {
  let { protocol, metadata }: Partial<Snapshot> = from ?? {};
  const files = new Map(from?.files);
  const tombstones = new Map(from?.tombstones);
  const txns = new Map(from?.txns);
  for (const action of entries.flat()) {
    const { txn, add, remove } = action;
    protocol = action.protocol ?? protocol;
    metadata = action.metaData ?? metadata;
    if (txn) txns.set(txn.appId, txn.version);
    if (remove) {
      files.delete(uriToPath(remove.path));
      tombstones.set(uriToPath(remove.path), remove);
    }
    if (add) {
      tombstones.delete(uriToPath(add.path));
      files.set(uriToPath(add.path), add);
    }
  }
  if (!protocol || !metadata) {
    const missing = protocol ? 'metaData' : 'protocol';
    throw new BrokenLogError(location, `its log up to version ${version} has no ${missing}`);
  }
  const features = missingReaderFeatures(protocol);
  if (features.length > 0) throw new UnsupportedTableError(location, 'read', features);
  const foreign = [...files.values()].find(({ path }) => isAbsoluteUri(path));
  if (foreign) throw new UnsupportedTableError(location, 'read', [`files elsewhere (${foreign.path})`]);
  return { location, version, protocol, metadata, files, tombstones, txns, replayed };
}

/**
 * The next version of a snapshot.
 * @param actions those of the entry after the snapshot's version
 * @throws as `replay`
 */
export function advance(snapshot: Snapshot, actions: readonly Action[]): Snapshot {
  const { location, version } = snapshot;
  const entryBytes = snapshot.replayed.entryBytes + Buffer.byteLength(serializeEntry(actions));
  return replay(location, version + 1, [actions], { ...snapshot.replayed, entryBytes }, snapshot);
}
