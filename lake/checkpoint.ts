/**
 * Checkpoints: the whole state of a table in one Parquet file, so that readers need not replay the log from its start.
 * https://github.com/delta-io/delta/blob/master/PROTOCOL.md#checkpoints
 */

import { rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { quoteIdentifier, quoteList, quoteLiteral } from '../engine/duckdb/quote';
import { fill } from '../engine/duckdb/sql';
import { type Action, parseAction, serializeEntry } from './actions';
import readSql from './checkpoint-read.sql';
import writeSql from './checkpoint-write.sql';
import { type Lake, newId } from './lake';
import { checkpointKey, lastCheckpointKey } from './log';
import type { Snapshot } from './replay';

/** Versions between checkpoints. The minimum is Spark's default; the maximum bounds the entries that a reader fetches. */
const INTERVAL = { min: 10, max: 50 };

/** How long checkpoints keep a removed file, in milliseconds: a week, Spark's default. */
const TOMBSTONE_RETENTION = 7 * 24 * 60 * 60 * 1000;

const ACTIONS = ['protocol', 'metaData', 'txn', 'add', 'remove'] as const;

/**
 * The actions of a checkpoint of one or several parts, ours or another writer's; undefined if a part does not exist.
 * @param keys the full keys of its parts
 * @throws what DuckDB or zod throws if a part is not a checkpoint
 */
export async function readCheckpoint(lake: Lake, keys: readonly string[]): Promise<Action[] | undefined> {
  const id = newId(lake);
  const paths = keys.map((_, part) => path.join(lake.workDirectory, `checkpoint-${id}-${part}.parquet`));
  try {
    for (const [part, key] of keys.entries()) {
      if (!(await lake.bucket.download(key, paths[part] ?? ''))) return undefined;
    }
    const parts = `read_parquet(${quoteList(paths)}, union_by_name = true, hive_partitioning = false)`;
    const columns = await lake.db.rows<{ column_name: string }>(`describe select * from ${parts}`);
    const present = new Set(columns.map(({ column_name }) => column_name));
    const known = ACTIONS.filter((action) => present.has(action)).map(quoteIdentifier);
    const rows = await lake.db.rows<Record<string, string | null>>(
      fill(readSql, {
        actions: known.map((action) => `to_json(${action}) as ${action}`).join(', '),
        parts,
        any: known.map((action) => `${action} is not null`).join(' or '),
      }),
    );
    return rows.map((row) =>
      parseAction(
        Object.fromEntries(
          Object.entries(row).flatMap(([action, json]) =>
            json === null ? [] : [[action, JSON.parse(json)]],
          ),
        ),
      ),
    );
  } finally {
    await Promise.all(paths.map((file) => rm(file, { force: true })));
  }
}

/**
 * Whether to write a checkpoint of the version after a snapshot: once the entries since the last checkpoint are as large as
 * it is, so that writing checkpoints never costs more than writing the log, however many files there are.
 */
export function isCheckpointDue({ version, replayed }: Pick<Snapshot, 'version' | 'replayed'>): boolean {
  const { from, entryBytes, checkpointBytes } = replayed;
  const behind = version + 1 - from;
  return behind >= INTERVAL.max || (behind >= INTERVAL.min && entryBytes >= checkpointBytes);
}

/**
 * Writes the checkpoint of a snapshot, then the pointer to it. A retry and a concurrent writer are safe: both write the
 * same. Only for a version whose entry is in the log.
 * https://github.com/delta-io/delta/blob/master/PROTOCOL.md#last-checkpoint-file
 */
export async function writeCheckpoint(lake: Lake, snapshot: Snapshot): Promise<void> {
  const actions = checkpointActions(snapshot, lake.clock().getTime());
  const file = path.join(lake.workDirectory, `checkpoint-${newId(lake)}`);
  try {
    await writeFile(`${file}.json`, serializeEntry(actions));
    await lake.db.run(
      fill(writeSql, { actions: quoteLiteral(`${file}.json`), parquet: quoteLiteral(`${file}.parquet`) }),
    );
    await lake.bucket.upload(checkpointKey(snapshot.location, snapshot.version), `${file}.parquet`);
    const pointer = {
      version: snapshot.version,
      size: actions.length,
      sizeInBytes: (await stat(`${file}.parquet`)).size,
      numOfAddFiles: snapshot.files.size,
    };
    await lake.bucket.put(lastCheckpointKey(snapshot.location), JSON.stringify(pointer), 'application/json');
  } finally {
    await Promise.all(['json', 'parquet'].map((ending) => rm(`${file}.${ending}`, { force: true })));
  }
}

/** @param now milliseconds since 1970 */
function checkpointActions(snapshot: Snapshot, now: number): Action[] {
  const { protocol, metadata, txns, files, tombstones } = snapshot;
  const kept = [...tombstones.values()].filter(
    ({ deletionTimestamp = 0 }) => deletionTimestamp > now - TOMBSTONE_RETENTION,
  );
  return [
    { protocol },
    { metaData: metadata },
    ...[...txns].map(([appId, version]) => ({ txn: { appId, version } })),
    ...kept.map((remove) => ({ remove: { ...remove, dataChange: false } })),
    ...[...files.values()].map((add) => ({ add: { ...add, dataChange: false } })),
  ];
}
