/**
 * Runs the named queries of the catalogue in DuckDB, over the newest versions of the tables of a bucket, and prints as JSON what
 * another engine needs to run them, and the rows that it should get, cells being text or null:
 * `{"tables": {name: {location, columns}}, "views": {name: query}, "queries": {name: {sql, rows}}}`. A table that was never written
 * has no location, but the Delta types of its columns.
 *
 *   AWS_ENDPOINT_URL=... node named-queries.cjs BUCKET
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { catalog } from '../../catalog/catalog';
import { quoteIdentifier } from '../../engine/duckdb/quote';
import { DuckDb } from '../../engine/duckdb/session';
import sparkFunctionsSql from '../../engine/duckdb/spark_functions.sql';
import { viewName } from '../../infra/athena-view';
import { NAMED_QUERIES } from '../../infra/named-queries';
import { scan } from '../../lake/scan';
import { readSnapshot } from '../../lake/snapshot';
import { s3Bucket } from '../../storage/s3-bucket';

async function main([bucket = '']: readonly string[]): Promise<void> {
  const workDirectory = await mkdtemp(path.join(tmpdir(), 'daybook-interop-'));
  const client = new S3Client({});
  const db = await DuckDb.open({ tempDirectory: path.join(workDirectory, 'duckdb'), threads: 1 });
  try {
    const lake = { bucket: s3Bucket(client, bucket), db, workDirectory, clock: () => new Date() };
    await db.run(sparkFunctionsSql);
    const viewed = catalog.marts.flatMap(({ name, view }) => (view ? [{ name, ...view }] : []));
    const read = new Set([
      ...NAMED_QUERIES.flatMap(({ inputs }) => inputs),
      ...viewed.flatMap(({ name, reads }) => [name, ...reads]),
    ]);
    const tables: Record<string, unknown> = {};
    for (const { deletedColumn: _, ...spec } of catalog.tables.filter(({ name }) => read.has(name))) {
      // Without its deletion flag, so that deleted rows are there, as other readers have them.
      const snapshot = await readSnapshot(lake, spec.location);
      await scan(lake, snapshot, spec, spec.name);
      const columns = Object.fromEntries(spec.columns.map(({ name, type }) => [name, type]));
      tables[spec.name] = { location: snapshot ? spec.location : null, columns };
    }
    const views = Object.fromEntries(viewed.map(({ name, sql }) => [viewName(name), sql]));
    for (const [name, sql] of Object.entries(views))
      await db.run(`create temp view ${quoteIdentifier(name)} as ${sql}`);
    const queries: Record<string, unknown> = {};
    for (const { name, sql } of NAMED_QUERIES)
      queries[name] = { sql, rows: await db.rows(`select columns(*)::varchar from (${sql})`) };
    process.stdout.write(JSON.stringify({ tables, views, queries }));
  } finally {
    db.close();
    client.destroy();
    await rm(workDirectory, { recursive: true, force: true });
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
  process.exitCode = 1;
});
