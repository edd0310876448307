import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { withConnectionPool } from '../../engine/duckdb/connection-pool';
import { columnList, equalOn, fill } from '../../engine/duckdb/sql';
import type { AddFile, ChangeFile } from '../actions';
import { type ChangeFiles, isChangeFileWorthIt, writeChangeFile } from '../change-file';
import { partsFor, type WrittenFile, writeInOrder, writeParts } from '../data-file-writer';
import {
  type DataFile,
  deleteFiles,
  downloadFiles,
  readFiles,
  type SizedFile,
  uploadFiles,
} from '../data-files';
import type { Lake } from '../lake';
import { uriToPath } from '../partition-path';
import type { Snapshot } from '../replay';
import { planRewrites } from '../size-tiering';
import { numRecords } from '../stats';
import { columnNames, fileColumns, type TableSpec } from '../table-spec';
import keptSql from './kept.sql';
import type { PartitionPlan } from './partitions';
import type { MergePlan } from './plan';

/** Bytes of a row in a data file, while the table has no file to measure. */
const ASSUMED_ROW_BYTES = 50;

/** Smaller files are not measured: their footers are larger than their rows. */
const MIN_MEASURED_ROWS = 1_000;

/** What a merge wrote for one partition. Nothing refers to it before a commit does. */
export interface StagedPartition {
  readonly id: string;
  /** The files of the partition that lose rows, whether they are in `removes` or not. */
  readonly dirty: readonly string[];
  /** Live files whose rows are in `adds` now or are deleted, by their keys relative to the table. */
  readonly removes: readonly string[];
  /** Data files that are uploaded. */
  readonly adds: readonly AddFile[];
}

/** Rows that are written to files of their own. */
interface Output {
  readonly id: string;
  /** A relation with the columns of a data file. */
  readonly rows: () => Promise<string>;
  readonly write: (lake: Lake, rows: string) => Promise<WrittenFile[]>;
}

export interface WriteOptions {
  /** For local files; the same for every attempt, so that a file is downloaded once. */
  readonly directory: string;
  /** The size that data files grow to, in bytes. */
  readonly targetBytes: number;
  /** When to write a change file; never if undefined. */
  readonly changeFiles: ChangeFiles | undefined;
}

/**
 * Writes and uploads the data files of a plan, and its change file. If it fails, the files that it uploaded are deleted as far as possible.
 * @param partitions those to write
 */
export async function writePartitions(
  lake: Lake,
  spec: TableSpec,
  plan: MergePlan,
  partitions: readonly PartitionPlan[],
  snapshot: Snapshot | undefined,
  { directory, targetBytes, changeFiles }: WriteOptions,
): Promise<{ readonly written: StagedPartition[]; readonly changes: ChangeFile | undefined }> {
  if (!plan.changesRows) return { written: [], changes: undefined };
  let changes: ChangeFile | undefined;
  const rowBytes = bytesPerRow(snapshot);
  const columns = columnList(columnNames({ columns: fileColumns(spec) }));
  const removes = new Map<string, string[]>();
  const outputs: Output[] = [];
  await mkdir(path.join(directory, 'new'), { recursive: true });
  for (const { id, values, condition, newRows, dirty, clean } of partitions) {
    const emptied = dirty.filter(({ isEmptied }) => isEmptied);
    const partly: SizedFile[] = dirty.filter(({ isEmptied }) => !isEmptied);
    const { joined, combined, rewritten } = planRewrites(partly, clean, targetBytes);
    removes.set(
      id,
      [...emptied, ...joined, ...combined, ...rewritten].map((file) => file.path),
    );
    const added =
      condition === undefined ? [] : [`select ${columns} from ${plan.winners} where ${condition}`];
    const output = (files: readonly SizedFile[], rows: readonly string[], write: Output['write']) => {
      if (rows.length + files.length === 0) return;
      const old = files.map((file) => ({ ...file, partitionValues: values }));
      const kept = async () => (files.length === 0 ? [] : [await keptRows(lake, spec, plan, old, directory)]);
      outputs.push({
        id,
        rows: async () => `(${[...rows, ...(await kept())].join(' union all ')})`,
        write,
      });
    };
    const sorted = (parts: number) => (to: Lake, rows: string) =>
      writeParts(to, spec, values, rows, parts, directory);
    output(joined, added, sorted(partsFor(newRows * rowBytes, targetBytes)));
    output(combined, [], sorted(1));
    for (const file of rewritten) {
      output([file], [], (to, rows) => writeInOrder(to, spec, values, rows, directory));
    }
  }
  const uploads = outputs.map(({ rows, write }) => async (to: Lake) => {
    const files = await write(to, await rows());
    await uploadFiles(lake, spec.location, files);
    return files.map(({ add }) => add);
  });
  // Last: the files that it reads are then here for the others.
  if (changeFiles && isChangeFileWorthIt(changeFiles, plan, snapshot))
    uploads.push(async (to: Lake) => {
      changes = await writeChangeFile(to, spec, plan, snapshot, directory);
      return [];
    });
  const adds = await inParallelOrNone(lake, spec, uploads).catch(async (error) => {
    if (changes) await deleteFiles(lake, spec.location, [changes.path]);
    throw error;
  });
  const written = partitions.map(({ id, dirty }) => ({
    id,
    dirty: dirty.map((file) => file.path),
    removes: removes.get(id) ?? [],
    adds: adds.filter((_, index) => outputs[index]?.id === id).flat(),
  }));
  return { written, changes };
}

/** @returns the files that each of them uploads */
async function inParallelOrNone(
  lake: Lake,
  spec: TableSpec,
  uploads: readonly ((to: Lake) => Promise<AddFile[]>)[],
): Promise<AddFile[][]> {
  const uploaded: AddFile[] = [];
  try {
    return await withConnectionPool(lake.db, uploads, async (db, upload) => {
      const adds = await upload({ ...lake, db });
      uploaded.push(...adds);
      return adds;
    });
  } catch (error) {
    await deleteAdds(lake, spec, uploaded);
    throw error;
  }
}

/** Deletes data files that were not committed, as far as possible. */
export async function deleteAdds(
  lake: Lake,
  { location }: TableSpec,
  adds: readonly AddFile[],
): Promise<void> {
  const paths = adds.map((add) => uriToPath(add.path));
  await deleteFiles(lake, location, paths);
}

/** A query for the rows that files of one partition keep. */
async function keptRows(
  lake: Lake,
  spec: TableSpec,
  plan: MergePlan,
  files: readonly DataFile[],
  directory: string,
): Promise<string> {
  const old = await downloadFiles(lake, spec.location, files, path.join(directory, 'files'));
  const kept = fill(keptSql, {
    columns: columnList(columnNames({ columns: fileColumns(spec) })),
    files: readFiles(spec, old),
    touched: plan.touched,
    same_key: equalOn(spec.key, 't', 'k'),
  });
  return kept;
}

/** The average size of the table's rows in its data files, in bytes. */
export function bytesPerRow(snapshot: Snapshot | undefined): number {
  let rows = 0;
  let bytes = 0;
  for (const { size, stats } of snapshot?.files.values() ?? []) {
    const count = numRecords(stats) ?? 0;
    if (count < MIN_MEASURED_ROWS) continue;
    rows += count;
    bytes += size;
  }
  return rows === 0 ? ASSUMED_ROW_BYTES : bytes / rows;
}
