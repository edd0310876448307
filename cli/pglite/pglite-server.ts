/**
 * PGlite behind a socket, in a process of its own: what it computes blocks nothing else. Arguments: the data directory, and the port on
 * 127.0.0.1, 0 for a free one. It sends `{ port }` when it is ready, and ends when it is told to, or when its parent is gone.
 */

import { PGlite } from '@electric-sql/pglite';
import { servePglite } from './pglite-socket';

async function serve(directory: string, port: number): Promise<void> {
  const db = await PGlite.create(directory);
  const server = await servePglite(db, port);
  let isStopping = false;
  const stop = () => {
    if (isStopping) return;
    isStopping = true;
    server
      .close()
      .then(() => db.close())
      .then(() => process.exit(0), fail);
  };
  process.once('SIGTERM', stop);
  process.once('disconnect', stop);
  process.send?.({ port: server.port });
}

function fail(error: unknown): never {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

// Ctrl-C reaches every process of the terminal; the parent says when to stop.
process.on('SIGINT', () => {});
const [, , directory = '', port = '0'] = process.argv;
serve(directory, Number(port)).catch(fail);
