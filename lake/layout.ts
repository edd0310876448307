/**
 * The partitions of a table by months: while it has few rows of each, it is partitioned by their years alone, since each partition that
 * a batch touches costs a file to read and one to write. Readers take the values of the partition columns from the log, and compute
 * those that a file has no value for, so that files of both layouts can be read together.
 */

import { columnList } from '../engine/duckdb/sql';
import type { Lake } from './lake';
import type { Snapshot } from './replay';
import { numRecords } from './stats';
import type { TableSpec } from './table-spec';

/** Fewer partitions cost little, however small they are. */
const MANY_PARTITIONS = 24;

/** So many rows of small partitions are in a coarse one before it is divided: a table does not go to and fro. */
const COARSE_SIZE = 36;

/** The specification with the partitions that a table has; undefined: there is no table. */
export function asStored(spec: TableSpec, snapshot: Pick<Snapshot, 'metadata'> | undefined): TableSpec {
  const { coarse } = spec;
  return coarse && snapshot && isPartitionedBy(coarse.partitionColumns, snapshot)
    ? { ...spec, partitionColumns: coarse.partitionColumns }
    : spec;
}

/**
 * The specification with the partitions that suit the rows of a new table.
 * @param rows a relation with the partition columns
 */
export async function forNewTable(lake: Pick<Lake, 'db'>, spec: TableSpec, rows: string): Promise<TableSpec> {
  const { coarse, partitionColumns } = spec;
  if (!coarse) return spec;
  const [counts] = await lake.db.rows(
    `select count(*) as partitions, sum(_lake_rows) as rows from (select count(*) as _lake_rows from ${rows} group by ${columnList(partitionColumns)})`,
  );
  return areManyAndSmall(Number(counts?.partitions), Number(counts?.rows), coarse.rows)
    ? { ...spec, partitionColumns: coarse.partitionColumns }
    : spec;
}

/**
 * The partition columns that a table should have instead of those it has; undefined if these suit it, or if it has others than the
 * specification knows.
 */
export function betterPartition(
  { coarse, partitionColumns: fine }: TableSpec,
  snapshot: Pick<Snapshot, 'metadata' | 'files'>,
): readonly string[] | undefined {
  if (!coarse) return undefined;
  const rowsOf = new Map<string, number>();
  for (const { partitionValues, stats } of snapshot.files.values()) {
    const rows = numRecords(stats);
    if (rows === null) return undefined;
    const id = JSON.stringify(
      snapshot.metadata.partitionColumns.map((name) => partitionValues[name] ?? null),
    );
    rowsOf.set(id, (rowsOf.get(id) ?? 0) + rows);
  }
  if (isPartitionedBy(coarse.partitionColumns, snapshot))
    return [...rowsOf.values()].some((rows) => rows >= COARSE_SIZE * coarse.rows) ? fine : undefined;
  if (!isPartitionedBy(fine, snapshot)) return undefined;
  const total = [...rowsOf.values()].reduce((sum, rows) => sum + rows, 0);
  return areManyAndSmall(rowsOf.size, total, coarse.rows) ? coarse.partitionColumns : undefined;
}

const areManyAndSmall = (partitions: number, rows: number, smallRows: number): boolean =>
  partitions >= MANY_PARTITIONS && rows < partitions * smallRows;

const isPartitionedBy = (columns: readonly string[], { metadata }: Pick<Snapshot, 'metadata'>): boolean =>
  metadata.partitionColumns.join() === columns.join();
