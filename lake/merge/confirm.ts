import { quoteIdentifier, quoteList } from '../../engine/duckdb/quote';
import { distinctOn, equalOn, fill } from '../../engine/duckdb/sql';
import { type Origin, originText } from '../confirmation';
import { dataFileOf, downloadFiles, FILE_COLUMN, readTable } from '../data-files';
import type { Lake } from '../lake';
import type { Snapshot } from '../replay';
import { numRecords } from '../stats';
import { columnNames, type TableSpec } from '../table-spec';
import type { Batch } from './batch';
import changedFilesSql from './changed-files.sql';
import fullyHitSql from './fully-hit.sql';

/** Rows of the table with a key of the batch, and the files that they are in. */
interface Hits {
  /** The table of hits.sql. */
  readonly hits: string;
  /** The files, relative to the table, by their names in it. */
  readonly pathOf: ReadonlyMap<string, string>;
}

/** Columns of the hits with the origin of the batch's rows, without their places; `_` keeps them apart from those of a key. */
const inHits = (name: string): string => quoteIdentifier(`_lake${name}`);

const sharedColumns = ({ origin = [] }: Pick<TableSpec, 'origin'>): readonly string[] => origin.slice(0, -1);

/** The columns that hits.sql needs for `confirmFiles`. */
export const originColumns = (spec: TableSpec): { readonly origin: string; readonly no_origin: string } => ({
  origin: sharedColumns(spec)
    .map((name) => `, b.${quoteIdentifier(name)} as ${inHits(name)}`)
    .join(''),
  no_origin: sharedColumns(spec)
    .map((name) => `, null as ${inHits(name)}`)
    .join(''),
});

/**
 * Finds the files whose rows all come again in the batch with a newer version, all from one upload, and otherwise unchanged. Their
 * hits then count as lost by the batch, so that nothing of them is written.
 *
 * @param directory for local files
 * @returns JSON of the origin of the new rows, by the file's key relative to the table
 */
export async function confirmFiles(
  lake: Lake,
  spec: TableSpec,
  batch: Batch,
  { hits, pathOf }: Hits,
  snapshot: Snapshot | undefined,
  directory: string,
): Promise<ReadonlyMap<string, string>> {
  const confirmed = new Map<string, string>();
  const [line = ''] = spec.origin?.slice(-1) ?? [];
  const shared = sharedColumns(spec);
  if (!snapshot || shared.length === 0) return confirmed;
  const full = await lake.db.rows<{ file: string; rows: string } & Origin>(
    fill(fullyHitSql, {
      hits,
      values: shared
        .map((name) => `${originText(spec, name, `min(${inHits(name)})`)} as ${quoteIdentifier(name)}`)
        .join(', '),
      is_one: shared.map((name) => `min(${inHits(name)}) = max(${inHits(name)})`).join(' and '),
    }),
  );
  const names = new Map<string, string>();
  for (const { file, rows, ...origin } of full) {
    const path = pathOf.get(file) ?? file;
    if (Number(rows) !== numRecords(snapshot.files.get(path)?.stats)) continue;
    confirmed.set(path, JSON.stringify({ ...origin, [line]: null }));
    names.set(path, file);
  }
  for (const changed of await changedFiles(lake, spec, batch, [...confirmed.keys()], snapshot, directory))
    confirmed.delete(changed);
  const unchanged = [...confirmed.keys()].map((path) => names.get(path) ?? path);
  if (unchanged.length > 0) {
    const files = `(select unnest(${quoteList(unchanged)}))`;
    await lake.db.run(`update ${hits} set _lake_wins = false where _lake_file in ${files}`);
  }
  return confirmed;
}

/** Those of the files in which a row differs from the batch's row of its key. */
async function changedFiles(
  lake: Lake,
  spec: TableSpec,
  batch: Batch,
  files: readonly string[],
  snapshot: Snapshot,
  directory: string,
): Promise<string[]> {
  if (files.length === 0) return [];
  const { deletedColumn: _, ...withDeletedRows } = spec;
  const wanted = files.map((file) => dataFileOf(file, snapshot.files.get(file)));
  const local = await downloadFiles(lake, spec.location, wanted, directory);
  const origin = new Set(spec.origin);
  const values = columnNames(spec).filter((name) => !origin.has(name));
  const changed = await lake.db.rows<{ file: string }>(
    fill(changedFilesSql, {
      file: FILE_COLUMN,
      rows: await readTable(lake, withDeletedRows, local),
      batch: batch.rows,
      same_key: equalOn(spec.key, 't', 'b'),
      differs: distinctOn(values, 't', 'b'),
    }),
  );
  const pathOf = new Map(local.map((file) => [file.local, file.path]));
  return changed.map(({ file }) => pathOf.get(file) ?? file);
}
