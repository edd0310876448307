/**
 * Data files of a table: downloads, uploads, deletes, and reading downloaded files as relations.
 * https://github.com/delta-io/delta/blob/master/PROTOCOL.md#data-files
 */

import { createHash } from 'node:crypto';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { quoteIdentifier, quoteList } from '../engine/duckdb/quote';
import { equalOn, fill } from '../engine/duckdb/sql';
import { inParallel } from '../storage/parallel';
import type { AddFile } from './actions';
import { downloadColumns, WHOLE_FILE_BYTES } from './column-download';
import { confirmedBy, originValues } from './confirmation';
import partitionsSql from './data-files-partitions.sql';
import { partOfDay } from './day-part';
import { MissingDataFileError } from './errors';
import { type Lake, newId, temporaryName } from './lake';
import { duckDbType } from './schema';
import { columnNames, fileColumns, type TableSpec } from './table-spec';

/** Data files that are transferred in parallel. */
export const PARALLEL_TRANSFERS = 8;

/** The column of `readFiles` that holds the local path of the file a row came from. */
export const FILE_COLUMN = '_lake_file';

/** What is needed to read a data file, live or removed. */
export interface DataFile {
  /** The key, relative to the table. */
  readonly path: string;
  readonly partitionValues: AddFile['partitionValues'];
  /** Bytes; if unknown, the whole file is downloaded. */
  readonly size?: number | undefined;
  /** JSON of the origin that all its rows have; if undefined, that which they are stored with. */
  readonly confirmedBy?: string | undefined;
}

/** What of an `add` action says how the file is read. */
export type ReadableAdd = Pick<AddFile, 'partitionValues' | 'size' | 'tags'>;

/** A live file, as it is read. */
export const dataFileOf = (path: string, add: ReadableAdd | undefined): DataFile => ({
  path,
  partitionValues: add?.partitionValues ?? {},
  size: add?.size,
  confirmedBy: confirmedBy(add),
});

/** A data file whose size is known. */
export type SizedFile = DataFile & { readonly size: number };

/** The live files of a snapshot; none without one. */
export const dataFilesOf = (
  snapshot: { readonly files: ReadonlyMap<string, ReadableAdd> } | undefined,
): SizedFile[] =>
  [...(snapshot?.files ?? [])].map(([file, add]) => ({ ...dataFileOf(file, add), size: add.size }));

export interface LocalFile extends DataFile {
  /** Path on this machine. */
  readonly local: string;
}

/**
 * Downloads data files into a directory, except for those that it or `scanDirectory` has already: a data file never changes. A retry is safe.
 * @param columns of a large file only these are downloaded, and no others may be read from it; all by default
 * @throws MissingDataFileError
 */
export async function downloadFiles(
  lake: Lake,
  location: string,
  files: readonly DataFile[],
  directory: string,
  columns?: readonly string[],
): Promise<LocalFile[]> {
  await mkdir(directory, { recursive: true });
  const places = [...new Set([directory, scanDirectory(lake)])];
  return inParallel(PARALLEL_TRANSFERS, files, async (dataFile) => {
    const { path: file, size = 0 } = dataFile;
    const key = `${location}/${file}`;
    const some = columns && size > WHOLE_FILE_BYTES ? columns : undefined;
    const known = await firstThatExists([
      ...places.map((place) => localPath(place, key)),
      ...(some ? places.map((place) => localPath(place, key, some)) : []),
    ]);
    const local = known ?? localPath(directory, key, some);
    if (known === undefined) {
      const partial = `${local}.${newId(lake)}`;
      const downloaded = some
        ? await downloadColumns(lake, key, size, some, partial)
        : await lake.bucket.download(key, partial, undefined, size);
      if (!downloaded) throw new MissingDataFileError(location, key);
      await rename(partial, local);
    }
    return { ...dataFile, local };
  });
}

function localPath(directory: string, key: string, columns: readonly string[] = []): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([key, ...columns]))
    .digest('hex');
  return path.join(directory, `${hash}.parquet`);
}

/**
 * Uploads files to their keys relative to the table, and deletes the local ones, or keeps them for scans if the lake has a cache. On a
 * failure, it deletes all of them again as far as possible.
 */
export async function uploadFiles(
  lake: Lake,
  location: string,
  files: readonly { readonly path: string; readonly local: string; readonly add: Pick<AddFile, 'size'> }[],
): Promise<void> {
  const kept = lake.cache && scanDirectory(lake);
  if (kept) await mkdir(kept, { recursive: true });
  try {
    await inParallel(PARALLEL_TRANSFERS, files, async ({ path: file, local, add }) => {
      const key = `${location}/${file}`;
      await lake.bucket.upload(key, local);
      if (kept && add.size <= WHOLE_FILE_BYTES) await rename(local, localPath(kept, key));
      else await rm(local);
    });
  } catch (error) {
    await deleteFiles(
      lake,
      location,
      files.map((file) => file.path),
    );
    throw error;
  }
}

/** Deletes data files that no commit refers to, as far as possible: a failure is logged. */
export async function deleteFiles(lake: Lake, location: string, paths: readonly string[]): Promise<void> {
  await inParallel(PARALLEL_TRANSFERS, paths, async (file) => {
    try {
      await lake.bucket.delete(`${location}/${file}`);
    } catch (error) {
      lake.logger?.warn(`table ${location}: ${file}, which nothing refers to, could not be deleted`, {
        error,
      });
    }
  });
}

/** The directory that scans share within one work directory. */
export const scanDirectory = (lake: Lake): string => path.join(lake.workDirectory, 'lake-files');

/**
 * A relation of the given files' rows: the columns of a data file, in the table's types, and FILE_COLUMN. A column that a
 * file lacks, since it is older than the column, is null. Rows of a file that was confirmed have the origin of the confirmation.
 */
export function readFiles(spec: TableSpec, files: readonly LocalFile[]): string {
  const columns = fileColumns(spec).map(({ name, type }) => ({
    name: quoteIdentifier(name),
    type: duckDbType(type),
  }));
  const nulls = columns.map(({ name, type }) => `cast(null as ${type}) as ${name}`).join(', ');
  const none = `select ${nulls}, cast(null as varchar) as ${FILE_COLUMN} where false`;
  if (files.length === 0) return `(${none})`;
  const origins = new Set(files.map((file) => file.confirmedBy));
  const relations = [...origins].map((by) => {
    const ofOrigin = files.filter((file) => file.confirmedBy === by);
    const replaced = by === undefined ? new Map<string, string>() : originValues(spec, by);
    const values = fileColumns(spec).map(({ name, type }) => {
      const column = quoteIdentifier(name);
      return `${replaced.get(name) ?? `cast(${column} as ${duckDbType(type)})`} as ${column}`;
    });
    const paths = quoteList(ofOrigin.map(({ local }) => local));
    const stored = `select * from read_parquet(${paths}, union_by_name = true, hive_partitioning = false, filename = '${FILE_COLUMN}')`;
    return `select ${values.join(', ')}, ${FILE_COLUMN} from (${stored} union all by name ${none})`;
  });
  return `(${relations.join(' union all ')})`;
}

/**
 * A relation of the given files' rows that are not deleted, and FILE_COLUMN. For partition columns, it uses a temporary table of this
 * connection.
 * @param wanted columns of the table; all by default
 */
export async function readTable(
  lake: Pick<Lake, 'db' | 'newId'>,
  spec: TableSpec,
  files: readonly LocalFile[],
  wanted: readonly string[] = columnNames(spec),
): Promise<string> {
  const partitionTypes = spec.columns.filter(
    ({ name }) => spec.partitionColumns.includes(name) && wanted.includes(name),
  );
  if (partitionTypes.length === 0) return `(select * from ${readFiles(spec, files)} as f${notDeleted(spec)})`;
  const partitions = temporaryName(lake, 'partitions');
  const columns = partitionTypes.map(({ name, type }, index) => {
    const value = `cast(nullif(p${index}, '') as ${duckDbType(type)})`;
    return `${value} as ${quoteIdentifier(name)}`;
  });
  const members = Object.fromEntries(partitionTypes.map((_, index) => [`p${index}`, 'VARCHAR']));
  const values = files.map(({ local, partitionValues }) => ({
    [FILE_COLUMN]: local,
    ...Object.fromEntries(
      partitionTypes.map(({ name }, index) => [`p${index}`, partitionValues[name] ?? null]),
    ),
  }));
  await lake.db.run(
    fill(partitionsSql, {
      partitions,
      columns: columns.join(', '),
      file: FILE_COLUMN,
      structure: `'${JSON.stringify([{ [FILE_COLUMN]: 'VARCHAR', ...members }])}'`,
    }),
    { files: JSON.stringify(values) },
  );
  const names = wanted.map((name) => {
    const column = quoteIdentifier(name);
    if (!spec.partitionColumns.includes(name)) return `f.${column}`;
    const derived = spec.coarse && spec.derived[name];
    return derived ? `coalesce(p.${column}, ${partOfDay(spec, derived, 'f')}) as ${column}` : `p.${column}`;
  });
  return `(select ${names.join(', ')}, f.${FILE_COLUMN} from ${readFiles(spec, files)} as f join ${partitions} as p on ${equalOn([FILE_COLUMN], 'f', 'p')}${notDeleted(spec)})`;
}

/** SQL: the end of a query of a relation `f`, for its rows that are not deleted. */
export const notDeleted = ({ deletedColumn }: TableSpec): string =>
  deletedColumn === undefined ? '' : ` where f.${quoteIdentifier(deletedColumn)} is not true`;

async function firstThatExists(files: readonly string[]): Promise<string | undefined> {
  for (const file of files) {
    const exists = await stat(file).then(
      () => true,
      () => false,
    );
    if (exists) return file;
  }
  return undefined;
}
