import {
  GetObjectCommand,
  type GetObjectCommandInput,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { BUCKET, refusal, startServer, type TestServer } from '../../src/testing/s3-server';

const BODY = '0123456789';
const UPLOADED = new Date('2025-07-01T10:00:00.250Z');
let server: TestServer;
let etag: string;

beforeAll(async () => {
  server = await startServer({ clock: () => UPLOADED });
  const put = await server.client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'ten', Body: BODY }));
  etag = put.ETag ?? '';
  await server.client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'empty', Body: Buffer.alloc(0) }));
});
afterAll(() => server.stop());

const get = (more: Partial<GetObjectCommandInput> = {}): Promise<GetObjectCommandOutput> =>
  server.client.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'ten', ...more }));
const head = (more: Partial<GetObjectCommandInput> = {}) =>
  server.client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: 'ten', ...more }));
const later = new Date(UPLOADED.getTime() + 60_000);
const earlier = new Date(UPLOADED.getTime() - 60_000);

describe('a range', () => {
  test.each([
    ['bytes=2-4', '234', 'bytes 2-4/10'],
    ['bytes=7-', '789', 'bytes 7-9/10'],
    ['bytes=-3', '789', 'bytes 7-9/10'],
    ['bytes=-30', BODY, 'bytes 0-9/10'],
    ['bytes=8-99', '89', 'bytes 8-9/10'],
    ['bytes=0-0', '0', 'bytes 0-0/10'],
  ])('%s is answered with 206 and its bytes', async (Range, expected, contentRange) => {
    const found = await get({ Range });
    expect(found.$metadata.httpStatusCode).toBe(206);
    expect(found.ContentRange).toBe(contentRange);
    expect(found.ContentLength).toBe(expected.length);
    expect(await found.Body?.transformToString()).toBe(expected);
  });

  test.each(['bytes=10-', 'bytes=10-12', 'bytes=-0'])(
    '%s contains no byte and is InvalidRange',
    async (Range) => {
      expect(await refusal(get({ Range }))).toEqual({ name: 'InvalidRange', status: 416 });
    },
  );

  test.each(['bytes=4-2', 'bytes=-', 'bytes=a-b', 'rows=1-2', 'bytes=0-1,3-4', 'bytes=--5'])(
    '%s is ignored and the whole object returned',
    async (Range) => {
      const found = await get({ Range });
      expect(found.$metadata.httpStatusCode).toBe(200);
      expect(await found.Body?.transformToString()).toBe(BODY);
    },
  );

  test('of thousands of spaces is ignored as quickly', async () => {
    const spaces = ' '.repeat(7_000);
    const started = performance.now();
    expect((await get({ Range: `bytes=${spaces}-${spaces}x` })).$metadata.httpStatusCode).toBe(200);
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  test('of an empty object is InvalidRange', async () => {
    expect(await refusal(get({ Key: 'empty', Range: 'bytes=0-' }))).toMatchObject({ status: 416 });
  });

  test('has no object checksum, which clients would compare with the range', async () => {
    const found = await get({ Range: 'bytes=2-4', ChecksumMode: 'ENABLED' });
    expect(found.ChecksumCRC32).toBeUndefined();
    expect((await get({ ChecksumMode: 'ENABLED' })).ChecksumCRC32).toBeDefined();
  });
});

describe('a condition', () => {
  test.each([
    ['If-Match of another ETag', { IfMatch: '"abc"' }, 412],
    ['If-Unmodified-Since before the upload', { IfUnmodifiedSince: earlier }, 412],
    ['If-None-Match: *', { IfNoneMatch: '*' }, 304],
    ['If-Modified-Since after the upload', { IfModifiedSince: later }, 304],
    ['If-Modified-Since in the second of the upload', { IfModifiedSince: UPLOADED }, 304],
  ])('%s is refused', async (_, condition, status) => {
    expect((await refusal(get(condition))).status).toBe(status);
    expect((await refusal(head(condition))).status).toBe(status);
  });

  test('If-None-Match of the ETag is 304, quoted or not, in a list too', async () => {
    for (const tag of [etag, etag.replaceAll('"', ''), `"x", ${etag}`]) {
      expect((await refusal(get({ IfNoneMatch: tag }))).status).toBe(304);
    }
  });

  test('on the ETag takes precedence over one on the date', async () => {
    const matching = await get({ IfMatch: etag, IfUnmodifiedSince: earlier });
    expect(await matching.Body?.transformToString()).toBe(BODY);
    const other = await get({ IfNoneMatch: '"abc"', IfModifiedSince: later });
    expect(await other.Body?.transformToString()).toBe(BODY);
  });
});

test('HEAD returns the headers of GET, with Last-Modified in seconds', async () => {
  const found = await head();
  expect(found).toMatchObject({ ContentLength: 10, ETag: etag });
  expect(found.LastModified?.toISOString()).toBe('2025-07-01T10:00:00.000Z');
});

test('HEAD of a range returns its length', async () => {
  expect(await head({ Range: 'bytes=2-4' })).toMatchObject({ ContentLength: 3 });
});

test('the query overrides stored headers', async () => {
  const found = await get({
    ResponseContentType: 'text/plain',
    ResponseContentDisposition: 'attachment; filename="a.csv"',
    ResponseCacheControl: 'no-cache',
  });
  expect(found).toMatchObject({
    ContentType: 'text/plain',
    ContentDisposition: 'attachment; filename="a.csv"',
    CacheControl: 'no-cache',
  });
});

test('rejects a line break in a header from the query', async () => {
  const request = get({ ResponseContentType: 'text/plain\r\nx-injected: 1' });
  expect(await refusal(request)).toEqual({ name: 'InvalidArgument', status: 400 });
});

test('a missing key is NoSuchKey for GET and 404 for HEAD', async () => {
  expect(await refusal(get({ Key: 'nothing' }))).toEqual({ name: 'NoSuchKey', status: 404 });
  expect(await refusal(head({ Key: 'nothing' }))).toEqual({ name: 'NotFound', status: 404 });
});

test('a missing bucket is NoSuchBucket', async () => {
  expect(await refusal(get({ Bucket: 'nothing-here' }))).toEqual({ name: 'NoSuchBucket', status: 404 });
});

test('part 1 of a simple object is the whole object; there is no part 2', async () => {
  expect(await (await get({ PartNumber: 1 })).Body?.transformToString()).toBe(BODY);
  expect(await refusal(get({ PartNumber: 2 }))).toEqual({ name: 'InvalidPartNumber', status: 416 });
});

test('a version other than null is rejected', async () => {
  expect(await refusal(get({ VersionId: 'abc' }))).toEqual({ name: 'InvalidArgument', status: 400 });
  expect(await (await get({ VersionId: 'null' })).Body?.transformToString()).toBe(BODY);
});
