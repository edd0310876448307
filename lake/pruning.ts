import type { AddFile } from './actions';
import { quoteIdentifier } from './duckdb';
import type { Lake } from './lake';
import sql from './pruning.sql';
import { duckDbType } from './schema';
import { fill } from './sql';
import type { TableSpec } from './tables';

/**
 * The files that can hold one of the keys, as far as their stats tell: for each key column, one of the values asked for
 * lies within the file's range. A file without usable stats can hold any.
 *
 * @param keys a relation with the key columns
 * @returns the paths, as given
 */
export async function filesThatMayHold<File extends Pick<AddFile, 'stats'>>(
  lake: Lake,
  spec: TableSpec,
  files: ReadonlyMap<string, File>,
  keys: string,
): Promise<string[]> {
  let candidates = [...files];
  for (const { name, type } of spec.columns.filter((column) => spec.key.includes(column.name))) {
    if (candidates.length === 0) break;
    const stats = candidates.map(([, file], index) => ({ file: index, stats: file.stats ?? null }));
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
