import { appendFile, mkdir, readdir, readFile, truncate, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { BUCKET, startServer, type TestServer } from '../../src/testing/s3-server';

let server: TestServer;
beforeEach(async () => {
  server = await startServer();
});
afterEach(() => server.stop());

const put = (Key: string, Body: string) =>
  server.client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body, Metadata: { body: Body } }));
async function contents(): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const { key } of server.service.listObjects(BUCKET, '')) {
    const answer = await server.client.send(new GetObjectCommand({ Bucket: BUCKET, Key: key }));
    found[key] = (await answer.Body?.transformToString()) ?? '';
    expect(answer.Metadata).toEqual({ body: found[key] });
  }
  return found;
}
async function restart(): Promise<void> {
  await server.halt();
  server = await startServer({ directory: server.directory });
}
const inBucket = (...names: string[]) => join(server.directory, 'buckets', BUCKET, ...names);
async function dataFiles(): Promise<string[]> {
  const names = await readdir(inBucket('data'), { recursive: true, withFileTypes: true });
  return names.filter((entry) => entry.isFile()).map(({ name }) => name);
}

test('objects, their times and deletions survive a restart', async () => {
  await put('a', '1');
  await put('a', '2');
  await put('b', '3');
  await put('c', '4');
  await server.client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: 'b' }));
  const times = async () => {
    const found: number[] = [];
    for await (const { lastModified } of server.service.listObjects(BUCKET, ''))
      found.push(lastModified.getTime());
    return found;
  };
  const before = await times();
  await restart();
  expect(await contents()).toEqual({ a: '2', c: '4' });
  expect(await times()).toEqual(before);
  expect(await dataFiles()).toHaveLength(2);
});

test('incomplete changes are dropped after a crash, and acknowledged ones are kept', async () => {
  await put('a', '1');
  const log = await readFile(inBucket('objects.log'), 'utf8');
  await server.halt();
  // An incomplete upload, a file without an entry, and a truncated entry.
  await writeFile(join(server.directory, 'tmp', 'f'.repeat(32)), 'half an upl');
  await mkdir(inBucket('data', 'ff'), { recursive: true });
  await writeFile(inBucket('data', 'ff', `ff${'0'.repeat(30)}`), 'no entry');
  await appendFile(inBucket('objects.log'), log.slice(0, log.length / 2));
  server = await startServer({ directory: server.directory });
  expect(await contents()).toEqual({ a: '1' });
  expect(await dataFiles()).toHaveLength(1);
  expect(await readdir(join(server.directory, 'tmp'))).toEqual([]);
  await put('b', '2');
  await restart();
  expect(await contents()).toEqual({ a: '1', b: '2' });
});

test.each([1, 10, 60])(
  'an entry truncated by %i bytes is dropped, and the previous version is current',
  async (cut) => {
    await put('a', 'old');
    const { length } = await readFile(inBucket('objects.log'));
    const [kept = ''] = await dataFiles();
    const bytes = await readFile(inBucket('data', kept.slice(0, 2), kept));
    await put('a', 'new');
    const whole = (await readFile(inBucket('objects.log'))).length;
    await server.halt();
    // As after a crash before the old file was removed.
    await writeFile(inBucket('data', kept.slice(0, 2), kept), bytes);
    expect(whole - cut).toBeGreaterThan(length);
    await truncate(inBucket('objects.log'), whole - cut);
    server = await startServer({ directory: server.directory });
    expect(await contents()).toEqual({ a: 'old' });
  },
);

test('an object whose file is missing is not listed', async () => {
  await put('a', '1');
  const [file = ''] = await dataFiles();
  await put('b', '2');
  await server.halt();
  await unlink(inBucket('data', file.slice(0, 2), file));
  server = await startServer({ directory: server.directory });
  expect(await contents()).toEqual({ b: '2' });
});

test('a long history is compacted', async () => {
  for (let k = 0; k < 4; k++) await put(`k${k}`, 'x');
  await put('last', 'x');
  await server.halt();
  const log = await readFile(inBucket('objects.log'), 'utf8');
  await appendFile(inBucket('objects.log'), log.repeat(208));
  server = await startServer({ directory: server.directory });
  await restart();
  const lines = (await readFile(inBucket('objects.log'), 'utf8')).trim().split('\n');
  expect(lines).toHaveLength(5);
  expect(Object.keys(await contents())).toEqual(['k0', 'k1', 'k2', 'k3', 'last']);
}, 90_000);

test('files of the operating system in its directory do not prevent a start', async () => {
  await put('a', '1');
  await server.halt();
  for (const place of [join(server.directory, 'buckets'), inBucket('data'), inBucket('uploads')]) {
    await writeFile(join(place, '.DS_Store'), '');
  }
  server = await startServer({ directory: server.directory });
  expect(await contents()).toEqual({ a: '1' });
});
