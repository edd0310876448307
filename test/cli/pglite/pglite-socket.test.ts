import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Client } from 'pg';
import { from } from 'pg-copy-streams';
import { type LocalWarehouse, startPglite } from '../../../cli/local-warehouse';

let directory: string;
let warehouse: LocalWarehouse;
const clients: Client[] = [];

beforeAll(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'daybook-pglite-'));
  warehouse = await startPglite(directory, 0);
}, 60_000);
afterEach(async () => {
  for (const client of clients.splice(0)) await client.end().catch(() => {});
});
afterAll(async () => {
  await warehouse.stop();
  rmSync(directory, { recursive: true });
});

async function connected(): Promise<Client> {
  const client = new Client({ connectionString: warehouse.url });
  client.on('error', () => {});
  await client.connect();
  clients.push(client);
  return client;
}

const copy = (client: Client, table: string, rows: Iterable<string>) =>
  pipeline(
    Readable.from([...rows].map((row) => Buffer.from(row))),
    client.query(from(`copy ${table} from stdin`)),
  );

test('COPY takes rows in many messages, and a bad row fails it without ending the connection', async () => {
  const client = await connected();
  await client.query('create table copied (id int primary key, name text)');
  await copy(
    client,
    'copied',
    Array.from({ length: 20_000 }, (_, id) => `${id}\tname ${id}\n`),
  );
  const { rows } = await client.query('select count(*)::int as count, max(name) as name from copied');
  expect(rows).toEqual([{ count: 20_000, name: 'name 9999' }]);
  await expect(copy(client, 'copied', ['x\ty\n'])).rejects.toThrow('invalid input syntax for type integer');
  await expect(copy(client, 'nowhere', ['1\n'])).rejects.toThrow('relation "nowhere" does not exist');
  expect((await client.query('select $1::int as one', [1])).rows).toEqual([{ one: 1 }]);
});

test('a transaction keeps other clients waiting until it ends', async () => {
  const [first, second] = [await connected(), await connected()];
  await first.query('create table counted (n int)');
  await first.query('begin');
  let isAnswered = false;
  const waiting = second.query('select count(*)::int as count from counted').then((answer) => {
    isAnswered = true;
    return answer;
  });
  await first.query('insert into counted values (1)');
  await first.query('insert into counted values ($1)', [2]);
  expect(isAnswered).toBe(false);
  await first.query('commit');
  expect((await waiting).rows).toEqual([{ count: 2 }]);
});

test('the transaction of a client that is gone is rolled back, also in the middle of COPY', async () => {
  const [first, second] = [await connected(), await connected()];
  await first.query('create table kept (n int)');
  await first.query('begin');
  await first.query('insert into kept values (1)');
  const stream = first.query(from('copy kept from stdin'));
  stream.on('error', () => {});
  stream.write('2\n');
  await new Promise((resolve) => setTimeout(resolve, 50));
  (first as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
  expect((await second.query('select * from kept')).rows).toEqual([]);
});

test('a failed transaction stays failed until its client ends it', async () => {
  const [first, second] = [await connected(), await connected()];
  await first.query('begin');
  await expect(first.query('select 1 / 0')).rejects.toThrow('division by zero');
  const waiting = second.query('select 2 as two');
  await expect(first.query('select 1')).rejects.toThrow('current transaction is aborted');
  await first.query('rollback');
  expect((await waiting).rows).toEqual([{ two: 2 }]);
});

test('a later start has the rows', async () => {
  const client = await connected();
  await client.query("create table lasting as select 'here' as what");
  await warehouse.stop();
  warehouse = await startPglite(directory, 0);
  expect((await (await connected()).query('select * from lasting')).rows).toEqual([{ what: 'here' }]);
}, 60_000);
