/**
 * A person's rows in the tables of the lake, and the old files and log entries of these tables, which have them until they are
 * cleaned up.
 */

import { writeCheckpoint } from '../../lake/checkpoint';
import type { Lake } from '../../lake/lake';
import { isDataFile } from '../../lake/maintenance/file-clean-up';
import { rewriteRows, selectedRows } from '../../lake/rewrite';
import { lastCheckpoint, readSnapshot } from '../../lake/snapshot';
import type { TableSpec } from '../../lake/table-spec';
import { type Person, type PersonTable, rewriteOf } from './person-rows';
import type { RetainedPlace } from './receipt';

/** Days for which a deployment keeps what is no longer current. */
export interface Retention {
  /** Data files that tables no longer need, until maintenance deletes them. */
  readonly fileDays: number;
  /** Log entries, likewise. */
  readonly logDays: number;
  /** Old versions of objects; 0 if the bucket keeps none, null if nothing removes them. */
  readonly oldVersionDays: number | null;
}

/** Rows of a person in a table. @throws as `selectedRows` */
export async function countRows(
  lake: Lake,
  person: Person,
  table: PersonTable,
  keepsRows: boolean,
): Promise<number> {
  const { rows } = rewriteOf(person, table, '', keepsRows);
  if (rows.length === 0) return 0;
  const relation = await selectedRows(lake, table.spec, rows, table.spec.key);
  const [found] = await lake.db.rows(`select count(*) as rows from ${relation}`);
  return Number(found?.rows);
}

/**
 * Changes or removes the rows of a person in a table, in one commit.
 * @param keepsRows the rows stay, without the person, if they say something without it
 * @returns the number of rows, and whether they stay
 * @throws as `rewriteRows`
 */
export async function forgetRows(
  lake: Lake,
  person: Person,
  table: PersonTable,
  salt: string,
  keepsRows: boolean,
): Promise<{ readonly rows: number; readonly stay: boolean }> {
  const rewrite = rewriteOf(person, table, salt, keepsRows);
  const stay = rewrite.values !== undefined;
  if (rewrite.rows.length === 0) return { rows: 0, stay };
  const { rows } = await rewriteRows(lake, table.spec, rewrite);
  return { rows, stay };
}

/**
 * Writes a checkpoint of a table's newest version, unless it is the last one: the entries before it, whose statistics can quote the
 * person, are deleted when it is older than the retention of logs. A retry is safe.
 */
export async function checkpoint(lake: Lake, { location }: TableSpec): Promise<void> {
  const snapshot = await readSnapshot(lake, location);
  if (snapshot && (await lastCheckpoint(lake, location))?.version !== snapshot.version)
    await writeCheckpoint(lake, snapshot);
}

/** What of a table may have the person still: data files that it no longer needs, and its log. */
export async function retainedOf(
  lake: Lake,
  { location }: TableSpec,
  until: Until,
): Promise<RetainedPlace[]> {
  const snapshot = await readSnapshot(lake, location);
  if (!snapshot) return [];
  const retained: RetainedPlace[] = [];
  const prefix = `${location}/`;
  for await (const { key } of lake.bucket.list(prefix)) {
    const file = key.slice(prefix.length);
    if (isDataFile(file) && !snapshot.files.has(file))
      retained.push({ place: key, what: 'replaced data file', until: until.files });
  }
  if (snapshot.version > 0)
    retained.push({ place: `${prefix}_delta_log/`, what: 'log entries', until: until.log });
  return retained;
}

/** Days by which retentions end, `2026-12-08`; null if nothing removes old versions. */
export interface Until {
  readonly files: string | null;
  readonly log: string | null;
}
