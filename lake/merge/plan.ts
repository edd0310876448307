import path from 'node:path';
import { quoteIdentifier } from '../../engine/duckdb/quote';
import { columnList, distinctOn, equalOn, fill, greaterOn } from '../../engine/duckdb/sql';
import type { AddFile } from '../actions';
import { dataFileOf, downloadFiles, readFiles, readTable } from '../data-files';
import { dropTables, type Lake, temporaryName } from '../lake';
import { filesThatMayHold } from '../pruning';
import type { Snapshot } from '../replay';
import { numRecords } from '../stats';
import { columnNames, columnsToRead, type TableSpec } from '../table-spec';
import { type Batch, batchKeys } from './batch';
import { confirmFiles, originColumns } from './confirm';
import countsSql from './counts.sql';
import hitsSql from './hits.sql';
import { filesOfKeyDays } from './key-days';
import touchedSql from './touched.sql';
import winnersSql from './winners.sql';

/** What a batch changes in one snapshot. */
export interface MergePlan {
  /** Rows; a row that is kept with its deletion flag set counts as deleted, and one that replaces it as inserted. */
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
  /** Rows of the batch that are written. */
  readonly written: number;
  /** Whether any row of the table changes. */
  readonly changesRows: boolean;
  /** Table: the batch's rows that are written. It is the batch itself if all are. */
  readonly winners: string;
  /** Table: the keys whose rows are removed from their files. */
  readonly touched: string;
  /** Files with a key of the batch, whether its row is replaced or not. */
  readonly hit: ReadonlySet<string>;
  /** Those of them that lose a row. */
  readonly dirty: ReadonlySet<string>;
  /** Those of them that lose all rows: nothing is left to be written again. */
  readonly emptied: ReadonlySet<string>;
  /** Files that stay, as all of their rows came again unchanged: JSON of the origin that the rows have now, by file. */
  readonly confirmed: ReadonlyMap<string, string>;
  /** Temporary tables that belong to the plan. */
  readonly tables: readonly string[];
}

/** Compares a batch with the table, reading the key and version columns of the files that may hold its keys. */
export async function planMerge(
  lake: Lake,
  spec: TableSpec,
  batch: Batch,
  snapshot: Snapshot | undefined,
  directory: string,
): Promise<MergePlan> {
  const { hits, pathOf } = await findHits(lake, spec, batch, snapshot?.files ?? new Map(), directory);
  const found = { hits, pathOf };
  const confirmed = await confirmFiles(lake, spec, batch, found, snapshot, path.join(directory, 'files'));
  const touched = temporaryName(lake, 'touched');
  const key = columnList(spec.key);
  const [losing] = await lake.db.rows(`select count(*) as rows from ${hits} where not _lake_wins`);
  const winners = Number(losing?.rows) > 0 ? temporaryName(lake, 'winners') : batch.rows;
  if (winners !== batch.rows) {
    const same_key = equalOn(spec.key, 'b', 'l');
    await lake.db.run(fill(winnersSql, { winners, batch: batch.rows, hits, key, same_key }));
  }
  await lake.db.run(fill(touchedSql, { touched, hits, key }));
  const sameKey = equalOn(spec.key, 'h', 'k');
  const flag = spec.deletedColumn && quoteIdentifier(spec.deletedColumn);
  const [counts] = await lake.db.rows(
    fill(countsSql, {
      winners,
      touched,
      deletes: batch.deletes,
      is_deletion: flag ? `${flag} is true` : 'false',
      same_key: sameKey,
    }),
  );
  const files = await lake.db.rows<{ file: string; lost: string }>(
    `select h._lake_file as file, count(k.${columnList(spec.key.slice(0, 1))}) as lost from ${hits} as h left join ${touched} as k on ${sameKey} group by h._lake_file`,
  );
  await dropTables(lake, [hits]);
  const count = (name: string) => Number(counts?.[name]);
  const written = count('written');
  const deleted = count('deleted') + count('flagged_over_live');
  const updated = count('touched_live') - deleted;
  const lost = new Map(files.map(({ file, lost }) => [pathOf.get(file) ?? file, Number(lost)]));
  const paths = (those: (lostRows: number, file: string) => boolean) =>
    new Set([...lost].flatMap(([file, rows]) => (those(rows, file) ? [file] : [])));
  const rowsOf = (file: string) => numRecords(snapshot?.files.get(file)?.stats);
  return {
    inserted: written - count('flagged') - updated,
    updated,
    deleted,
    written,
    changesRows: written > 0 || deleted > 0,
    winners,
    touched,
    hit: paths(() => true),
    dirty: paths((rows) => rows > 0),
    emptied: paths((rows, file) => rows > 0 && rows === rowsOf(file)),
    confirmed,
    tables: winners === batch.rows ? [touched] : [winners, touched],
  };
}

/** Whether one of the files holds a key of the batch. */
export async function holdsKeys(
  lake: Lake,
  spec: TableSpec,
  batch: Batch,
  files: ReadonlyMap<string, AddFile>,
  directory: string,
): Promise<boolean> {
  if (files.size === 0) return false;
  const { hits } = await findHits(lake, spec, batch, files, directory);
  const [found] = await lake.db.rows(`select count(*) as hits from ${hits}`);
  await dropTables(lake, [hits]);
  return Number(found?.hits) > 0;
}

async function findHits(
  lake: Lake,
  spec: TableSpec,
  batch: Batch,
  files: ReadonlyMap<string, AddFile>,
  directory: string,
): Promise<{ hits: string; pathOf: ReadonlyMap<string, string> }> {
  const candidates = await filesThatMayHold(
    lake,
    spec,
    await filesOfKeyDays(lake, spec, batch, files),
    batchKeys(spec, batch),
  );
  const wanted = candidates.map((file) => dataFileOf(file, files.get(file)));
  const hasVersions = spec.versionOrder.length > 0;
  const columns = hasVersions ? columnsToRead(spec, [...spec.key, ...spec.versionOrder]) : undefined;
  const local = await downloadFiles(lake, spec.location, wanted, path.join(directory, 'files'), columns);
  const hits = temporaryName(lake, 'hits');
  await lake.db.run(
    fill(hitsSql, {
      hits,
      rows: hasVersions ? readFiles(spec, local) : await readTable(lake, spec, local),
      batch: batch.rows,
      deletes: batch.deletes,
      key: columnList(spec.key, 't'),
      same_batch_key: equalOn(spec.key, 't', 'b'),
      same_delete_key: equalOn(spec.key, 't', 'd'),
      ...originColumns(spec),
      live: spec.deletedColumn ? `t.${quoteIdentifier(spec.deletedColumn)} is not true` : 'true',
      wins: hasVersions
        ? `(${greaterOn(spec.versionOrder, 'b', 't')})`
        : `(${distinctOn(columnNames(spec), 'b', 't')})`,
    }),
  );
  return { hits, pathOf: new Map(local.map((file) => [file.local, file.path])) };
}
