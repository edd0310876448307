/**
 * Prints every statement that a load of the shop of test/builders/warehouse-shop.ts, with the copies of its marts, sends to Redshift, as a JSON array. PGlite
 * answers in its place.
 */

import { createCatalog } from '../../catalog/catalog';
import { definitions } from '../../catalog/definitions';
import { startPgliteServer } from '../builders/pglite-database';
import { asRedshift, redshiftDialect } from '../builders/redshift-on-postgres';
import { loadShop } from '../builders/warehouse-shop';

async function main(): Promise<void> {
  const server = await startPgliteServer();
  try {
    const statements = [...redshiftDialect.session];
    const as = (options: Parameters<typeof asRedshift>[0]) =>
      asRedshift(options, (sql) => statements.push(sql));
    await loadShop(await server.createDatabase(), as, createCatalog(definitions));
    process.stdout.write(`${JSON.stringify(statements)}\n`);
  } finally {
    await server.stop();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
  process.exit(1);
});
