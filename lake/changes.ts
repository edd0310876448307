import { columnList } from '../engine/duckdb/sql';
import { type Action, type ChangeFile, changesData } from './actions';
import { changeFileOf, readChangeFile } from './change-file';
import { compareRows } from './compare-rows';
import { type DataFile, downloadFiles, type LocalFile, readTable, scanDirectory } from './data-files';
import { MissingDataFileError } from './errors';
import { type Lake, temporaryName } from './lake';
import { entryKey } from './log';
import { readEntry } from './log-entry';
import { uriToPath } from './partition-path';
import type { Snapshot } from './replay';
import { columnsToRead, type TableSpec, valueColumns } from './table-spec';

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
  if (!entries) return undefined;
  const known: string[] = [];
  const others: Action[] = [];
  for (const entry of entries) {
    const rows = await knownChanges(lake, spec, entry, columns);
    if (rows === undefined) others.push(...entry.actions);
    else known.push(rows);
  }
  const changed = await differences(lake, spec, others, columns, known);
  if (changed !== undefined || known.length === 0) return changed;
  // A file that one of the others adds can have been removed by one that is known, and cleaned up since.
  return differences(
    lake,
    spec,
    entries.flatMap(({ actions }) => actions),
    columns,
  );
}

/** A relation of the rows that an entry changed, if they need not be found by its data files. */
async function knownChanges(
  lake: Lake,
  spec: TableSpec,
  { version, changes }: Entry,
  columns: readonly string[],
): Promise<string | undefined> {
  const values = new Set(valueColumns(spec));
  if (!columns.every((name) => values.has(name))) return undefined;
  const cached = lake.cache?.changedRows.get(entryKey(spec.location, version));
  return cached ?? (changes && readChangeFile(lake, spec, changes, columns));
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
  return compareRows(lake, columns, imageOf(changed, 'before'), imageOf(changed, 'after'));
}

/** One side of a relation with `_change`. */
const imageOf = (changed: string, change: 'before' | 'after') =>
  `(select * from ${changed} where _change = '${change}')`;

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
  for (const { version, actions } of entries) {
    if (actions.length === 0) continue;
    const known = lake.cache?.changedKeys.get(entryKey(spec.location, version));
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
  return entries === undefined || entries.some(({ actions }) => actions.length > 0);
}

/**
 * The rows that differ between the files that the actions remove and those they add, as in `changedRows`.
 * @param known relations of more changes, with `_change`
 * @returns undefined if a data file does not exist any more
 */
export async function differences(
  lake: Lake,
  spec: TableSpec,
  actions: readonly Action[],
  columns: readonly string[] = valueColumns(spec),
  known: readonly string[] = [],
): Promise<string | undefined> {
  const net = netFiles(spec, actions);
  if (!net) return undefined;
  try {
    const directory = scanDirectory(lake);
    const read = columnsToRead(spec, columns);
    const download = (files: readonly DataFile[]) =>
      downloadFiles(lake, spec.location, files, directory, read);
    const [before, after] = await Promise.all([download(net.removed), download(net.added)]);
    const all = async (files: readonly LocalFile[], change: 'before' | 'after') => {
      const relations = [
        await readTable(lake, spec, files, columns),
        ...known.map((rows) => imageOf(rows, change)),
      ];
      return `(${relations.map((rows) => `select ${columnList(columns)} from ${rows}`).join(' union all ')})`;
    };
    return await compareRows(lake, columns, await all(before, 'before'), await all(after, 'after'));
  } catch (error) {
    if (error instanceof MissingDataFileError) return undefined;
    throw error;
  }
}

/** What one commit did to the rows of a table. */
interface Entry {
  readonly version: number;
  readonly actions: readonly Action[];
  readonly changes: ChangeFile | undefined;
}

/** Each commit after a version, up to another; undefined if one of the entries does not exist any more. */
async function entriesBetween(
  lake: Lake,
  spec: TableSpec,
  fromVersion: number,
  toVersion: number,
): Promise<Entry[] | undefined> {
  if (fromVersion > toVersion) return undefined;
  const entries: Entry[] = [];
  for (let version = fromVersion + 1; version <= toVersion; version++) {
    const actions = await readEntry(lake, spec.location, version);
    if (!actions) return undefined;
    // A compaction changes no rows, nor does a confirmation: their files need not be read.
    entries.push({ version, actions: actions.filter(changesData), changes: changeFileOf(actions) });
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
