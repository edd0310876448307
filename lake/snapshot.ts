/**
 * Reading a table's log: the newest readable checkpoint and the entries after it.
 * https://github.com/delta-io/delta/blob/master/PROTOCOL.md#action-reconciliation
 */

import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { inParallel } from '../storage/parallel';
import type { Action } from './actions';
import { readCheckpoint } from './checkpoint';
import { BrokenLogError, UnsupportedTableError } from './errors';
import type { KnownTable, Lake } from './lake';
import { beforeVersion, entryKey, type LogListing, lastCheckpointKey, logPrefix, sortLog } from './log';
import { readEntry } from './log-entry';
import { advance, replay, type Snapshot } from './replay';

export type { Snapshot } from './replay';

/** Log entries that are downloaded in parallel. */
const PARALLEL_ENTRIES = 16;

/** Entries after a known version that are looked for at once, as each request takes its time: a task commits one or two to a table. */
const LOOK_AHEAD = 3;

/** Up to this many new entries are read; beyond it, reading the table again is faster. */
const MAX_NEW_ENTRIES = 20;

/**
 * The newest version of a table; undefined if there is no table. Only reads, so it may be retried. Of a table that `lake.known` has it
 * takes the time of one request to read what is new.
 *
 * @param location the table's prefix, `staging/orders`
 * @param version read the newest version up to this one instead; undefined if clean-up removed all of them
 * @throws BrokenLogError if the log has a gap or cannot be read; UnsupportedTableError if reading the table takes a feature
 * that is not implemented here
 */
export async function readSnapshot(
  lake: Lake,
  location: string,
  version?: number,
): Promise<Snapshot | undefined> {
  const { known } = lake;
  if (version !== undefined || !known) return readLog(lake, location, version);
  const before = known.get(location);
  const { snapshot, entry } =
    (before && (await revalidate(lake, before))) ?? (await readWithEntry(lake, location, before === null));
  if (!snapshot) known.set(location, null);
  else if (entry) known.set(location, { snapshot, entry });
  else known.delete(location);
  return snapshot;
}

/** A version of a table, and its log entry where it was read. */
interface Read {
  readonly snapshot: Snapshot;
  readonly entry: readonly Action[] | undefined;
}

/** The newest version of a table that was read before; undefined if it has to be read again. */
async function revalidate(lake: Lake, known: KnownTable): Promise<Read | undefined> {
  const { location, version, replayed } = known.snapshot;
  const [same, newest, pointer] = await Promise.all([
    readEntry(lake, location, version),
    catchUp(lake, known),
    lastCheckpoint(lake, location),
  ]);
  if (!newest || !same || !isDeepStrictEqual(same, known.entry)) return undefined;
  // Otherwise one would be due with every commit from now on.
  if (!pointer || pointer.version <= replayed.from) return newest;
  const since = { from: pointer.version, checkpointBytes: pointer.sizeInBytes, entryBytes: 0 };
  return { ...newest, snapshot: { ...newest.snapshot, replayed: since } };
}

/**
 * The newest version of a table with its log entry, which clean-up may have removed.
 * @param isNew there was no table before
 */
async function readWithEntry(
  lake: Lake,
  location: string,
  isNew: boolean,
): Promise<Read | { readonly snapshot: undefined; readonly entry: undefined }> {
  const snapshot = await (isNew ? readWholeLog(lake, location) : readLog(lake, location));
  return snapshot
    ? { snapshot, entry: await readEntry(lake, location, snapshot.version) }
    : { snapshot, entry: undefined };
}

async function readLog(lake: Lake, location: string, version?: number): Promise<Snapshot | undefined> {
  const pointer = version === undefined ? await lastCheckpoint(lake, location) : undefined;
  if (pointer !== undefined) {
    const recent = await listLog(lake, location, pointer.version);
    const start = recent.checkpoints.length > 0 ? await newestCheckpoint(lake, location, recent) : undefined;
    if (start) return replayFrom(lake, location, recent, start);
  }
  // There is no pointer, or its checkpoint cannot be read.
  return readWholeLog(lake, location, version);
}

async function readWholeLog(lake: Lake, location: string, version?: number): Promise<Snapshot | undefined> {
  const log = upTo(await listLog(lake, location), version);
  if (log.entries.length === 0 && log.checkpoints.length === 0) return undefined;
  const start = await newestCheckpoint(lake, location, log);
  return replayFrom(lake, location, log, start ?? { version: -1, actions: [], bytes: 0 });
}

/**
 * The newest version of a table, read from an earlier one on; undefined if more than MAX_NEW_ENTRIES entries follow it.
 * @throws as readSnapshot
 */
async function catchUp(lake: Lake, { snapshot, entry }: Read): Promise<Read | undefined> {
  const { location, version: from } = snapshot;
  let newest: Read = { snapshot, entry };
  for (let version = from + 1; version <= from + MAX_NEW_ENTRIES; version += LOOK_AHEAD) {
    const next = Array.from({ length: LOOK_AHEAD }, (_, at) => readEntry(lake, location, version + at));
    for (const actions of await Promise.all(next)) {
      // Behind a gap there may be an entry that was written meanwhile.
      if (!actions) return newest;
      newest = { snapshot: advance(newest.snapshot, actions), entry: actions };
    }
  }
  return undefined;
}

/**
 * The newest version of a table: its new log entries if a snapshot is known, otherwise all of its log.
 * @throws as readSnapshot
 */
export async function newestSnapshot(
  lake: Lake,
  location: string,
  known: Snapshot | undefined,
): Promise<Snapshot | undefined> {
  return (
    (known && (await catchUp(lake, { snapshot: known, entry: undefined }))?.snapshot) ??
    readSnapshot(lake, location)
  );
}

/**
 * A table as it was at a version that it is known to have, without looking for newer ones.
 * @param known an earlier snapshot, or of that version; undefined if none was read
 * @throws as readSnapshot
 */
export async function snapshotAt(
  lake: Lake,
  location: string,
  version: number | null,
  known: Snapshot | undefined,
): Promise<Snapshot | undefined> {
  if (version === null) return undefined;
  let snapshot = known;
  while (snapshot && snapshot.version < version) {
    const actions = await readEntry(lake, location, snapshot.version + 1);
    snapshot = actions && advance(snapshot, actions);
  }
  return snapshot ?? readSnapshot(lake, location, version);
}

const pointerSchema = z.object({
  version: z.number().int().nonnegative(),
  sizeInBytes: z.number().nonnegative().default(0),
});

/** What `_last_checkpoint` says of the checkpoint that it names; undefined if it is missing or unreadable. */
export async function lastCheckpoint(
  lake: Lake,
  location: string,
): Promise<z.infer<typeof pointerSchema> | undefined> {
  const body = await lake.bucket.get(lastCheckpointKey(location));
  if (!body) return undefined;
  try {
    return pointerSchema.parse(JSON.parse(Buffer.from(body).toString('utf8')));
  } catch (error) {
    lake.logger?.warn(`${lastCheckpointKey(location)} is unreadable; the whole log is listed`, { error });
    return undefined;
  }
}

interface SizedListing extends LogListing {
  /** By full key, in bytes. */
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
  const entries = await inParallel(PARALLEL_ENTRIES, versions, async (version) => {
    const actions = await readEntry(lake, location, version);
    if (!actions)
      throw new BrokenLogError(location, `${entryKey(location, version)} was deleted while it was read`);
    return actions;
  });
  const entryKeys = versions.map((version) => entryKey(location, version));
  return replay(location, versions.at(-1) ?? start.version, [start.actions, ...entries], {
    from: Math.max(0, start.version),
    checkpointBytes: start.bytes,
    entryBytes: bytesOf(log, entryKeys),
  });
}
