import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { quoteLiteral } from '../../engine/duckdb/quote';
import { DuckDb } from '../../engine/duckdb/session';
import type { Warehouse } from '../../serving/warehouse/connection';
import { copyCsv } from '../../serving/warehouse/copy-csv';
import { redshift } from '../../serving/warehouse/redshift';
import type { Bucket } from '../../storage/bucket';
import type { LoadOptions } from './warehouse-load';

const COPY_ROLE = 'arn:aws:iam::000000000000:role/Daybook-Warehouse-Copy';
export const redshiftDialect = redshift(COPY_ROLE);

/** The same load by the statements for Redshift. @param seen is told every statement as it is for Redshift */
export const asRedshift = (options: LoadOptions, seen?: (sql: string) => void): LoadOptions => ({
  ...options,
  dialect: redshiftDialect,
  onConnected: (warehouse) => {
    runRedshiftOnPostgres(warehouse, options.bucket, seen);
    options.onConnected?.(warehouse);
  },
});

const COPY = /^copy (\w+) from 's3:\/\/memory\/(.+)' iam_role '(.+)' format as parquet$/;

/**
 * Lets PostgreSQL run the statements for Redshift. Two things are replaced: COPY, by one of the rows of the file that it names; and what only Redshift
 * can say of a new table, its distribution, its order, and the numbers of an identity. Everything else runs as it is.
 * @param seen is told every statement as it is for Redshift
 */
export function runRedshiftOnPostgres(
  warehouse: Warehouse,
  bucket: Bucket,
  seen: (sql: string) => void = () => {},
): void {
  const query = warehouse.query.bind(warehouse) as (...args: unknown[]) => unknown;
  Object.assign(warehouse, {
    query(...args: unknown[]) {
      const [sql, ...rest] = args;
      // The rows of a copy themselves are no text.
      if (typeof sql !== 'string') return query(...args);
      seen(sql);
      const [, table = '', key = '', role] = COPY.exec(sql) ?? [];
      if (role === undefined) return query(onPostgres(sql), ...rest);
      if (role !== COPY_ROLE) throw new Error(`COPY: expected the role ${COPY_ROLE}, got ${role}`);
      return copyFile(warehouse, bucket, table, key);
    },
  });
}

const onPostgres = (sql: string): string =>
  sql
    .replace(/\n\) diststyle [\w ]+( distkey \(\w+\))?( sortkey \([\w, ]+\))?$/, '\n)')
    .replaceAll('as identity (1, 1)', 'as identity');

async function copyFile(warehouse: Warehouse, bucket: Bucket, table: string, key: string): Promise<void> {
  const workDirectory = mkdtempSync(path.join(tmpdir(), 'daybook-copy-'));
  const db = await DuckDb.open({ tempDirectory: path.join(workDirectory, 'duckdb'), threads: 1 });
  try {
    const file = path.join(workDirectory, 'rows.parquet');
    if (!(await bucket.download(key, file))) throw new Error(`COPY: there is no s3://memory/${key}`);
    const relation = `read_parquet(${quoteLiteral(file)})`;
    const columns = await db.rows<{ column_name: string }>(`describe select * from ${relation}`);
    const names = columns.map(({ column_name }) => column_name);
    await copyCsv({ db, bucket, workDirectory }, warehouse, table, names, relation);
  } finally {
    db.close();
    rmSync(workDirectory, { recursive: true, force: true });
  }
}
