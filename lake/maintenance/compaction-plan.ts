/**
 * Which small files are worth rewriting together. A partition's files are grouped, the smallest first, up to the target
 * size. A file that is alone in its group stays as it is, so a second run finds nothing to do.
 */

import { dataFilesOf, type ReadableAdd, type SizedFile } from '../data-files';
import { type PartitionValues, partitionId, partitionOf } from '../partition-path';
import type { TableSpec } from '../table-spec';

/** The maximum size of a unit: its data files need twice this disk space, and its rows may spill. */
const MAX_UNIT_BYTES = 512 * 1024 ** 2;

/** The maximum size of one commit. With many small commits, a concurrent merge could lose every race. */
const MAX_ROUND_BYTES = 8 * MAX_UNIT_BYTES;

/** Small files of one partition whose rows are sorted together and written to fewer files. */
export interface Unit {
  readonly values: PartitionValues;
  /** At least two. */
  readonly files: readonly SizedFile[];
  /** Total size of the files. */
  readonly bytes: number;
}

/**
 * @param files the live files, by their keys relative to the table
 * @param target the size that files should grow to, in bytes; larger ones stay
 * @returns the units of each commit
 */
export function planCompaction(
  spec: Pick<TableSpec, 'partitionColumns'>,
  files: ReadonlyMap<string, ReadableAdd>,
  target: number,
): Unit[][] {
  const partitions = new Map<string, { values: PartitionValues; small: SizedFile[] }>();
  for (const file of dataFilesOf({ files })) {
    const { size, partitionValues } = file;
    if (size >= target) continue;
    const id = partitionId(spec, partitionValues);
    const partition = partitions.get(id) ?? { values: partitionOf(spec, partitionValues), small: [] };
    partition.small.push(file);
    partitions.set(id, partition);
  }
  const units = [...partitions.values()].flatMap(({ values, small }) =>
    unitsOf(bins(small, target)).map((unit) => ({ values, files: unit, bytes: bytesOf(unit) })),
  );
  return inRounds(units, ({ bytes }) => bytes, MAX_ROUND_BYTES);
}

/** Groups of at least two files that fit into one file of the target size. */
function bins(small: readonly SizedFile[], target: number): SizedFile[][] {
  const bySize = small.toSorted((a, b) => a.size - b.size || (a.path < b.path ? -1 : 1));
  return inRounds(bySize, ({ size }) => size, target).filter(({ length }) => length > 1);
}

const unitsOf = (partition: readonly SizedFile[][]): SizedFile[][] =>
  inRounds(partition, bytesOf, MAX_UNIT_BYTES).map((group) => group.flat());

const bytesOf = (files: readonly SizedFile[]): number => files.reduce((sum, { size }) => sum + size, 0);

/** Splits a list wherever the sum would exceed the limit. */
function inRounds<Item>(items: readonly Item[], bytes: (item: Item) => number, limit: number): Item[][] {
  const rounds: Item[][] = [];
  let sum = Number.POSITIVE_INFINITY;
  for (const item of items) {
    if (sum + bytes(item) > limit) {
      rounds.push([]);
      sum = 0;
    }
    rounds.at(-1)?.push(item);
    sum += bytes(item);
  }
  return rounds;
}
