/**
 * Writing data files with their statistics.
 * https://github.com/delta-io/delta/blob/master/PROTOCOL.md#data-files
 */

import { rm } from 'node:fs/promises';
import path from 'node:path';
import { quoteIdentifier, quoteLiteral } from '../engine/duckdb/quote';
import { columnList, fill } from '../engine/duckdb/sql';
import type { AddFile } from './actions';
import copySql from './data-file-copy.sql';
import { dropTables, type Lake, newId, temporaryName } from './lake';
import { type PartitionValues, partitionDirectory, pathToUri } from './partition-path';
import { type ColumnStatistics, statsJson } from './stats';
import { columnNames, fileColumns, type TableSpec } from './table-spec';

/** A file may exceed the target size by this factor before it is split. */
const SLACK = 1.5;

/** A data file on this machine, to be uploaded. */
export interface WrittenFile {
  readonly add: AddFile;
  /** The key, relative to the table. */
  readonly path: string;
  readonly local: string;
}

/** The number of files to write rows of this total size to. */
export function partsFor(bytes: number, targetBytes: number): number {
  return bytes > SLACK * targetBytes ? Math.ceil(bytes / targetBytes) : 1;
}

/**
 * Writes data files of one partition's rows, sorted by key; the key ranges of the files do not overlap.
 *
 * @param rows a relation with the columns of a data file
 * @param parts how many files to write; fewer if there are fewer rows
 * @param directory has a directory `new`
 */
export async function writeParts(
  lake: Lake,
  spec: TableSpec,
  values: PartitionValues,
  rows: string,
  parts: number,
  directory: string,
): Promise<WrittenFile[]> {
  const order = `order by ${columnList(spec.key)}`;
  if (parts === 1) return writeFile(lake, spec, values, rows, order, directory);
  const columns = columnList(columnNames({ columns: fileColumns(spec) }));
  const whole = temporaryName(lake, 'output');
  await lake.db.run(
    `create temp table ${whole} as select *, ntile(${parts}) over (${order}) as _lake_part from ${rows}`,
  );
  const files: WrittenFile[] = [];
  for (let part = 1; part <= parts; part++) {
    const ofPart = `(select ${columns} from ${whole} where _lake_part = ${part})`;
    files.push(...(await writeFile(lake, spec, values, ofPart, order, directory)));
  }
  await dropTables(lake, [whole]);
  return files;
}

/**
 * Writes one data file of rows in their order: those that one file keeps are sorted as they were.
 * @returns no file if there are no rows
 */
export const writeInOrder = (
  lake: Lake,
  spec: TableSpec,
  values: PartitionValues,
  rows: string,
  directory: string,
): Promise<WrittenFile[]> => writeFile(lake, spec, values, rows, '', directory);

interface CopyResult {
  readonly count: string;
  readonly file_size_bytes: string;
  readonly column_statistics: readonly { key: string; value: readonly { key: string; value: string }[] }[];
  readonly [column: string]: unknown;
}

/** One data file of a relation's rows; none if it has no rows. */
async function writeFile(
  lake: Lake,
  spec: TableSpec,
  values: PartitionValues,
  rows: string,
  order: string,
  directory: string,
): Promise<WrittenFile[]> {
  const name = `part-${newId(lake)}.snappy.parquet`;
  const local = path.join(directory, 'new', name);
  const [copied] = await lake.db.rows<CopyResult>(
    fill(copySql, { output: rows, order, file: quoteLiteral(local) }),
  );
  if (!copied || Number(copied.count) === 0) {
    await rm(local, { force: true });
    return [];
  }
  const key = partitionDirectory(spec.partitionColumns, values) + name;
  const add: AddFile = {
    path: pathToUri(key),
    partitionValues: values,
    size: Number(copied.file_size_bytes),
    modificationTime: lake.clock().getTime(),
    dataChange: true,
    stats: statsJson(Number(copied.count), fileColumns(spec), statisticsOf(spec, copied)),
  };
  return [{ add, path: key, local }];
}

function statisticsOf(spec: TableSpec, { column_statistics }: CopyResult): Map<string, ColumnStatistics> {
  const byColumn = new Map(column_statistics.map(({ key, value }) => [key, value]));
  return new Map(
    fileColumns(spec).map(({ name }) => {
      const found = new Map(byColumn.get(quoteIdentifier(name))?.map(({ key, value }) => [key, value]));
      const nulls = found.get('null_count');
      const nullCount = nulls === undefined ? undefined : Number(nulls);
      const hasNan = found.get('has_nan') === 'true';
      return [name, { min: found.get('min'), max: found.get('max'), nullCount, hasNan }];
    }),
  );
}
