import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { quoteIdentifier, quoteLiteral } from '../engine/duckdb/session';
import { columnList, equalOn, fill } from '../engine/duckdb/sql';
import type { AddFile } from './actions';
import { inLanes } from './connection-pool';
import { deleteFiles, downloadFiles, readFiles, uploadFiles } from './data-files';
import { type Lake, newId, temporaryName } from './lake';
import copySql from './merge-copy.sql';
import { bytesPerRow, groupByPartition, type PartitionValues } from './merge-groups';
import keptSql from './merge-kept.sql';
import { dropTables, type Plan } from './merge-plan';
import { partitionDirectory, pathToUri } from './partition-path';
import { planRewriting } from './size-tiering';
import type { Snapshot } from './snapshot';
import { type ColumnStatistics, statsJson } from './stats';
import { fileColumns, type TableSpec } from './table-spec';

/** A file may grow this far beyond the target before it is split. */
const SLACK = 1.5;

/** Data files that were written for a plan, and those whose rows they hold now. */
export interface WrittenFiles {
  readonly added: readonly AddFile[];
  /** Keys relative to the table. */
  readonly removed: readonly string[];
}

/**
 * Rewrites the files of a plan, partition by partition, and uploads the new ones. Nothing refers to them before a commit
 * does. If it fails, what was uploaded is deleted as far as that works.
 */
export async function writePlan(
  lake: Lake,
  spec: TableSpec,
  plan: Plan,
  snapshot: Snapshot | undefined,
  directory: string,
  targetBytes: number,
): Promise<WrittenFiles> {
  const rowBytes = bytesPerRow(snapshot);
  const columns = columnList(fileColumns(spec).map(({ name }) => name));
  const removed: string[] = [];
  const outputs: Output[] = [];
  await mkdir(path.join(directory, 'new'), { recursive: true });
  for (const group of await groupByPartition(lake, spec, plan, snapshot)) {
    const { values, condition, newRows } = group;
    const { folded, reduced } = planRewriting(group.dirty, group.others, targetBytes);
    removed.push(...[...folded, ...reduced].map((file) => file.path));
    if (condition !== undefined) {
      const rows = async () => `(select ${columns} from ${plan.winners} where ${condition})`;
      outputs.push({ values, rows, parts: partsOf(newRows * rowBytes, targetBytes) });
    }
    for (const files of [folded, ...reduced.map((file) => [file])]) {
      if (files.length === 0) continue;
      outputs.push({ values, rows: () => keptRows(lake, spec, plan, values, files, directory), parts: 1 });
    }
  }
  const uploaded: WrittenFile[] = [];
  try {
    const added = await inLanes(lake, outputs, async (lane, { values, rows, parts }) => {
      const files = await writeParts(lane, spec, values, await rows(), parts, directory);
      await uploadFiles(
        lane,
        spec.location,
        files.map(({ key, local }) => ({ path: key, local })),
      );
      uploaded.push(...files);
      return files.map(({ add }) => add);
    });
    return { added: added.flat(), removed };
  } catch (error) {
    await deleteFiles(
      lake,
      spec.location,
      uploaded.map(({ key }) => key),
    );
    throw error;
  }
}

/** Rows that go into files of their own. */
interface Output {
  readonly values: PartitionValues;
  /** A relation with the columns of a data file. */
  readonly rows: () => Promise<string>;
  readonly parts: number;
}

/** The number of files that rows of so many bytes make. */
export function partsOf(bytes: number, targetBytes: number): number {
  return bytes > SLACK * targetBytes ? Math.ceil(bytes / targetBytes) : 1;
}

export interface WrittenFile {
  readonly add: AddFile;
  /** Relative to the table. */
  readonly key: string;
  readonly local: string;
}

/** What files of a partition keep of their rows, as a relation. */
async function keptRows(
  lake: Lake,
  spec: TableSpec,
  plan: Plan,
  values: PartitionValues,
  files: readonly { path: string; size: number }[],
  directory: string,
): Promise<string> {
  const old = await downloadFiles(
    lake,
    spec.location,
    files.map((file) => ({ ...file, partitionValues: values })),
    path.join(directory, 'files'),
  );
  const kept = fill(keptSql, {
    columns: columnList(fileColumns(spec).map(({ name }) => name)),
    files: readFiles(spec, old),
    touched: plan.touched,
    same_key: equalOn(spec.key, 't', 'k'),
  });
  return `(${kept})`;
}

/**
 * Data files of one partition's rows, sorted by key, each with a range of its own; on this machine, to be uploaded.
 * @param rows a relation with the columns of a data file
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
  if (parts === 1) return writeFile(lake, spec, values, rows, directory);
  const columns = columnList(fileColumns(spec).map(({ name }) => name));
  const whole = temporaryName(lake, 'output');
  const order = columnList(spec.key);
  await lake.db.run(
    `create temp table ${whole} as select *, ntile(${parts}) over (order by ${order}) as _lake_part from ${rows}`,
  );
  const files: WrittenFile[] = [];
  for (let part = 1; part <= parts; part++) {
    const ofPart = `(select ${columns} from ${whole} where _lake_part = ${part})`;
    files.push(...(await writeFile(lake, spec, values, ofPart, directory)));
  }
  await dropTables(lake, [whole]);
  return files;
}

interface CopyResult {
  readonly count: string;
  readonly file_size_bytes: string;
  readonly column_statistics: readonly { key: string; value: readonly { key: string; value: string }[] }[];
  readonly [column: string]: unknown;
}

/** One data file of a relation's rows; none where it has no rows. */
async function writeFile(
  lake: Lake,
  spec: TableSpec,
  values: PartitionValues,
  rows: string,
  directory: string,
): Promise<WrittenFile[]> {
  const name = `part-${newId(lake)}.snappy.parquet`;
  const local = path.join(directory, 'new', name);
  const [copied] = await lake.db.rows<CopyResult>(
    fill(copySql, { output: rows, key: columnList(spec.key), file: quoteLiteral(local) }),
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
  return [{ add, key, local }];
}

function statisticsOf(spec: TableSpec, { column_statistics }: CopyResult): Map<string, ColumnStatistics> {
  const byColumn = new Map(column_statistics.map(({ key, value }) => [key, value]));
  return new Map(
    fileColumns(spec).map(({ name }) => {
      const found = new Map(byColumn.get(quoteIdentifier(name))?.map(({ key, value }) => [key, value]));
      const nulls = found.get('null_count');
      return [
        name,
        {
          min: found.get('min'),
          max: found.get('max'),
          nullCount: nulls === undefined ? undefined : Number(nulls),
        },
      ];
    }),
  );
}
