import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Client } from 'pg';
import { copiedRowsKey } from '../../domain/object-keys';
import { quoteIdentifier, quoteLiteral } from '../../engine/duckdb/quote';
import { columnList, fill } from '../../engine/duckdb/sql';
import { newId } from '../../lake/lake';
import { type CopiedColumn, columnTypes, storableColumns } from './columns-to-copy';
import type { CopySource } from './dialect';
import rowsToParquetSql from './rows_to_parquet.sql';

/** Longer text is shortened; wider columns would cost memory in every query. */
const MAX_CHARACTERS = 1024;
/** UTF-8 has up to 4 for a character. */
export const TEXT_BYTES = MAX_CHARACTERS * 4;
const HASH_CHARACTERS = 64;

/** Text that fits: what is too long ends with a hash of the whole, so that keys stay different. */
const shortened = (text: string): string =>
  `case when length(${text}) > ${MAX_CHARACTERS} then left(${text}, ${MAX_CHARACTERS - HASH_CHARACTERS}) || sha256(${text}) else ${text} end`;

/** The types of Redshift that Parquet's can be copied into: there is none with a time zone among them. */
const PARQUET_TYPES: Readonly<Record<string, string>> = {
  VARCHAR: `varchar(${TEXT_BYTES})`,
  'TIMESTAMP WITH TIME ZONE': 'timestamp',
};

/**
 * `Dialect.copyRows` for Redshift: COPY of a Parquet file below `warehouse/` of the bucket, which is deleted afterwards. COPY goes by the
 * order and the exact types of columns, so it has a temporary table of its own.
 *
 * @param copyRoleArn the role by which Redshift reads the file
 */
export async function copyParquet(
  copyRoleArn: string,
  { db, bucket, workDirectory, ...lake }: CopySource,
  client: Client,
  table: string,
  columns: readonly string[],
  relation: string,
): Promise<void> {
  const id = newId(lake);
  const file = path.join(workDirectory, `${table}-${id}.parquet`);
  const key = copiedRowsKey(table, id);
  try {
    const types = await columnTypes(db, columns, relation);
    const stored = storableColumns(types, shortened);
    const [written] = await db.rows(
      fill(rowsToParquetSql, { columns: stored, relation, file: quoteLiteral(file) }),
    );
    if (Number(written?.Count) === 0) return;
    await bucket.upload(key, file);
    const defined = types.map(({ name, type }) => `${quoteIdentifier(name)} ${PARQUET_TYPES[type] ?? type}`);
    await client.query(`create temp table copied_rows (${defined.join(', ')})`);
    await client.query(
      `copy copied_rows from ${quoteLiteral(`s3://${bucket.name}/${key}`)} iam_role ${quoteLiteral(copyRoleArn)} format as parquet`,
    );
    await client.query(
      `insert into ${table} (${columnList(columns)}) select ${types.map(asStored).join(', ')} from copied_rows`,
    );
    await client.query('drop table copied_rows');
  } finally {
    await rm(file, { force: true });
    await bucket.delete(key);
  }
}

/** A column of the copy, as its table has it: times are UTC. */
function asStored({ name, type }: CopiedColumn): string {
  const column = quoteIdentifier(name);
  return type === 'TIMESTAMP WITH TIME ZONE' ? `${column} at time zone 'UTC'` : column;
}
