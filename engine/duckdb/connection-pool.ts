import { inParallel } from '../../storage/parallel';
import type { DuckDb } from './session';

/** One connection writes a file while another file is uploaded; more connections would only need more memory. */
const MAX_CONNECTIONS = 3;

/** What sorting and writing a file takes. With less for each, DuckDB runs out of memory, as not all of it can spill. */
const CONNECTION_BYTES = 250e6;

/**
 * Works on several items in parallel, as far as there is memory, each on a connection of its own: DuckDB sorts and writes a small file with a single
 * thread. Temporary tables of `db` are not visible there.
 *
 * @returns the results in the order of the items
 * @throws the first failure, once the work in progress has ended; no further work is started
 */
export async function withConnectionPool<Item, Result>(
  db: DuckDb,
  items: readonly Item[],
  work: (connection: DuckDb, item: Item) => Promise<Result>,
): Promise<Result[]> {
  const connections: DuckDb[] = [];
  try {
    const affordable = Math.max(1, Math.floor((await db.memoryLimit()) / CONNECTION_BYTES));
    const wanted = Math.min(MAX_CONNECTIONS, affordable, items.length);
    while (connections.length < wanted) connections.push(await db.connect());
    const idle = [...connections];
    return await inParallel(connections.length, items, async (item) => {
      const connection = idle.pop() as DuckDb;
      try {
        return await work(connection, item);
      } finally {
        idle.push(connection);
      }
    });
  } finally {
    for (const connection of connections) connection.close();
  }
}
