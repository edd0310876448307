/**
 * Loads the shop of test/builders/warehouse-shop.ts into PGlite and into PostgreSQL, if that is installed, prints their addresses as JSON,
 * `{"PGlite": "postgres://..."}`, and runs until its standard input ends.
 */

import { postgresPrograms, startPostgres } from '../../bench/postgres-server';
import { startPgliteServer } from '../builders/pglite-database';
import { loadShop } from '../builders/warehouse-shop';

async function main(): Promise<void> {
  const servers = {
    PGlite: await startPgliteServer(),
    ...(postgresPrograms() !== undefined && { PostgreSQL: await startPostgres() }),
  };
  const addresses: Record<string, string> = {};
  for (const [name, server] of Object.entries(servers)) {
    addresses[name] = await server.createDatabase();
    await loadShop(addresses[name] ?? '');
  }
  process.stdout.write(`${JSON.stringify(addresses)}\n`);
  for await (const _ of process.stdin);
  for (const server of Object.values(servers)) await server.stop();
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
  process.exit(1);
});
