/**
 * The rows that a merge changed, in a file of their own beside the data files. Without it, whoever follows the log compares all rows of the
 * files that a commit removes and adds, even if it changed one row of each. The `commitInfo` of the commit names the file; other readers
 * ignore it, and clean-up treats it as a data file that the table no longer needs. It only saves work: if it is gone, the data files say the same.
 */

import path from 'node:path';
import { quoteLiteral } from '../engine/duckdb/quote';
import { columnList, equalOn, fill } from '../engine/duckdb/sql';
import type { Action, ChangeFile } from './actions';
import { compareRows } from './compare-rows';
import copySql from './data-file-copy.sql';
import {
  dataFileOf,
  downloadFiles,
  notDeleted,
  readFiles,
  readTable,
  scanDirectory,
  uploadFiles,
} from './data-files';
import { MissingDataFileError } from './errors';
import { dropTables, type Lake, newId } from './lake';
import imagesSql from './merge/images.sql';
import type { MergePlan } from './merge/plan';
import type { Snapshot } from './replay';
import type { TableColumn } from './schema';
import { numRecords } from './stats';
import { columnsToRead, type TableSpec, valueColumns } from './table-spec';

/** Whether a row of a change file is one as it was, or as it is. */
const CHANGE: TableColumn = { name: '_change', type: 'string' };

/** When a change file is worth it. */
export interface ChangeFiles {
  /** A merge writes so many rows again: fewer are compared as fast as one more file is written and read. */
  readonly minRewrittenRows: number;
  /** The changed rows, before and after, are at most this share of them. */
  readonly maxShare: number;
}

export const CHANGE_FILES: ChangeFiles = { minRewrittenRows: 100_000, maxShare: 1 / 4 };

/**
 * The rows that a merge changes, as a temporary table like that of {@link compareRows}, in {@link valueColumns}. Of the files
 * that lose rows, it reads those that are in the directory from there.
 */
export async function changesOfMerge(
  lake: Lake,
  spec: TableSpec,
  { dirty, touched, winners }: MergePlan,
  snapshot: Snapshot | undefined,
  directory: string,
): Promise<string> {
  const columns = valueColumns(spec);
  const files = [...dirty].map((file) => dataFileOf(file, snapshot?.files.get(file)));
  const place = path.join(directory, 'files');
  const local = await downloadFiles(lake, spec.location, files, place, columnsToRead(spec, columns));
  const rows = await readTable(lake, spec, local, columns);
  const before = fill(imagesSql, {
    columns: columnList(columns, 't'),
    rows,
    touched,
    same_key: equalOn(spec.key, 't', 'k'),
  });
  return compareRows(lake, columns, `(${before})`, `(select * from ${winners} as f${notDeleted(spec)})`);
}

export function isChangeFileWorthIt(
  { minRewrittenRows, maxShare }: ChangeFiles,
  plan: MergePlan,
  snapshot: Snapshot | undefined,
): boolean {
  const rowsOf = (file: string) => numRecords(snapshot?.files.get(file)?.stats) ?? 0;
  const rewritten = [...plan.dirty].reduce((sum, file) => sum + rowsOf(file), 0);
  const changed = plan.written + plan.updated + plan.deleted;
  return rewritten > 0 && rewritten >= minRewrittenRows && changed <= rewritten * maxShare;
}

/**
 * Uploads a change file. Nothing refers to it before a commit does.
 * @param directory for local files, as in {@link changesOfMerge}; has a directory `new`
 */
export async function writeChangeFile(
  lake: Lake,
  spec: TableSpec,
  plan: MergePlan,
  snapshot: Snapshot | undefined,
  directory: string,
): Promise<ChangeFile> {
  const rows = await changesOfMerge(lake, spec, plan, snapshot, directory);
  const file = `changes-${newId(lake)}.snappy.parquet`;
  const local = path.join(directory, 'new', file);
  const [copied] = await lake.db.rows<{ file_size_bytes: string }>(
    fill(copySql, { output: rows, order: '', file: quoteLiteral(local) }),
  );
  await dropTables(lake, [rows]);
  const size = Number(copied?.file_size_bytes);
  await uploadFiles(lake, spec.location, [{ path: file, local, add: { size } }]);
  return { path: file, size };
}

/** The change file of a commit; undefined if it has none. @param actions of its entry */
export const changeFileOf = (actions: readonly Action[]): ChangeFile | undefined =>
  actions.find(({ commitInfo }) => commitInfo)?.commitInfo?.daybook?.changes;

/**
 * A relation of the rows of a change file: `_change` and the columns, those that it lacks as nulls.
 * @param columns some of {@link valueColumns}
 * @returns undefined if the file does not exist any more
 */
export async function readChangeFile(
  lake: Lake,
  spec: TableSpec,
  { path: file, size }: ChangeFile,
  columns: readonly string[],
): Promise<string | undefined> {
  try {
    const wanted = { path: file, size, partitionValues: {} };
    const [found] = await downloadFiles(lake, spec.location, [wanted], scanDirectory(lake));
    const types = spec.columns.filter(({ name }) => columns.includes(name));
    const stored = { ...spec, columns: [CHANGE, ...types], partitionColumns: [] };
    return readFiles(stored, found ? [found] : []);
  } catch (error) {
    if (error instanceof MissingDataFileError) return undefined;
    throw error;
  }
}
