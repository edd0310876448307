import {
  ListObjectsCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  PutObjectCommand,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3';
import { BUCKET, refusal, startServer, type TestServer } from '../../src/testing/s3-server';

/** In UTF-8 byte order; in UTF-16 order the emoji would precede the full-width tilde. */
const KEYS = ['a', 'a b+c%20.csv', 'a/', 'a/1', 'a/2', 'a/b/3', 'a0', 'b/x', 'c', 'é', '\uff5e', '\u{1f600}'];
let server: TestServer;

beforeAll(async () => {
  server = await startServer();
  for (const Key of [...KEYS].reverse()) {
    await server.client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: Key }));
  }
});
afterAll(() => server.stop());

const list = (more: Partial<ListObjectsV2CommandInput> = {}) =>
  server.client.send(new ListObjectsV2Command({ Bucket: BUCKET, ...more }));
const keys = (page: { Contents?: { Key?: string }[] }) => (page.Contents ?? []).map(({ Key }) => Key);
const prefixes = (page: { CommonPrefixes?: { Prefix?: string }[] }) =>
  (page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix);

test('lists keys in UTF-8 byte order', async () => {
  const page = await list();
  expect(keys(page)).toEqual(KEYS);
  expect(page).toMatchObject({ KeyCount: KEYS.length, IsTruncated: false, Name: BUCKET });
});

test('returns size, ETag and time of each object', async () => {
  const [entry] = (await list({ Prefix: 'a/b' })).Contents ?? [];
  expect(entry).toMatchObject({ Key: 'a/b/3', Size: 5, StorageClass: 'STANDARD' });
  expect(entry?.ETag).toMatch(/^"[0-9a-f]{32}"$/);
  expect(entry?.Owner).toBeUndefined();
  expect((await list({ FetchOwner: true })).Contents?.[0]?.Owner?.ID).toBe('000000000000');
});

test('a delimiter groups keys, also with a prefix', async () => {
  const top = await list({ Delimiter: '/' });
  expect(keys(top)).toEqual(['a', 'a b+c%20.csv', 'a0', 'c', 'é', '\uff5e', '\u{1f600}']);
  expect(prefixes(top)).toEqual(['a/', 'b/']);
  const below = await list({ Delimiter: '/', Prefix: 'a/' });
  expect(keys(below)).toEqual(['a/', 'a/1', 'a/2']);
  expect(prefixes(below)).toEqual(['a/b/']);
});

test.each([1, 2, 3, 5])(
  'pages of %i return every entry once, with and without a delimiter',
  async (pageSize) => {
    for (const Delimiter of [undefined, '/']) {
      const found: (string | undefined)[] = [];
      const config = { client: server.client, pageSize };
      for await (const page of paginateListObjectsV2(config, { Bucket: BUCKET, Delimiter })) {
        expect(page.KeyCount).toBeLessThanOrEqual(pageSize);
        found.push(...keys(page), ...prefixes(page));
      }
      const whole = await list({ Delimiter });
      expect(found.sort()).toEqual([...keys(whole), ...prefixes(whole)].sort());
    }
  },
);

test('start-after omits the key itself and all before it', async () => {
  expect(keys(await list({ StartAfter: 'b/x' }))).toEqual(['c', 'é', '\uff5e', '\u{1f600}']);
});

test('max-keys 0 returns an empty page that is not truncated', async () => {
  expect(await list({ MaxKeys: 0 })).toMatchObject({ KeyCount: 0, IsTruncated: false });
});

test('encoding-type url percent-encodes names', async () => {
  const page = await list({ EncodingType: 'url', Prefix: 'a ' });
  expect(page).toMatchObject({ EncodingType: 'url', Prefix: 'a%20' });
  expect(keys(page)).toEqual(['a%20b%2Bc%2520.csv']);
});

test.each([
  ['a token of its own making', { ContinuationToken: 'nonsense' }],
  ['an unknown encoding', { EncodingType: 'gzip' as 'url' }],
  ['a negative page', { MaxKeys: -1 }],
])('refuses %s', async (_, query) => {
  expect(await refusal(list(query))).toEqual({ name: 'InvalidArgument', status: 400 });
});

test('ListObjects pages by marker, including common prefixes', async () => {
  const entries: (string | undefined)[] = [];
  let Marker: string | undefined;
  for (let pages = 0; pages < 20; pages++) {
    const page = await server.client.send(
      new ListObjectsCommand({ Bucket: BUCKET, Delimiter: '/', MaxKeys: 2, Marker }),
    );
    entries.push(...keys(page), ...prefixes(page));
    if (!page.IsTruncated) break;
    Marker = page.NextMarker;
  }
  expect(entries.sort()).toEqual(
    ['a', 'a b+c%20.csv', 'a/', 'a0', 'b/', 'c', 'é', '\uff5e', '\u{1f600}'].sort(),
  );
});

test('S3Service.listObjects lists by prefix in the same order', async () => {
  const found: string[] = [];
  for await (const { key } of server.service.listObjects(BUCKET, 'a/')) found.push(key);
  expect(found).toEqual(['a/', 'a/1', 'a/2', 'a/b/3']);
});
