import { quoteIdentifier } from '../../engine/duckdb/quote';
import { fill } from '../../engine/duckdb/sql';
import type { AddFile } from '../actions';
import { LakeError } from '../errors';
import type { Lake } from '../lake';
import type { TableSpec } from '../table-spec';
import type { Batch } from './batch';
import keyDaysSql from './key-days.sql';

/**
 * The files in which a batch's keys can be: those of the days of its rows if the table has `keyDays`, otherwise all.
 * @throws LakeError for deletes by key alone, whose day is not known
 */
export async function filesOfKeyDays(
  lake: Lake,
  spec: TableSpec,
  batch: Batch,
  files: ReadonlyMap<string, AddFile>,
): Promise<ReadonlyMap<string, AddFile>> {
  const { keyDays, partitionColumns } = spec;
  const [column = ''] = partitionColumns;
  if (!keyDays) return files;
  const [deletes] = await lake.db.rows(`select count(*) as keys from ${batch.deletes}`);
  if (Number(deletes?.keys) > 0) {
    throw new LakeError(spec.location, 'keys came without their day: delete rows by their deletion flag');
  }
  const { uncertain } = keyDays;
  const days = await lake.db.rows<{ day: string }>(
    fill(keyDaysSql, {
      rows: batch.rows,
      day: quoteIdentifier(column),
      is_uncertain: uncertain === undefined ? 'false' : `${quoteIdentifier(uncertain)} is true`,
    }),
  );
  const wanted = new Set(days.map(({ day }) => day));
  return new Map([...files].filter(([, { partitionValues }]) => wanted.has(partitionValues[column] ?? '')));
}
