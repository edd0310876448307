import { columnList, fill } from '../engine/duckdb/sql';
import { type Action, changesData } from './actions';
import changedSql from './changes.sql';
import { type DataFile, downloadFiles, readTable, scanDirectory } from './data-files';
import { MissingDataFileError } from './errors';
import { type Lake, temporaryName } from './lake';
import { readEntry } from './log-entry';
import { uriToPath } from './partition-path';
import type { Snapshot } from './replay';
import { columnNames, type TableSpec } from './table-spec';

/**
 * The rows that differ between a version of a table and a later snapshot in any of the columns, as a temporary table:
 * those columns, and `_change`: 'before' for a row as it was, 'after' for a row as it is. Rows that were merely moved
 * to another file, or came again under a newer version, are not among them. Whoever calls drops the table.
 *
 * @param fromVersion exclusive: a version that was seen; -1 for before the table's first
 * @param columns all but those of the version where not given
 * @returns the table's name; undefined where log or data files no longer reach back so far, so that everything may differ
 */
export async function changedRows(
  lake: Lake,
  spec: TableSpec,
  fromVersion: number,
  snapshot: Snapshot,
  columns: readonly string[] = valueColumns(spec),
): Promise<string | undefined> {
  const entries = await entriesBetween(lake, spec, fromVersion, snapshot.version);
  return entries && differences(lake, spec, entries.flat(), columns);
}

/**
 * The distinct keys of every row that any commit between a version and a later snapshot changed, as a temporary table's
 * name: those of rows that are again as they were, too, since somebody may have acted on what was between.
 *
 * @param fromVersion exclusive: a version that was seen
 * @returns undefined where log or data files no longer reach back so far, so that every key may have changed
 */
export async function changedKeys(
  lake: Lake,
  spec: TableSpec,
  fromVersion: number,
  snapshot: Snapshot,
): Promise<string | undefined> {
  const entries = await entriesBetween(lake, spec, fromVersion, snapshot.version);
  if (!entries) return undefined;
  const all = temporaryName(lake, 'all_keys');
  const keys = columnList(spec.key);
  const none = `select ${keys} from ${await readTable(lake, spec, [])}`;
  await lake.db.run(`create temp table ${all} as ${none}`);
  for (const actions of entries) {
    const rows = await differences(lake, spec, actions, valueColumns(spec));
    if (rows === undefined) return undefined;
    await lake.db.run(`insert into ${all} select ${keys} from ${rows}`);
    await lake.db.run(`drop table ${rows}`);
  }
  const distinct = temporaryName(lake, 'keys');
  await lake.db.run(`create temp table ${distinct} as select distinct ${keys} from ${all}`);
  await lake.db.run(`drop table ${all}`);
  return distinct;
}

/** Whether rows may have changed between a version that was seen and a later snapshot; compaction changes none. */
export async function mayDiffer(
  lake: Lake,
  spec: TableSpec,
  fromVersion: number,
  snapshot: Snapshot,
): Promise<boolean> {
  const entries = await entriesBetween(lake, spec, fromVersion, snapshot.version);
  return entries === undefined || entries.some((actions) => actions.length > 0);
}

const valueColumns = (spec: TableSpec): string[] =>
  columnNames(spec).filter((name) => !spec.versionOrder.includes(name));

/**
 * The rows that differ between the files that the actions remove and those they add, as `changedRows` has them.
 * @returns undefined where a data file is no longer there
 */
export async function differences(
  lake: Lake,
  spec: TableSpec,
  actions: readonly Action[],
  columns: readonly string[] = valueColumns(spec),
): Promise<string | undefined> {
  const net = netFiles(spec, actions);
  if (!net) return undefined;
  try {
    const directory = scanDirectory(lake);
    const before = await downloadFiles(lake, spec.location, net.removed, directory, columns);
    const after = await downloadFiles(lake, spec.location, net.added, directory, columns);
    const changed = temporaryName(lake, 'changed');
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

/** The actions of each commit after a version, up to another; undefined where one of them is no longer there. */
async function entriesBetween(
  lake: Lake,
  spec: TableSpec,
  fromVersion: number,
  toVersion: number,
): Promise<(readonly Action[])[] | undefined> {
  if (fromVersion > toVersion) return undefined;
  const entries: (readonly Action[])[] = [];
  for (let version = fromVersion + 1; version <= toVersion; version++) {
    const actions = await readEntry(lake.bucket, spec.location, version);
    if (!actions) return undefined;
    // A compaction's files hold the rows of those it removes: it need not be read to know that it changed none.
    entries.push(actions.some(changesData) ? actions : []);
  }
  return entries;
}

/** Files that were live before the actions and are not after, and the reverse; what came and went is neither. */
function netFiles(
  spec: TableSpec,
  actions: readonly Action[],
): { removed: DataFile[]; added: DataFile[] } | undefined {
  const removed = new Map<string, DataFile>();
  const added = new Map<string, DataFile>();
  for (const { add, remove } of actions) {
    if (remove) {
      const path = uriToPath(remove.path);
      if (added.delete(path)) continue;
      if (!remove.partitionValues && spec.partitionColumns.length > 0) return undefined;
      removed.set(path, { path, partitionValues: remove.partitionValues ?? {}, size: remove.size });
    }
    if (add) {
      const path = uriToPath(add.path);
      if (!removed.delete(path))
        added.set(path, { path, partitionValues: add.partitionValues, size: add.size });
    }
  }
  return { removed: [...removed.values()], added: [...added.values()] };
}
