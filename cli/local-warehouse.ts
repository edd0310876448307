import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { packagePath } from '../package-path';
import { connectWarehouse } from '../serving/warehouse/connection';
import { migrate } from '../serving/warehouse/migrate';

/** PostgreSQL for a local pipeline. */
export interface LocalWarehouse {
  /** `postgres://postgres@127.0.0.1:4568/postgres` */
  readonly url: string;
  stop(): Promise<void>;
}

/** PGlite did not start; the message has its reason. */
export class LocalWarehouseError extends Error {
  override readonly name = 'LocalWarehouseError';
}

const WAIT_SECONDS = 60;

/** Makes the tables of the star schema, so that they are there before the first load. @throws WarehouseError */
export async function migrateWarehouse(url: string): Promise<void> {
  const warehouse = await connectWarehouse(url);
  try {
    await migrate(warehouse, WAIT_SECONDS);
  } finally {
    await warehouse.end();
  }
}

/**
 * Starts PGlite, whose data is in `warehouse/` of the data directory, behind a socket on 127.0.0.1. One process at a time may use the directory.
 * @param port 0 picks a free one
 * @throws LocalWarehouseError
 */
export async function startPglite(dataDirectory: string, port: number): Promise<LocalWarehouse> {
  const directory = path.join(dataDirectory, 'warehouse');
  await mkdir(dataDirectory, { recursive: true });
  const child = fork(packagePath('dist', 'local', 'pglite-server.cjs'), [directory, String(port)], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let errors = '';
  child.stderr?.on('data', (text) => {
    errors = `${errors}${text}`.slice(-2_000);
  });
  const ended = once(child, 'exit');
  const started = await Promise.race([once(child, 'message'), ended.then(() => undefined)]);
  if (!started)
    throw new LocalWarehouseError(`the warehouse did not start on port ${port}: ${errors.trim()}`);
  const [{ port: opened }] = started;
  return {
    url: `postgres://postgres@127.0.0.1:${opened}/postgres`,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
