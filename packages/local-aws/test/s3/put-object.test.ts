import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  ChecksumAlgorithm,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3';
import { BUCKET, refusal, startServer, type TestServer } from '../../src/testing/s3-server';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const put = (Key: string, Body: PutObjectCommandInput['Body'], more: Partial<PutObjectCommandInput> = {}) =>
  server.client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body, ...more }));
const get = async (Key: string) =>
  (await server.client.send(new GetObjectCommand({ Bucket: BUCKET, Key }))).Body?.transformToString();
const md5 = (text: string) => `"${createHash('md5').update(text).digest('hex')}"`;

test('returns the MD5 as the ETag, and bytes, metadata and headers unchanged', async () => {
  const { ETag } = await put('plain.csv', 'a,b\n1,2\n', {
    ContentType: 'text/csv',
    ContentEncoding: 'deflate, gzip',
    CacheControl: 'no-store',
    ContentDisposition: 'attachment',
    ContentLanguage: 'de',
    Metadata: { origin: 'till 7', __proto__x: 'y' },
  });
  expect(ETag).toBe(md5('a,b\n1,2\n'));
  const found = await server.client.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'plain.csv' }));
  expect(await found.Body?.transformToString()).toBe('a,b\n1,2\n');
  expect(found).toMatchObject({
    ETag,
    ContentLength: 8,
    ContentType: 'text/csv',
    ContentEncoding: 'deflate, gzip',
    CacheControl: 'no-store',
    ContentDisposition: 'attachment',
    ContentLanguage: 'de',
    Metadata: { origin: 'till 7', __proto__x: 'y' },
    AcceptRanges: 'bytes',
  });
});

test('accepts an empty object', async () => {
  const { ETag } = await put('empty', Buffer.alloc(0));
  expect(ETag).toBe(md5(''));
  expect(await get('empty')).toBe('');
});

test('uses binary/octet-stream for an object without a type', async () => {
  await put('untyped', Buffer.from([0, 1, 2]), { ContentType: undefined });
  const head = await server.client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: 'untyped' }));
  expect(head.ContentLength).toBe(3);
  expect(head.ContentType).toMatch(/octet-stream/);
});

describe.each(['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const)('checksum %s', (algorithm) => {
  const ChecksumHeader = `Checksum${algorithm}` as const;

  test('is verified in the header of a plain body and returned', async () => {
    const key = `header-${algorithm}`;
    await put(key, 'some bytes', { ChecksumAlgorithm: ChecksumAlgorithm[algorithm] });
    const head = await server.client.send(
      new HeadObjectCommand({ Bucket: BUCKET, Key: key, ChecksumMode: 'ENABLED' }),
    );
    expect(head[ChecksumHeader]).toMatch(/^[A-Za-z0-9+/]+=*$/);
    expect(head.ChecksumType).toBe('FULL_OBJECT');
    expect(await get(key)).toBe('some bytes');
  });

  test('is verified in the trailer of a streamed body', async () => {
    const key = `trailer-${algorithm}`;
    const bytes = Buffer.alloc(200_000, 'content ');
    const body = Readable.from([bytes.subarray(0, 70_001), bytes.subarray(70_001)], { objectMode: false });
    const { ETag } = await put(key, body, {
      ContentLength: bytes.length,
      ChecksumAlgorithm: ChecksumAlgorithm[algorithm],
    });
    expect(ETag).toBe(`"${createHash('md5').update(bytes).digest('hex')}"`);
    expect(await get(key)).toBe(bytes.toString());
  });

  test('that does not match is BadDigest and stores nothing', async () => {
    const wrong = { CRC32: 4, CRC32C: 4, CRC64NVME: 8, SHA1: 20, SHA256: 32 }[algorithm];
    const request = put(`wrong-${algorithm}`, 'x', {
      [ChecksumHeader]: Buffer.alloc(wrong).toString('base64'),
    });
    expect(await refusal(request)).toEqual({ name: 'BadDigest', status: 400 });
    expect(await refusal(get(`wrong-${algorithm}`))).toEqual({ name: 'NoSuchKey', status: 404 });
  });
});

test('rejects a wrong and an invalid Content-MD5', async () => {
  const wrong = put('md5', 'x', { ContentMD5: Buffer.alloc(16).toString('base64') });
  expect(await refusal(wrong)).toEqual({ name: 'BadDigest', status: 400 });
  expect(await refusal(put('md5', 'x', { ContentMD5: 'xyz' }))).toEqual({
    name: 'InvalidDigest',
    status: 400,
  });
});

test('rejects user metadata over 2 KB', async () => {
  const request = put('meta', 'x', { Metadata: { long: 'x'.repeat(2048) } });
  expect(await refusal(request)).toEqual({ name: 'MetadataTooLarge', status: 400 });
});

describe('conditional writes', () => {
  test('If-None-Match: * is 412 for an existing key, which is unchanged', async () => {
    await put('once', 'first', { IfNoneMatch: '*' });
    expect(await refusal(put('once', 'second', { IfNoneMatch: '*' }))).toEqual({
      name: 'PreconditionFailed',
      status: 412,
    });
    expect(await get('once')).toBe('first');
  });

  test('of 50 concurrent writers with If-None-Match: * exactly one wins, and its bytes are stored', async () => {
    const results = await Promise.allSettled(
      Array.from({ length: 50 }, (_, i) => put('race', `writer ${i}`, { IfNoneMatch: '*' })),
    );
    const winners = results.flatMap((result, i) => (result.status === 'fulfilled' ? [i] : []));
    expect(winners).toHaveLength(1);
    expect(await get('race')).toBe(`writer ${winners[0]}`);
    const losers = results.flatMap((result) => (result.status === 'rejected' ? [result.reason.name] : []));
    expect(new Set(losers)).toEqual(new Set(['PreconditionFailed']));
  });

  test('of 20 concurrent writers with one If-Match exactly one wins', async () => {
    const { ETag } = await put('swap', 'before');
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, i) => put('swap', `after ${i}`, { IfMatch: ETag })),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('If-Match accepts an ETag with and without quotes', async () => {
    const { ETag = '' } = await put('quoted', 'one');
    const second = await put('quoted', 'two', { IfMatch: ETag });
    await put('quoted', 'three', { IfMatch: second.ETag?.replaceAll('"', '') });
    expect(await get('quoted')).toBe('three');
  });

  test('If-Match is 412 for another ETag and 404 without an object', async () => {
    await put('other', 'x');
    expect(await refusal(put('other', 'y', { IfMatch: '"abc"' }))).toMatchObject({ status: 412 });
    expect(await refusal(put('absent', 'y', { IfMatch: '"abc"' }))).toEqual({
      name: 'NoSuchKey',
      status: 404,
    });
  });

  test('If-None-Match with an ETag is NotImplemented, as on S3', async () => {
    expect(await refusal(put('tagged', 'x', { IfNoneMatch: '"abc"' }))).toEqual({
      name: 'NotImplemented',
      status: 501,
    });
  });
});

test('uploads of one key have strictly increasing times, also within a millisecond and after deletions', async () => {
  const fixed = await startServer({ clock: () => new Date('2025-07-01T10:00:00.250Z') });
  try {
    const times: number[] = [];
    for (let i = 0; i < 4; i++) {
      await fixed.client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'k', Body: `${i}` }));
      for await (const { lastModified } of fixed.service.listObjects(BUCKET, ''))
        times.push(lastModified.getTime());
      if (i === 1) {
        await fixed.client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: 'k' }));
      }
    }
    const start = Date.parse('2025-07-01T10:00:00.250Z');
    expect(times).toEqual([start, start + 1, start + 2, start + 3]);
  } finally {
    await fixed.stop();
  }
});

test('a reader of a large object sees one complete version while others replace it', async () => {
  const body = (digit: number) => Buffer.alloc(3_000_000, String(digit));
  await put('replaced', body(0));
  const writers = [1, 2, 3, 4].map((digit) => put('replaced', body(digit)));
  const readers = Array.from({ length: 12 }, async () => {
    const found = await server.client.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'replaced' }));
    const bytes = Buffer.from((await found.Body?.transformToByteArray()) ?? []);
    expect(`"${createHash('md5').update(bytes).digest('hex')}"`).toBe(found.ETag);
  });
  await Promise.all([...writers, ...readers]);
});
