import { execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';

/** A PostgreSQL server of a benchmark's or a test's own, in a temporary directory. */
export interface PostgresServer {
  /** Creates a database, empty or as a copy of another one, to which nothing is connected. @returns its address */
  createDatabase(template?: string): Promise<string>;
  stop(): Promise<void>;
}

/** Where Debian has the server's programs, the newest version first; POSTGRES_BIN names another directory. */
export function postgresPrograms(): string | undefined {
  const { POSTGRES_BIN } = process.env;
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  return [
    ...(POSTGRES_BIN === undefined ? [] : [POSTGRES_BIN]),
    ...versions.map((version) => path.join(debian, version, 'bin')),
  ].find((directory) => existsSync(path.join(directory, 'initdb')));
}

export const POSTGRES_MISSING =
  'PostgreSQL is not installed: `apt-get install postgresql`, or name the directory of initdb in POSTGRES_BIN';

/** The server refuses to run as root, and then its user must reach its directory. */
function serverUser(): {
  readonly parent: string;
  readonly user: { readonly uid?: number; readonly gid?: number };
} {
  if (process.getuid?.() !== 0) return { parent: tmpdir(), user: {} };
  const id = (kind: string) => Number(execFileSync('id', [kind, 'nobody'], { encoding: 'utf8' }));
  return { parent: '/tmp', user: { uid: id('-u'), gid: id('-g') } };
}

/** Starts a server on a free port of 127.0.0.1, without the wait for disks that a crash of the machine needs. */
export async function startPostgres(): Promise<PostgresServer> {
  const programs = postgresPrograms();
  if (programs === undefined) throw new Error(POSTGRES_MISSING);
  const { parent, user } = serverUser();
  const directory = mkdtempSync(path.join(parent, 'daybook-postgres-'));
  if (user.uid !== undefined) chownSync(directory, user.uid, user.gid ?? -1);
  const data = path.join(directory, 'data');
  const options = { ...user, cwd: directory };
  const initdb = ['-D', data, '-U', 'daybook', '--auth=trust', '--encoding=UTF8', '--no-sync', '--locale=C'];
  execFileSync(path.join(programs, 'initdb'), initdb, { ...options, stdio: 'pipe' });
  const port = await freePort();
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    fsync: 'off',
    max_connections: 30,
  };
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const server = spawn(path.join(programs, 'postgres'), ['-D', data, ...args], {
    ...options,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  server.stderr.on('data', (text) => {
    log = `${log}${text}`.slice(-4_000);
  });
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  const address = (database: string) => `postgres://daybook@127.0.0.1:${port}/${database}`;
  const admin = await firstConnection(address('postgres'), () => server.exitCode === null).catch((error) => {
    throw new Error(`the server did not start: ${error}\n${log}`);
  });
  let databases = 0;
  return {
    async createDatabase(template) {
      const name = `warehouse_${++databases}`;
      const from = template === undefined ? 'template1' : new URL(template).pathname.slice(1);
      await admin.query(`create database ${name} template ${from}`);
      return address(name);
    },
    async stop() {
      await admin.end();
      server.kill('SIGINT');
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function firstConnection(address: string, isAlive: () => boolean): Promise<Client> {
  for (let tries = 0; ; tries++) {
    const client = new Client({ connectionString: address });
    try {
      await client.connect();
      return client;
    } catch (error) {
      if (!isAlive() || tries === 200) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
