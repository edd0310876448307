/**
 * A table as it is at one version: the log replayed from its newest checkpoint.
 * https://github.com/delta-io/delta/blob/master/PROTOCOL.md#action-reconciliation
 */

import { z } from 'zod';
import { inParallel } from '../storage/parallel';
import {
  type Action,
  type AddFile,
  type Metadata,
  type Protocol,
  parseEntry,
  type RemoveFile,
} from './actions';
import { readCheckpoint } from './checkpoint';
import { BrokenLogError, UnsupportedTableError } from './errors';
import type { Lake } from './lake';
import { beforeVersion, entryKey, type LogListing, lastCheckpointKey, logPrefix, sortLog } from './log';
import { isAbsoluteUri, uriToPath } from './partition-path';
import { missingReaderFeatures } from './protocol';

export interface Snapshot {
  readonly location: string;
  readonly version: number;
  readonly protocol: Protocol;
  readonly metadata: Metadata;
  /** The live data files, by their keys relative to the table. */
  readonly files: ReadonlyMap<string, AddFile>;
  /** Files that were removed, for those who clean up; by their keys relative to the table. */
  readonly tombstones: ReadonlyMap<string, RemoveFile>;
  /** The last version that each application named in a `txn` action. */
  readonly txns: ReadonlyMap<string, number>;
  readonly replayed: Replayed;
}

/** What reading a snapshot took. */
export interface Replayed {
  /** The version of the checkpoint it began with; 0 where it began with the first entry. */
  readonly from: number;
  /** The size of that checkpoint, in bytes; 0 where there was none. */
  readonly checkpointBytes: number;
  /** The sizes of the entries after it, in bytes. */
  readonly entryBytes: number;
}

/** Entries of the log on their way at one time. */
const ENTRIES = 16;

/**
 * The table's newest version; undefined where there is no table.
 *
 * @param location the table's prefix, `staging/orders`
 * @param version the newest up to this one, undefined where there is none: clean-up removes old ones
 * @throws BrokenLogError where the log has a gap or cannot be read; UnsupportedTableError where reading the table takes a
 * feature that is not implemented here
 */
export async function readSnapshot(
  lake: Lake,
  location: string,
  version?: number,
): Promise<Snapshot | undefined> {
  const pointer = version === undefined ? await lastCheckpoint(lake, location) : undefined;
  if (pointer !== undefined) {
    const recent = await listLog(lake, location, pointer);
    const start = recent.checkpoints.length > 0 ? await newestCheckpoint(lake, location, recent) : undefined;
    if (start) return replayFrom(lake, location, recent, start);
  }
  // No pointer, or one that leads nowhere.
  const log = upTo(await listLog(lake, location), version);
  if (log.entries.length === 0 && log.checkpoints.length === 0) return undefined;
  const start = await newestCheckpoint(lake, location, log);
  return replayFrom(lake, location, log, start ?? { version: -1, actions: [], bytes: 0 });
}

/** So many new entries are read one by one; where there are more, it is quicker to read the table anew. */
const MOST_NEW = 20;

/**
 * A snapshot with the entries that came since; undefined where there are many.
 * @throws as readSnapshot does
 */
export async function catchUp(lake: Lake, snapshot: Snapshot): Promise<Snapshot | undefined> {
  let newest = snapshot;
  for (let read = 0; read < MOST_NEW; read++) {
    const actions = await readEntry(lake.bucket, newest.location, newest.version + 1);
    if (!actions) return newest;
    newest = advance(newest, newest.version + 1, actions);
  }
  return undefined;
}

/** The snapshot that an entry of these actions makes of another. */
export function advance(snapshot: Snapshot, version: number, actions: readonly Action[]): Snapshot {
  const replay = startReplay(snapshot);
  replay.apply(actions);
  return finishReplay(snapshot.location, version, replay, snapshot.replayed);
}

/**
 * The actions of one entry; undefined where it is not there.
 * @throws BrokenLogError where it cannot be read
 */
export async function readEntry(
  bucket: Lake['bucket'],
  location: string,
  version: number,
): Promise<Action[] | undefined> {
  const key = entryKey(location, version);
  const body = await bucket.get(key);
  if (!body) return undefined;
  try {
    return parseEntry(Buffer.from(body).toString('utf8'));
  } catch (cause) {
    throw new BrokenLogError(location, `its log entry ${key} is no list of actions`, { cause });
  }
}

const pointerSchema = z.object({ version: z.number().int().nonnegative() });

/** The version that `_last_checkpoint` names; undefined where it is missing or unreadable. */
export async function lastCheckpoint(lake: Lake, location: string): Promise<number | undefined> {
  const body = await lake.bucket.get(lastCheckpointKey(location));
  if (!body) return undefined;
  try {
    return pointerSchema.parse(JSON.parse(Buffer.from(body).toString('utf8'))).version;
  } catch (error) {
    lake.logger?.warn(`${lastCheckpointKey(location)} is unreadable; the whole log is listed`, { error });
    return undefined;
  }
}

interface SizedListing extends LogListing {
  /** By whole key, in bytes. */
  readonly sizes: ReadonlyMap<string, number>;
}

async function listLog(lake: Lake, location: string, from?: number): Promise<SizedListing> {
  const startAfter = from === undefined ? undefined : beforeVersion(location, from);
  const sizes = new Map<string, number>();
  for await (const { key, size } of lake.bucket.list(logPrefix(location), startAfter)) sizes.set(key, size);
  return { ...sortLog(location, [...sizes.keys()]), sizes };
}

const upTo = (log: SizedListing, newest = Number.POSITIVE_INFINITY): SizedListing => ({
  ...log,
  entries: log.entries.filter((version) => version <= newest),
  checkpoints: log.checkpoints.filter(({ version }) => version <= newest),
});

interface Start {
  readonly version: number;
  readonly actions: readonly Action[];
  readonly bytes: number;
}

const bytesOf = ({ sizes }: SizedListing, keys: readonly string[]): number =>
  keys.reduce((bytes, key) => bytes + (sizes.get(key) ?? 0), 0);

/** The newest checkpoint of a listing that can be read. */
async function newestCheckpoint(lake: Lake, location: string, log: SizedListing): Promise<Start | undefined> {
  for (const { version, keys } of log.checkpoints.toReversed()) {
    try {
      const actions = await readCheckpoint(lake, keys);
      if (actions) return { version, actions, bytes: bytesOf(log, keys) };
    } catch (error) {
      lake.logger?.warn(`table ${location}: checkpoint ${version} is unreadable; an older one is taken`, {
        error,
      });
    }
  }
  return undefined;
}

async function replayFrom(lake: Lake, location: string, log: SizedListing, start: Start): Promise<Snapshot> {
  const versions = log.entries.filter((version) => version > start.version);
  for (const [index, version] of versions.entries()) {
    const expected = start.version + 1 + index;
    if (version === expected) continue;
    if (log.hasNewerCheckpoints) throw new UnsupportedTableError(location, 'read', ['v2Checkpoint']);
    throw new BrokenLogError(
      location,
      `expected ${entryKey(location, expected)} in its log, found ${version} next`,
    );
  }
  const replay = startReplay();
  replay.apply(start.actions);
  const entries = await inParallel(ENTRIES, versions, async (version) => {
    const actions = await readEntry(lake.bucket, location, version);
    if (!actions)
      throw new BrokenLogError(location, `${entryKey(location, version)} vanished while it was read`);
    return actions;
  });
  for (const actions of entries) replay.apply(actions);
  return finishReplay(location, versions.at(-1) ?? start.version, replay, {
    from: Math.max(0, start.version),
    checkpointBytes: start.bytes,
    entryBytes: bytesOf(
      log,
      versions.map((version) => entryKey(location, version)),
    ),
  });
}

interface Replay {
  protocol: Protocol | undefined;
  metadata: Metadata | undefined;
  readonly files: Map<string, AddFile>;
  readonly tombstones: Map<string, RemoveFile>;
  readonly txns: Map<string, number>;
  apply(actions: readonly Action[]): void;
}

function startReplay(from?: Snapshot): Replay {
  return {
    protocol: from?.protocol,
    metadata: from?.metadata,
    files: new Map(from?.files),
    tombstones: new Map(from?.tombstones),
    txns: new Map(from?.txns),
    apply(actions) {
      for (const { protocol, metaData, txn, add, remove } of actions) {
        if (protocol) this.protocol = protocol;
        if (metaData) this.metadata = metaData;
        if (txn) this.txns.set(txn.appId, txn.version);
        if (remove) {
          this.files.delete(uriToPath(remove.path));
          this.tombstones.set(uriToPath(remove.path), remove);
        }
        if (add) {
          this.tombstones.delete(uriToPath(add.path));
          this.files.set(uriToPath(add.path), add);
        }
      }
    },
  };
}

function finishReplay(location: string, version: number, replay: Replay, replayed: Replayed): Snapshot {
  const { protocol, metadata, files, tombstones, txns } = replay;
  if (!protocol || !metadata) {
    throw new BrokenLogError(
      location,
      `its log up to version ${version} has no ${protocol ? 'metaData' : 'protocol'}`,
    );
  }
  const missing = missingReaderFeatures(protocol);
  if (missing.length > 0) throw new UnsupportedTableError(location, 'read', missing);
  const foreign = [...files.values()].find(({ path }) => isAbsoluteUri(path));
  if (foreign) throw new UnsupportedTableError(location, 'read', [`files elsewhere (${foreign.path})`]);
  return { location, version, protocol, metadata, files, tombstones, txns, replayed };
}
