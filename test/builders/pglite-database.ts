import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import type { PostgresServer } from '../../bench/postgres-server';
import { startPglite } from '../../cli/local-warehouse';

/** PGlite as `daybook local --warehouse` starts it. It has one database, which `createDatabase` empties. */
export async function startPgliteServer(): Promise<PostgresServer> {
  const directory = mkdtempSync(path.join(tmpdir(), 'daybook-pglite-'));
  const { url, stop } = await startPglite(directory, 0);
  return {
    async createDatabase() {
      const client = new Client({ connectionString: url });
      await client.connect();
      await client.query('drop schema public cascade; create schema public');
      await client.end();
      return url;
    },
    async stop() {
      await stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
