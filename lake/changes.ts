import changedSql from './changes.sql';
import { type DataFile, downloadFiles, readTable, scanDirectory } from './data-files';
import { MissingDataFileError } from './errors';
import { type Lake, temporaryName } from './lake';
import { uriToPath } from './partition-path';
import { readEntry, type Snapshot } from './snapshot';
import { columnList, fill } from './sql';
import { columnNames, type TableSpec } from './tables';

/**
 * The rows that differ between a version of a table and a later snapshot, as a temporary table: every column but those
 * of the version, and `_change`: 'before' for a row as it was, 'after' for a row as it is. Rows that were merely moved
 * to another file, or came again under a newer version, are not among them. Whoever calls drops the table.
 *
 * @param fromVersion exclusive: a version that was seen
 * @returns the table's name; undefined where log or data files no longer reach back so far, so that everything may differ
 */
export async function changedRows(
  lake: Lake,
  spec: TableSpec,
  fromVersion: number,
  snapshot: Snapshot,
): Promise<string | undefined> {
  const net = await netFiles(lake, spec, fromVersion, snapshot);
  if (!net) return undefined;
  try {
    const directory = scanDirectory(lake);
    const before = await downloadFiles(lake, spec.location, net.removed, directory);
    const after = await downloadFiles(lake, spec.location, net.added, directory);
    const changed = temporaryName(lake, 'changed');
    const columns = columnNames(spec).filter((name) => !spec.versionOrder.includes(name));
    await lake.db.run(
      fill(changedSql, {
        changed,
        columns: columnList(columns),
        before: await readTable(lake, spec, before),
        after: await readTable(lake, spec, after),
      }),
    );
    return changed;
  } catch (error) {
    if (error instanceof MissingDataFileError) return undefined;
    throw error;
  }
}

/** The distinct keys of `changedRows`, as a temporary table's name. */
export async function changedKeys(
  lake: Lake,
  spec: TableSpec,
  fromVersion: number,
  snapshot: Snapshot,
): Promise<string | undefined> {
  const rows = await changedRows(lake, spec, fromVersion, snapshot);
  if (rows === undefined) return undefined;
  const keys = temporaryName(lake, 'keys');
  await lake.db.run(`create temp table ${keys} as select distinct ${columnList(spec.key)} from ${rows}`);
  await lake.db.run(`drop table ${rows}`);
  return keys;
}

/** Files that were live then and are not now, and the reverse; what came and went between is neither. */
async function netFiles(
  lake: Lake,
  spec: TableSpec,
  fromVersion: number,
  snapshot: Snapshot,
): Promise<{ removed: DataFile[]; added: DataFile[] } | undefined> {
  if (fromVersion > snapshot.version) return undefined;
  const removed = new Map<string, DataFile>();
  const added = new Set<string>();
  for (let version = fromVersion + 1; version <= snapshot.version; version++) {
    const actions = await readEntry(lake.bucket, spec.location, version);
    if (!actions) return undefined;
    for (const { add, remove } of actions) {
      if (remove) {
        const path = uriToPath(remove.path);
        if (added.delete(path)) continue;
        if (!remove.partitionValues && spec.partitionColumns.length > 0) return undefined;
        removed.set(path, { path, partitionValues: remove.partitionValues ?? {} });
      }
      if (add) {
        const path = uriToPath(add.path);
        if (!removed.delete(path)) added.add(path);
      }
    }
  }
  const live = [...added].map((path) => ({
    path,
    partitionValues: snapshot.files.get(path)?.partitionValues ?? {},
  }));
  return { removed: [...removed.values()], added: live };
}
