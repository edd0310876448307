import { fill } from '../../engine/duckdb/sql';
import { temporaryName } from '../../lake/lake';
import type { MergeOutcome } from '../../lake/merge';
import { type Lake, type MergeOptions, merge } from '../../lake/merge';
import { scan } from '../../lake/scan';
import { readSnapshot } from '../../lake/snapshot';
import { columnNames, type TableSpec } from '../../lake/table-spec';
import seedSql from './history-seed.sql';

/**
 * Adds versions of rows to the history of a staging table, whatever their order; those that it has are not added again, so a
 * retry is safe. A history that does not exist yet begins with the rows that the staging table has.
 *
 * Called before the same rows are merged into the staging table: every row of that table is in its history at any time, and
 * if the task stops between the two, its retry completes both.
 *
 * @param rows a relation with the columns of the staging table, except for the derived ones
 */
export async function addToHistory(
  lake: Lake,
  staging: TableSpec,
  history: TableSpec,
  rows: string,
  options: Pick<MergeOptions, 'targetFileBytes'>,
): Promise<MergeOutcome> {
  const exists = (await readSnapshot(lake, history.location)) !== undefined;
  const current = exists ? undefined : await readSnapshot(lake, staging.location);
  if (!current) return merge(lake, history, { rows }, options);
  const view = temporaryName(lake, 'current');
  const { deletedColumn: _, ...withDeletedRows } = staging;
  await scan(lake, current, withDeletedRows, view, columnNames(staging));
  return merge(lake, history, { rows: fill(seedSql, { rows, current: view }) }, options);
}
