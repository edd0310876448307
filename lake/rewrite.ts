import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { quoteIdentifier } from '../engine/duckdb/quote';
import { columnList } from '../engine/duckdb/sql';
import type { AddFile } from './actions';
import { writeInOrder } from './data-file-writer';
import { type DataFile, dataFileOf, deleteFiles, downloadFiles, readFiles, uploadFiles } from './data-files';
import { CommitContentionError, LakeError } from './errors';
import { type Lake, newId } from './lake';
import { asStored } from './layout';
import { partitionOf, uriToPath } from './partition-path';
import { filesThatMayHold } from './pruning';
import type { Snapshot } from './replay';
import { readSnapshot } from './snapshot';
import { columnNames, fileColumns, type TableSpec } from './table-spec';
import { updateTable } from './update';

/** The rows whose value in a column is one of some values. */
export interface ColumnMatch {
  /** A column that is stored in the data files: not a partition column. */
  readonly column: string;
  /** A relation with a column of that name and type. */
  readonly values: string;
  /** SQL over the columns of the table that must hold as well. */
  readonly condition?: string;
}

export interface Rewrite {
  /** The rows that at least one of these selects, deleted ones (`_deleted`) too. */
  readonly rows: readonly ColumnMatch[];
  /** SQL for the new values of columns, which must not be of the key or the partition; undefined: the rows are removed. */
  readonly values: Readonly<Record<string, string>> | undefined;
}

export interface RewriteOutcome {
  /** Rows that were changed or removed. */
  readonly rows: number;
  /** Data files that had them, by their keys in the bucket: they stay there until maintenance deletes them. */
  readonly removed: readonly string[];
  /** The table's version afterwards; null if there is no table. */
  readonly version: number | null;
}

/**
 * Changes or removes rows whatever their version, in one commit or not at all. Only the data files that have such rows are
 * rewritten. If another writer commits first, the files that it added are looked through as well: afterwards no
 * row of that version is left that the rewrite selects. A rewrite that finds nothing commits nothing, so a retry is safe.
 *
 * @throws CommitContentionError; UnsupportedTableError, TableMismatchError, BrokenLogError, MissingDataFileError: then nothing has
 * changed. What the bucket throws: the outcome of a commit may be unknown, and a retry finds out.
 */
export async function rewriteRows(lake: Lake, spec: TableSpec, rewrite: Rewrite): Promise<RewriteOutcome> {
  const directory = path.join(lake.workDirectory, `rewrite-${newId(lake)}`);
  /** By the file that was read. */
  const written = new Map<string, Rewritten>();
  let live: (Rewritten & { readonly from: string })[] = [];
  const stage = async (snapshot: Snapshot | undefined) => {
    const files = snapshot?.files ?? new Map<string, AddFile>();
    for (const from of await candidates(lake, spec, files, rewrite.rows)) {
      const file = dataFileOf(from, files.get(from));
      const known = written.get(from);
      if (known && known.confirmedBy === file.confirmedBy) continue;
      if (known) await discard(lake, spec, known.adds);
      written.set(from, await rewriteFile(lake, asStored(spec, snapshot), rewrite, file, directory));
    }
    live = [...written].flatMap(([from, one]) => (one.rows > 0 && files.has(from) ? [{ ...one, from }] : []));
    if (live.length === 0) return undefined;
    const adds = live.flatMap((one) => one.adds);
    const rows = live.reduce((sum, one) => sum + one.rows, 0);
    return {
      adds,
      removes: live.map(({ from }) => from),
      txns: [],
      dataChange: true,
      operation: {
        operation: rewrite.values ? 'UPDATE' : 'DELETE',
        operationParameters: {},
        isolationLevel: 'Serializable' as const,
        operationMetrics: {
          [rewrite.values ? 'numUpdatedRows' : 'numDeletedRows']: String(rows),
          numRemovedFiles: String(live.length),
          numAddedFiles: String(adds.length),
        },
      },
    };
  };
  try {
    const result = await updateTable(lake, spec, stage);
    const isCommitted = result.outcome === 'committed';
    const kept = new Set(isCommitted ? live.map(({ from }) => from) : []);
    for (const [from, one] of written) if (!kept.has(from)) await discard(lake, spec, one.adds);
    if (result.outcome === 'contended') throw new CommitContentionError(spec.location, result.versions);
    if (result.outcome === 'refused')
      throw new LakeError(spec.location, 'a rewrite has no txns to be refused by');
    return {
      rows: isCommitted ? live.reduce((sum, one) => sum + one.rows, 0) : 0,
      removed: isCommitted ? live.map(({ from }) => `${spec.location}/${from}`) : [],
      version: result.version,
    };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/**
 * The rows that a rewrite selects in a table's newest version, as a relation of columns; also those that are deleted (`_deleted`).
 * @param columns columns that are stored in the data files
 * @throws as `rewriteRows`, without contention
 */
export async function selectedRows(
  lake: Lake,
  spec: TableSpec,
  rows: readonly ColumnMatch[],
  columns: readonly string[],
): Promise<string> {
  const files = (await readSnapshot(lake, spec.location))?.files ?? new Map<string, AddFile>();
  const found = await candidates(lake, spec, files, rows);
  const directory = path.join(lake.workDirectory, `selected-${newId(lake)}`);
  const local = await downloadFiles(
    lake,
    spec.location,
    found.map((file) => dataFileOf(file, files.get(file))),
    directory,
  );
  return `(select ${columnList(columns)} from ${readFiles(spec, local)} as t where ${selectionOf(rows)})`;
}

interface Rewritten extends Pick<DataFile, 'confirmedBy'> {
  /** 0 if the file has no such row: then it stays. */
  readonly rows: number;
  /** Uploaded; none if every row of the file is removed. */
  readonly adds: readonly AddFile[];
}

/** The files that may have such a row, by their statistics. */
async function candidates(
  lake: Lake,
  spec: TableSpec,
  files: ReadonlyMap<string, AddFile>,
  rows: readonly ColumnMatch[],
): Promise<string[]> {
  const found = new Set<string>();
  for (const { column, values } of rows)
    for (const file of await filesThatMayHold(lake, spec, files, values, [column])) found.add(file);
  return [...found];
}

/** SQL: true for a row of the relation `t` that one of these selects, otherwise false. */
export const selectionOf = (rows: readonly ColumnMatch[]): string =>
  rows
    .map(({ column, values, condition = 'true' }) => {
      const name = quoteIdentifier(column);
      return `coalesce(t.${name} in (select ${name} from ${values}) and (${condition}), false)`;
    })
    .join(' or ');

async function rewriteFile(
  lake: Lake,
  spec: TableSpec,
  { rows, values }: Rewrite,
  file: DataFile,
  directory: string,
): Promise<Rewritten> {
  await mkdir(path.join(directory, 'new'), { recursive: true });
  const local = await downloadFiles(lake, spec.location, [file], path.join(directory, 'files'));
  const all = readFiles(spec, local);
  const selected = selectionOf(rows);
  const [count] = await lake.db.rows(`select count(*) as rows from ${all} as t where ${selected}`);
  const found = Number(count?.rows);
  const { confirmedBy } = file;
  if (found === 0) return { rows: 0, adds: [], confirmedBy };
  const columns = columnNames({ columns: fileColumns(spec) });
  const kept = values
    ? `(select ${columns.map((name) => newValue(name, values[name], selected)).join(', ')} from ${all} as t)`
    : `(select ${columnList(columns, 't')} from ${all} as t where not (${selected}))`;
  const partition = partitionOf(spec, file.partitionValues);
  const written = await writeInOrder(lake, spec, partition, kept, directory);
  await uploadFiles(lake, spec.location, written);
  return { rows: found, adds: written.map(({ add }) => add), confirmedBy };
}

function newValue(name: string, value: string | undefined, selected: string): string {
  const column = quoteIdentifier(name);
  return value === undefined
    ? `t.${column}`
    : `case when ${selected} then ${value} else t.${column} end as ${column}`;
}

const discard = (lake: Lake, spec: TableSpec, adds: readonly AddFile[]): Promise<void> =>
  deleteFiles(
    lake,
    spec.location,
    adds.map((add) => uriToPath(add.path)),
  );
