import type { ObjectInfo } from '../../storage/bucket';
import { inParallel } from '../../storage/parallel';
import { checkWritable } from '../check';
import { PARALLEL_TRANSFERS } from '../data-files';
import { MissingDataFileError } from '../errors';
import type { Lake } from '../lake';
import { entryKey, logPrefix } from '../log';
import { readEntry } from '../log-entry';
import { uriToPath } from '../partition-path';
import type { Snapshot } from '../replay';
import { readSnapshot } from '../snapshot';
import type { TableSpec } from '../table-spec';

export interface FileCleanUpOutcome {
  readonly removed: number;
  readonly bytes: number;
}

/**
 * Deletes data files that no version needs that was the newest at any time since `before`. Such files are not live, are in
 * no log entry since then, were removed (if the log still says when) and uploaded before then. That includes files that a
 * writer uploaded and never committed. Other objects stay, such as those whose names begin with `_` or a dot. It may be
 * retried, run twice at the same time, and be killed at any point.
 *
 * @param before now minus the retention, which must be longer than any reader or writer runs
 * @throws MissingDataFileError if a live file is not in the bucket: nothing is deleted; UnsupportedTableError and
 * TableMismatchError for tables that may refer to files in unknown ways
 */
export async function removeUnneededFiles(
  lake: Lake,
  spec: TableSpec,
  before: Date,
): Promise<FileCleanUpOutcome> {
  // The bucket is listed before the log is read, so that a file of a commit in between is not a candidate.
  const objects = await dataObjects(lake, spec.location);
  const snapshot = await readSnapshot(lake, spec.location);
  if (!snapshot) return { removed: 0, bytes: 0 };
  checkWritable(spec, snapshot);
  await checkPresent(lake, spec.location, snapshot, objects);
  const old = [...objects].filter(([path, { lastModified }]) => {
    const removedAt = snapshot.tombstones.get(path)?.deletionTimestamp ?? 0;
    return lastModified < before && removedAt < before.getTime() && !snapshot.files.has(path);
  });
  if (old.length === 0) return { removed: 0, bytes: 0 };
  const recent = await changedSince(lake, spec.location, before);
  const unneeded = old.filter(([path]) => !recent.has(path)).map(([, object]) => object);
  await inParallel(PARALLEL_TRANSFERS, unneeded, ({ key }) => lake.bucket.delete(key));
  return { removed: unneeded.length, bytes: unneeded.reduce((sum, { size }) => sum + size, 0) };
}

/** True for a key relative to a table that is one of a data file; names that begin with `_` or a dot are not. */
export const isDataFile = (path: string): boolean =>
  path.endsWith('.parquet') && !path.split('/').some((name) => name.startsWith('_') || name.startsWith('.'));

/** Objects that look like data files, by their keys relative to the table. */
async function dataObjects(lake: Lake, location: string): Promise<Map<string, ObjectInfo>> {
  const objects = new Map<string, ObjectInfo>();
  const prefix = `${location}/`;
  for await (const object of lake.bucket.list(prefix)) {
    const path = object.key.slice(prefix.length);
    if (isDataFile(path)) objects.set(path, object);
  }
  return objects;
}

/** If live files are not in the bucket under their names, the log is not understood well enough to delete anything. */
async function checkPresent(
  lake: Lake,
  location: string,
  snapshot: Snapshot,
  objects: ReadonlyMap<string, ObjectInfo>,
): Promise<void> {
  const unlisted = [...snapshot.files.keys()].filter((path) => !objects.has(path));
  await inParallel(PARALLEL_TRANSFERS, unlisted, async (path) => {
    const key = `${location}/${path}`;
    if (!(await lake.bucket.head(key))) throw new MissingDataFileError(location, key);
  });
}

/** The files that were added or removed by entries written since then. */
async function changedSince(lake: Lake, location: string, before: Date): Promise<Set<string>> {
  const versions: number[] = [];
  for await (const { key, lastModified } of lake.bucket.list(logPrefix(location))) {
    const version = Number(/\/(\d{20})\.json$/.exec(key)?.[1] ?? Number.NaN);
    if (lastModified >= before && key === entryKey(location, version)) versions.push(version);
  }
  const changed = new Set<string>();
  await inParallel(PARALLEL_TRANSFERS, versions, async (version) => {
    for (const { add, remove } of (await readEntry(lake, location, version)) ?? []) {
      const uri = add?.path ?? remove?.path;
      if (uri !== undefined) changed.add(uriToPath(uri));
    }
  });
  return changed;
}
