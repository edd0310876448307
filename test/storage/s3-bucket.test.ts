import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { BUCKET, startServer, type TestServer } from 'local-aws/testing';
import { putEntry } from '../../lake/log-entry';
import { scan } from '../../lake/scan';
import { readSnapshot } from '../../lake/snapshot';
import type { Bucket } from '../../storage/bucket';
import { s3Bucket } from '../../storage/s3-bucket';
import { mergeRows, openTestLake, type TestLake, THINGS, thing } from '../builders/test-lake';

let server: TestServer;
let lake: TestLake;
let bucket: Bucket;

beforeAll(async () => {
  server = await startServer();
  lake = await openTestLake();
  bucket = s3Bucket(server.client, BUCKET);
});
afterAll(async () => {
  lake.close();
  await server.stop();
});

const text = (body: Uint8Array | undefined) => body && Buffer.from(body).toString('utf8');

test('what is not there is undefined, and deleting it succeeds', async () => {
  expect(await bucket.head('none')).toBeUndefined();
  expect(await bucket.get('none')).toBeUndefined();
  expect(await bucket.download('none', path.join(lake.workDirectory, 'none'))).toBeUndefined();
  await bucket.delete('none');
});

test('of writes where nothing lies yet the first creates and the second meets it', async () => {
  expect(await bucket.putIfAbsent('once', 'first')).toBe('created');
  expect(await bucket.putIfAbsent('once', 'second')).toBe('exists');
  expect(text(await bucket.get('once'))).toBe('first');
});

test('of many at one time exactly one creates', async () => {
  const outcomes = await Promise.all(
    Array.from({ length: 10 }, (_, n) => bucket.putIfAbsent('race', `${n}`)),
  );
  expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(1);
  expect(text(await bucket.get('race'))).toBe(String(outcomes.indexOf('created')));
});

test('a listing goes by bytes, and starts after a key', async () => {
  for (const key of ['l/é', 'l/z', 'l/Z', 'l/\u{1f600}', 'l/\uffee', 'm/a']) await bucket.put(key, 'x');
  const keys = async (startAfter?: string) => {
    const found: string[] = [];
    for await (const info of bucket.list('l/', startAfter)) found.push(info.key);
    return found;
  };
  expect(await keys()).toEqual(['l/Z', 'l/z', 'l/é', 'l/\uffee', 'l/\u{1f600}']);
  expect(await keys('l/z')).toEqual(['l/é', 'l/\uffee', 'l/\u{1f600}']);
});

test('a download of another version than asked for is none', async () => {
  await bucket.put('versioned', 'one');
  const etag = (await bucket.head('versioned'))?.etag;
  const file = path.join(lake.workDirectory, 'versioned');
  expect(await bucket.download('versioned', file, etag)).toMatchObject({ key: 'versioned', size: 3, etag });
  await bucket.put('versioned', 'two');
  expect(await bucket.download('versioned', file, etag)).toBeUndefined();
  expect(await readFile(file, 'utf8')).toBe('one');
});

test.each([0, 1000, 17 * 1024 * 1024])('a file of %i bytes goes up and comes down whole', async (size) => {
  const file = path.join(lake.workDirectory, 'up');
  const body = Buffer.alloc(size, 'daybook ');
  await writeFile(file, body);
  await bucket.upload('files/é +%.bin', file);
  await bucket.download('files/é +%.bin', `${file}.down`);
  expect((await readFile(`${file}.down`)).equals(body)).toBe(true);
});

test.each([3, 17 * 1024 * 1024])(
  'a file of %i bytes has the metadata that it is uploaded with',
  async (size) => {
    const file = path.join(lake.workDirectory, 'with-metadata');
    await writeFile(file, Buffer.alloc(size, 'daybook '));
    await bucket.upload('described', file, { 'daybook-uploaded-at': '2026-03-01' });
    expect((await bucket.head('described'))?.metadata).toEqual({ 'daybook-uploaded-at': '2026-03-01' });
  },
);

describe('an object whose size is known to be large', () => {
  const MIB = 1024 * 1024;
  const body = Buffer.alloc(20 * MIB, 'daybook ');
  /** Runs `act` with each request of the client told to `seen` before it goes out. */
  const watched = async <T>(
    seen: (range: string | undefined) => unknown,
    act: () => Promise<T>,
  ): Promise<T> => {
    const { middlewareStack } = server.client;
    middlewareStack.add(
      (next) => async (args) => {
        await seen((args.input as { Range?: string }).Range);
        return next(args);
      },
      { step: 'initialize', name: 'watch' },
    );
    try {
      return await act();
    } finally {
      middlewareStack.remove('watch');
    }
  };

  test('comes down in parts, and whole', async () => {
    await bucket.put('parts', body);
    const { etag, lastModified } = (await bucket.head('parts')) ?? {};
    const file = path.join(lake.workDirectory, 'parts');
    const ranges: unknown[] = [];
    const download = () => bucket.download('parts', file, etag, body.length);
    const found = await watched((range) => ranges.push(range), download);
    expect(found).toMatchObject({ key: 'parts', size: body.length, etag, lastModified });
    expect((await readFile(file)).equals(body)).toBe(true);
    expect(ranges.sort()).toEqual(
      [
        `bytes=${16 * MIB}-${24 * MIB - 1}`,
        `bytes=0-${8 * MIB - 1}`,
        `bytes=${8 * MIB}-${16 * MIB - 1}`,
      ].sort(),
    );
  });

  test.each([0, 1, 8 * MIB, 8 * MIB + 1])('comes down whole though it has but %i bytes', async (size) => {
    await bucket.put('smaller', body.subarray(0, size));
    const file = path.join(lake.workDirectory, 'smaller');
    expect(await bucket.download('smaller', file, undefined, body.length)).toMatchObject({ size });
    expect((await readFile(file)).equals(body.subarray(0, size))).toBe(true);
  });

  test('is none where another version is there, or comes in between', async () => {
    await bucket.put('replaced', body);
    const { etag } = (await bucket.head('replaced')) ?? {};
    const file = path.join(lake.workDirectory, 'replaced');
    let parts = 0;
    const replace = async () => {
      parts += 1;
      if (parts === 2) await bucket.put('replaced', 'another');
    };
    expect(
      await watched(replace, () => bucket.download('replaced', file, undefined, body.length)),
    ).toBeUndefined();
    expect(await bucket.download('replaced', file, etag, body.length)).toBeUndefined();
    expect(await bucket.download('gone', file, etag, body.length)).toBeUndefined();
  });
});

test('a lost race for a log entry is a conflict over the wire, and our own entry met again is not', async () => {
  expect(await putEntry({ bucket }, 'staging/wire', 0, { txnId: 'first' }, [])).toBe('committed');
  expect(await putEntry({ bucket }, 'staging/wire', 0, { txnId: 'second' }, [])).toBe('conflict');
  expect(await putEntry({ bucket }, 'staging/wire', 0, { txnId: 'first' }, [])).toBe('committed');
});

test('tables with hostile partitions are merged and read over the wire, through a checkpoint', async () => {
  const wired = { ...lake, bucket };
  const places = ['a/b', 'x=y', '%', '%2F', '😀', ' ', `it's "so"`, 'a+b', '..', 'é'.repeat(300), ''];
  await mergeRows(
    wired,
    THINGS,
    places.map((place, id) => thing(id, place, 1)),
  );
  for (let version = 2; version <= 12; version++) {
    await mergeRows(wired, THINGS, [thing(version % places.length, places[0] ?? '', version)]);
  }
  const snapshot = await readSnapshot(wired, THINGS.location);
  await scan(wired, snapshot, THINGS, 'wired');
  const rows = await lake.db.rows('select id, place from wired order by id');
  expect(rows.map(({ id }) => Number(id))).toEqual(places.map((_, id) => id));
  expect(new Set(rows.map(({ place }) => place))).toEqual(new Set(['a/b']));
  expect(snapshot?.version).toBe(11);
});
