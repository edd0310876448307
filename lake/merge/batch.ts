import { quoteIdentifier } from '../../engine/duckdb/quote';
import { columnList, equalOn, fill } from '../../engine/duckdb/sql';
import { partOfDay } from '../day-part';
import { LakeError } from '../errors';
import { type Lake, temporaryName } from '../lake';
import { duckDbType } from '../schema';
import type { TableSpec } from '../table-spec';
import batchSql from './batch.sql';
import outdatedSql from './outdated.sql';

/** What to merge. Both are SQL relations of `lake.db`: a name, or a query in parentheses. */
export interface MergeSource {
  /** Rows with the columns of the table, except for the derived ones; other columns are ignored. */
  readonly rows: string;
  /** Keys whose rows are deleted, unless they are in `rows`. */
  readonly deletes?: string;
}

/** A merge's source, prepared once; the same for every attempt to commit. */
export interface Batch {
  /** Temporary table: one row per key, with every column of the table. */
  readonly rows: string;
  /** Temporary table: keys to delete, none of them in `rows`. */
  readonly deletes: string;
  /** Incoming rows, before those of repeated keys were dropped. */
  readonly count: number;
}

/**
 * Reads the source once, casts it to the table's types, and keeps the greatest version of each key.
 * @throws LakeError for a row without a key and, if rows have no versions, for a key with two rows
 */
export async function prepareBatch(lake: Lake, spec: TableSpec, source: MergeSource): Promise<Batch> {
  const rows = temporaryName(lake, 'batch');
  const repeated = temporaryName(lake, 'repeated');
  const deletes = temporaryName(lake, 'deletes');
  const key = columnList(spec.key);
  await lake.db.run(
    fill(batchSql, {
      batch: rows,
      rows: source.rows,
      incoming: incomingColumns(spec),
      columns: completeColumns(spec),
    }),
  );
  await lake.db.run(
    `create temp table ${repeated} as select ${key}, count(*) as _lake_rows from ${rows} group by ${key} having count(*) > 1`,
  );
  const [counts] = await lake.db.rows(
    `select count(*) as incoming, count(*) filter (where ${anyNull(spec)}) as keyless, (select max(_lake_rows) from ${repeated}) as max_rows from ${rows}`,
  );
  const count = Number(counts?.incoming);
  if (Number(counts?.keyless) > 0) {
    throw new LakeError(spec.location, `a row came without a value for ${spec.key.join(' or ')}`);
  }
  if (Number(counts?.max_rows) > 1) {
    if (spec.versionOrder.length === 0) {
      throw new LakeError(
        spec.location,
        `${counts?.max_rows} rows came for one ${spec.key.join(', ')}: expected one`,
      );
    }
    const same_key = equalOn(spec.key, 'b', 'r');
    await lake.db.run(
      fill(outdatedSql, { batch: rows, repeated, same_key, key, version: versionOrder(spec) }),
    );
  }
  await lake.db.run(`drop table ${repeated}`);
  await lake.db.run(
    source.deletes
      ? `create table ${deletes} as select distinct ${columnList(spec.key, 'd')} from ${source.deletes} as d anti join ${rows} as b on ${equalOn(spec.key, 'd', 'b')}`
      : `create table ${deletes} as select ${key} from ${rows} where false`,
  );
  return { rows, deletes, count };
}

/** The keys of the batch's rows and deletes, as a relation. */
export function batchKeys(spec: TableSpec, batch: Batch): string {
  const key = columnList(spec.key);
  return `(select ${key} from ${batch.rows} union all select ${key} from ${batch.deletes})`;
}

function incomingColumns(spec: TableSpec): string {
  return spec.columns
    .filter(({ name }) => spec.derived[name] === undefined)
    .map(({ name, type }) => {
      const cast = `cast(incoming.${quoteIdentifier(name)} as ${duckDbType(type)})`;
      // In the log, the empty string and null are the same partition.
      const isTextPartition = type === 'string' && spec.partitionColumns.includes(name);
      return `${isTextPartition ? `nullif(${cast}, '')` : cast} as ${quoteIdentifier(name)}`;
    })
    .join(', ');
}

function completeColumns(spec: TableSpec): string {
  return spec.columns
    .map(({ name }) => {
      const derived = spec.derived[name];
      return derived ? `${partOfDay(spec, derived)} as ${quoteIdentifier(name)}` : quoteIdentifier(name);
    })
    .join(', ');
}

function versionOrder({ versionOrder }: TableSpec): string {
  return `order by ${versionOrder.map((name) => `${quoteIdentifier(name)} desc nulls last`).join(', ')}`;
}

function anyNull({ key }: TableSpec): string {
  return key.map((name) => `${quoteIdentifier(name)} is null`).join(' or ');
}
