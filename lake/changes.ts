import { columnList, fill } from '../engine/duckdb/sql';
import { type Action, changesData } from './actions';
import changedSql from './changes.sql';
import { type DataFile, downloadFiles, readTable, scanDirectory } from './data-files';
import { MissingDataFileError } from './errors';
import { type Lake, temporaryName } from './lake';
import { entryKey } from './log';
import { readEntry } from './log-entry';
import { uriToPath } from './partition-path';
import type { Snapshot } from './replay';
import { columnsToRead, type TableSpec, visibleColumns } from './table-spec';

/**
 * The rows that differ in one of the columns between a version of a table and a later snapshot, as a temporary table. It has
 * those columns and `_change`: 'before' for the old row, 'after' for the new one; a deleted row has none. Rows that were only
 * moved to another file, or got a newer version, are not included. The caller drops the table.
 *
 * @param fromVersion exclusive; -1 for all rows
 * @param columns by default all except those of the row's version
 * @returns the table's name; undefined if log entries or data files were cleaned up since, so that every row may differ
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
 * The rows of {@link changedRows} that differ in one of fewer columns, as another temporary table.
 * @param changed the table of the rows; it stays
 */
export async function narrowedChanges(
  lake: Lake,
  changed: string,
  columns: readonly string[],
): Promise<string> {
  const narrowed = temporaryName(lake, 'changed');
  const image = (change: 'before' | 'after') => `(select * from ${changed} where _change = '${change}')`;
  await lake.db.run(
    fill(changedSql, {
      changed: narrowed,
      columns: columnList(columns),
      before: image('before'),
      after: image('after'),
    }),
  );
  return narrowed;
}

/**
 * The distinct keys of every row that a commit between a version and a later snapshot changed, as a temporary table with the
 * key columns. It includes rows that have their old values again, since a reader may have used the values in between.
 *
 * @param fromVersion exclusive
 * @returns the table's name; undefined if log entries or data files were cleaned up since, so that every key may differ
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
  const noKeys = `select ${keys} from ${await readTable(lake, spec, [], spec.key)}`;
  await lake.db.run(`create temp table ${all} as ${noKeys}`);
  for (const [at, actions] of entries.entries()) {
    if (actions.length === 0) continue;
    const known = lake.cache?.changedKeys.get(entryKey(spec.location, fromVersion + 1 + at));
    const rows = known ?? (await differences(lake, spec, actions));
    if (rows === undefined) return undefined;
    await lake.db.run(`insert into ${all} select ${keys} from ${rows}`);
    if (known === undefined) await lake.db.run(`drop table ${rows}`);
  }
  const distinct = temporaryName(lake, 'keys');
  await lake.db.run(`create temp table ${distinct} as select distinct ${keys} from ${all}`);
  await lake.db.run(`drop table ${all}`);
  return distinct;
}

/** Whether rows may have changed between a version and a later snapshot; compaction changes none. */
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
  visibleColumns(spec)
    .map(({ name }) => name)
    .filter((name) => !spec.versionOrder.includes(name));

/**
 * The rows that differ between the files that the actions remove and those they add, as in `changedRows`.
 * @returns undefined if a data file does not exist any more
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
    const read = columnsToRead(spec, columns);
    const download = (files: readonly DataFile[]) =>
      downloadFiles(lake, spec.location, files, directory, read);
    const [before, after] = await Promise.all([download(net.removed), download(net.added)]);
    const changed = temporaryName(lake, 'changed');
    await lake.db.run(
      fill(changedSql, {
        changed,
        columns: columnList(columns),
        before: await readTable(lake, spec, before, columns),
        after: await readTable(lake, spec, after, columns),
      }),
    );
    return changed;
  } catch (error) {
    if (error instanceof MissingDataFileError) return undefined;
    throw error;
  }
}

/** The actions of each commit after a version, up to another; undefined if one of the entries does not exist any more. */
async function entriesBetween(
  lake: Lake,
  spec: TableSpec,
  fromVersion: number,
  toVersion: number,
): Promise<(readonly Action[])[] | undefined> {
  if (fromVersion > toVersion) return undefined;
  const entries: (readonly Action[])[] = [];
  for (let version = fromVersion + 1; version <= toVersion; version++) {
    const actions = await readEntry(lake, spec.location, version);
    if (!actions) return undefined;
    // A compaction changes no rows, nor does a confirmation: their files need not be read.
    entries.push(actions.filter(changesData));
  }
  return entries;
}

/** Files that only were live before the actions, and files that only are live after them. */
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
