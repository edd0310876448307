import { quoteIdentifier } from '../engine/duckdb/quote';
import { fill } from '../engine/duckdb/sql';
import type { AddFile } from './actions';
import { confirmedBy } from './confirmation';
import type { Lake } from './lake';
import sql from './pruning.sql';
import overlapSql from './pruning-overlap.sql';
import { duckDbType } from './schema';
import type { TableSpec } from './table-spec';

type Prunable = Pick<AddFile, 'stats'> & Partial<Pick<AddFile, 'tags'>>;

/** The statistics of a file that hold for a column: its rows may have another origin than they are stored with. */
const statsOf = ({ origin }: TableSpec, column: string, file: Prunable): string | null =>
  origin?.includes(column) && confirmedBy(file) !== undefined ? null : (file.stats ?? null);

/**
 * The files that may hold one of the keys by their statistics: in each column, one of the values is within the file's range.
 * A file without usable statistics may hold any key.
 *
 * @param keys a relation with the columns
 * @param columns the key columns by default
 * @returns keys of `files`
 */
export async function filesThatMayHold<File extends Prunable>(
  lake: Lake,
  spec: TableSpec,
  files: ReadonlyMap<string, File>,
  keys: string,
  columns: readonly string[] = spec.key,
): Promise<string[]> {
  let candidates = [...files];
  for (const { name, type } of spec.columns.filter((column) => columns.includes(column.name))) {
    if (candidates.length === 0) break;
    const stats = candidates.map(([, file], index) => ({ file: index, stats: statsOf(spec, name, file) }));
    const found = await lake.db.rows<{ file: number }>(
      fill(sql, { keys, column: quoteIdentifier(name), type: duckDbType(type) }),
      {
        files: JSON.stringify(stats),
        min: `$.minValues.${JSON.stringify(name)}`,
        max: `$.maxValues.${JSON.stringify(name)}`,
      },
    );
    const kept = new Set(found.map(({ file }) => Number(file)));
    candidates = candidates.filter((_, index) => kept.has(index));
  }
  return candidates.map(([path]) => path);
}

/**
 * The files whose range of a column overlaps one of the ranges, by their statistics. A file without usable statistics may
 * overlap any range.
 *
 * @param ranges a relation with the columns `low` and `high`, both inclusive, of the column's type
 * @returns keys of `files`
 */
export async function filesThatMayOverlap<File extends Prunable>(
  lake: Lake,
  spec: TableSpec,
  files: ReadonlyMap<string, File>,
  column: string,
  ranges: string,
): Promise<string[]> {
  const type = spec.columns.find(({ name }) => name === column)?.type;
  if (!type) throw new RangeError(`table ${spec.location} has no column ${column}`);
  const candidates = [...files];
  const stats = candidates.map(([, file], index) => ({ file: index, stats: statsOf(spec, column, file) }));
  const found = await lake.db.rows<{ file: number }>(fill(overlapSql, { ranges, type: duckDbType(type) }), {
    files: JSON.stringify(stats),
    min: `$.minValues.${JSON.stringify(column)}`,
    max: `$.maxValues.${JSON.stringify(column)}`,
  });
  const kept = new Set(found.map(({ file }) => Number(file)));
  return candidates.filter((_, index) => kept.has(index)).map(([path]) => path);
}
