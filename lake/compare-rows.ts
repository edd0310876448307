import { columnList, fill } from '../engine/duckdb/sql';
import compareSql from './compare-rows.sql';
import { type Lake, temporaryName } from './lake';

/**
 * The rows that differ between two relations, as a temporary table of the columns and `_change`: 'before' or 'after'.
 * @returns its name; the caller drops it
 */
export async function compareRows(
  lake: Pick<Lake, 'db' | 'newId'>,
  columns: readonly string[],
  before: string,
  after: string,
): Promise<string> {
  const changed = temporaryName(lake, 'changed');
  await lake.db.run(fill(compareSql, { changed, columns: columnList(columns), before, after }));
  return changed;
}
