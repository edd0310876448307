import { quoteIdentifier } from '../../engine/duckdb/quote';
import { equalOn } from '../../engine/duckdb/sql';
import { type Action, changesData } from '../../lake/actions';
import { ENGINE } from '../../lake/commit-info';
import { type DataFile, downloadFiles, readTable, scanDirectory } from '../../lake/data-files';
import { MissingDataFileError } from '../../lake/errors';
import type { Lake } from '../../lake/lake';
import { readEntry } from '../../lake/log-entry';
import { uriToPath } from '../../lake/partition-path';
import { filesThatMayHold } from '../../lake/pruning';
import type { Snapshot } from '../../lake/snapshot';
import { columnNames, type TableSpec } from '../../lake/table-spec';
import { inParallel } from '../../storage/parallel';
import type { LineageRow, RowCommit } from './views';

/** How far back a log is read for one row. */
const MAX_ENTRIES = 200;
/** Entries that are read together. */
const ENTRIES_AT_ONCE = 16;

/** A commit that changed a row; `before` and `after` are null where there is no row. */
export interface RowChange extends RowCommit {
  readonly before: LineageRow | null;
  readonly after: LineageRow | null;
}

/**
 * The last commits that changed one row, newest first: reads the log from the newest entry back, and of the files before and after
 * each commit only those that may hold the row.
 *
 * @param keys relation of one row with the table's key
 * @param limit maximum number of commits
 * @returns fewer if older entries or data files no longer exist, or are further back than {@link MAX_ENTRIES}
 */
export async function rowCommits(
  lake: Lake,
  spec: TableSpec,
  keys: string,
  snapshot: Snapshot,
  limit: number,
): Promise<RowChange[]> {
  const found: RowChange[] = [];
  const oldest = Math.max(0, snapshot.version - MAX_ENTRIES + 1);
  const read = (newest: number) => readEntries(lake, spec.location, newest, oldest);
  for (let newest = snapshot.version; newest >= oldest; newest -= ENTRIES_AT_ONCE) {
    const entries = await read(newest);
    // The statistics of a removed file are where it was added, most often a few entries before.
    const stats = statsOf([...entries, ...(await read(newest - ENTRIES_AT_ONCE))]);
    for (const [at, actions] of entries.entries()) {
      if (!actions) return found;
      const change = await changeOf(lake, spec, keys, actions, stats);
      if (change === 'unknown') return found;
      if (change) found.push({ ...commitOf(newest - at, actions), ...change });
      if (found.length === limit) return found;
    }
  }
  return found;
}

type Actions = readonly Action[];

function readEntries(
  lake: Lake,
  location: string,
  newest: number,
  oldest: number,
): Promise<(Actions | undefined)[]> {
  const count = Math.max(0, Math.min(ENTRIES_AT_ONCE, newest - oldest + 1));
  const versions = Array.from({ length: count }, (_, index) => newest - index);
  return inParallel(ENTRIES_AT_ONCE, versions, (version) => readEntry(lake, location, version));
}

const statsOf = (entries: readonly (Actions | undefined)[]): ReadonlyMap<string, string | undefined> =>
  new Map(
    entries.flatMap(
      (actions) => actions?.flatMap(({ add }) => (add ? [[uriToPath(add.path), add.stats]] : [])) ?? [],
    ),
  );

function commitOf(version: number, actions: Actions): RowCommit {
  const info = actions.find(({ commitInfo }) => commitInfo)?.commitInfo;
  return {
    version,
    execution: (info?.engineInfo === ENGINE ? info.userMetadata : undefined) ?? null,
    at: info?.timestamp === undefined ? null : new Date(info.timestamp).toISOString(),
  };
}

/** The row before and after a commit; undefined if it did not change, `unknown` if a data file no longer exists. */
async function changeOf(
  lake: Lake,
  spec: TableSpec,
  keys: string,
  actions: Actions,
  stats: ReadonlyMap<string, string | undefined>,
): Promise<Pick<RowChange, 'before' | 'after'> | undefined | 'unknown'> {
  const changing = actions.filter(changesData);
  const files = (list: 'add' | 'remove') =>
    changing.flatMap((action) => {
      const file = action[list];
      if (!file) return [];
      const path = uriToPath(file.path);
      const { partitionValues = {}, size } = file;
      return [{ path, partitionValues, size, stats: stats.get(path) }];
    });
  try {
    const [before = null] = await rowsIn(lake, spec, keys, files('remove'));
    const [after = null] = await rowsIn(lake, spec, keys, files('add'));
    return JSON.stringify(before) === JSON.stringify(after) ? undefined : { before, after };
  } catch (error) {
    if (error instanceof MissingDataFileError) return 'unknown';
    throw error;
  }
}

/** The rows of a key in some data files, the version that wins first; none if no file has it. */
export async function rowsIn(
  lake: Lake,
  spec: TableSpec,
  keys: string,
  files: readonly (DataFile & { readonly stats?: string | undefined })[],
): Promise<LineageRow[]> {
  const byPath = new Map(files.map((file) => [file.path, { ...file, stats: file.stats ?? '' }]));
  const paths = byPath.size === 0 ? [] : await filesThatMayHold(lake, spec, byPath, keys);
  if (paths.length === 0) return [];
  const held = paths.flatMap((path) => byPath.get(path) ?? []);
  const local = await downloadFiles(lake, spec.location, held, scanDirectory(lake));
  const columns = columnNames(spec);
  const rows = await readTable(lake, spec, local, columns);
  const cells = columns.map(quoteIdentifier).map((name) => `cast(r.${name} as varchar) as ${name}`);
  const order = spec.versionOrder.map((name) => `r.${quoteIdentifier(name)} desc nulls last`);
  return lake.db.rows<Record<string, string | null>>(
    `select ${cells.join(', ')} from ${rows} as r semi join ${keys} as k on ${equalOn(spec.key, 'r', 'k')}${order.length > 0 ? ` order by ${order.join(', ')}` : ''}`,
  );
}
