/**
 * Prints the newest version of a table as our own reader finds it, as JSON: `{"version": 12, "rows": [...]}`, cells being
 * text or null: decimals with all their digits, dates as 2025-07-01, instants as 2025-07-01T10:00:00.123456Z.
 *
 *   AWS_ENDPOINT_URL=... node read-snapshot.cjs BUCKET TABLE [LOCATION]
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { catalog } from '../../catalog/catalog';
import { quoteIdentifier } from '../../engine/duckdb/quote';
import { DuckDb } from '../../engine/duckdb/session';
import { scan } from '../../lake/scan';
import { readSnapshot } from '../../lake/snapshot';
import { type TableSpec, visibleColumns } from '../../lake/table-spec';
import { s3Bucket } from '../../storage/s3-bucket';

async function main([bucket = '', table = '', location]: readonly string[]): Promise<void> {
  const known = catalog.tables.find(({ name }) => name === table);
  if (!known) throw new RangeError(`there is no table ${table}`);
  const spec = { ...known, location: location ?? known.location };
  const workDirectory = await mkdtemp(path.join(tmpdir(), 'daybook-interop-'));
  const client = new S3Client({});
  const db = await DuckDb.open({ tempDirectory: path.join(workDirectory, 'duckdb'), threads: 1 });
  try {
    const lake = { bucket: s3Bucket(client, bucket), db, workDirectory, clock: () => new Date() };
    const snapshot = await readSnapshot(lake, spec.location);
    await scan(lake, snapshot, spec, 'found');
    const rows = await db.rows(`select ${visibleColumns(spec).map(asText).join(', ')} from found`);
    process.stdout.write(JSON.stringify({ version: snapshot?.version ?? null, rows }));
  } finally {
    db.close();
    client.destroy();
    await rm(workDirectory, { recursive: true, force: true });
  }
}

function asText({ name, type }: TableSpec['columns'][number]): string {
  const column = quoteIdentifier(name);
  const text =
    type === 'timestamp'
      ? `strftime(${column} at time zone 'UTC', '%Y-%m-%dT%H:%M:%S.%fZ')`
      : `cast(${column} as varchar)`;
  return `${text} as ${column}`;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
  process.exitCode = 1;
});
