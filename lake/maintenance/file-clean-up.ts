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
 * Deletes the data files that no version needs which was the table's newest at any time since `before`: those that are
 * not live, that no log entry since has named, whose removal, where it is remembered, is older than that, and that have
 * lain in the bucket for longer. That includes what a writer uploaded and never committed. Other objects, as those whose
 * names begin with `_` or a dot, stay. May be repeated, run twice at once, and killed anywhere.
 *
 * @param before now less the retention, which must be longer than any reader or writer runs
 * @throws MissingDataFileError, deleting nothing, where a live file is not in the bucket; UnsupportedTableError and
 * TableMismatchError for tables that may refer to files in ways we do not know
 */
export async function removeUnneededFiles(
  lake: Lake,
  spec: TableSpec,
  before: Date,
): Promise<FileCleanUpOutcome> {
  // The bucket is listed before the log is read: a file that a commit brings in between is not among the candidates.
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
  const named = await namedSince(lake, spec.location, before);
  const unneeded = old.filter(([path]) => !named.has(path)).map(([, object]) => object);
  await inParallel(PARALLEL_TRANSFERS, unneeded, ({ key }) => lake.bucket.delete(key));
  return { removed: unneeded.length, bytes: unneeded.reduce((sum, { size }) => sum + size, 0) };
}

/** What looks like a data file, by its key relative to the table. */
async function dataObjects(lake: Lake, location: string): Promise<Map<string, ObjectInfo>> {
  const objects = new Map<string, ObjectInfo>();
  const prefix = `${location}/`;
  for await (const object of lake.bucket.list(prefix)) {
    const path = object.key.slice(prefix.length);
    const isHidden = path.split('/').some((name) => name.startsWith('_') || name.startsWith('.'));
    if (!isHidden && path.endsWith('.parquet')) objects.set(path, object);
  }
  return objects;
}

/** A log whose live files are not found under the names it gives is not understood well enough to delete by. */
async function checkPresent(
  lake: Lake,
  location: string,
  snapshot: Snapshot,
  objects: ReadonlyMap<string, ObjectInfo>,
): Promise<void> {
  const unseen = [...snapshot.files.keys()].filter((path) => !objects.has(path));
  await inParallel(PARALLEL_TRANSFERS, unseen, async (path) => {
    const key = `${location}/${path}`;
    if (!(await lake.bucket.head(key))) throw new MissingDataFileError(location, key);
  });
}

/** The files that entries written since have added or removed. */
async function namedSince(lake: Lake, location: string, before: Date): Promise<Set<string>> {
  const versions: number[] = [];
  for await (const { key, lastModified } of lake.bucket.list(logPrefix(location))) {
    const version = Number(/\/(\d{20})\.json$/.exec(key)?.[1] ?? Number.NaN);
    if (lastModified >= before && key === entryKey(location, version)) versions.push(version);
  }
  const named = new Set<string>();
  await inParallel(PARALLEL_TRANSFERS, versions, async (version) => {
    for (const { add, remove } of (await readEntry(lake.bucket, location, version)) ?? []) {
      const uri = add?.path ?? remove?.path;
      if (uri !== undefined) named.add(uriToPath(uri));
    }
  });
  return named;
}
