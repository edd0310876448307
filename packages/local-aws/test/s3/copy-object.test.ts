import {
  CopyObjectCommand,
  type CopyObjectCommandInput,
  GetObjectCommand,
  GetObjectTaggingCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
} from '@aws-sdk/client-s3';
import { percentEncode } from '../../src/s3/listing';
import { BUCKET, refusal, startServer, type TestServer } from '../../src/testing/s3-server';

const AWKWARD = 'in/ä b+c%20\'"; ../\u{1f600}.csv';
let server: TestServer;
let etag: string;

beforeAll(async () => {
  server = await startServer();
  await server.service.createBucket('other');
  const put = await server.client.send(
    new PutObjectCommand({
      Bucket: BUCKET,
      Key: AWKWARD,
      Body: 'data',
      ContentType: 'text/csv',
      Metadata: { from: 'till' },
      Tagging: 'shop=7&kind=a+b',
    }),
  );
  etag = put.ETag ?? '';
});
afterAll(() => server.stop());

const copy = (Key: string, more: Partial<CopyObjectCommandInput> = {}) =>
  server.client.send(
    new CopyObjectCommand({
      Bucket: BUCKET,
      Key,
      CopySource: percentEncode(`${BUCKET}/${AWKWARD}`),
      ...more,
    }),
  );
const get = (Key: string, Bucket = BUCKET) => server.client.send(new GetObjectCommand({ Bucket, Key }));

test('copies bytes, headers, metadata and tags', async () => {
  const { CopyObjectResult } = await copy('copied');
  expect(CopyObjectResult?.ETag).toBe(etag);
  const found = await get('copied');
  expect(await found.Body?.transformToString()).toBe('data');
  expect(found).toMatchObject({ ContentType: 'text/csv', Metadata: { from: 'till' }, TagCount: 2 });
  const { TagSet } = await server.client.send(new GetObjectTaggingCommand({ Bucket: BUCKET, Key: 'copied' }));
  expect(TagSet).toEqual([
    { Key: 'shop', Value: '7' },
    { Key: 'kind', Value: 'a b' },
  ]);
});

test('the copy is independent of its source', async () => {
  await server.client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'source', Body: 'old' }));
  await copy('independent', { CopySource: `/${BUCKET}/source` });
  await server.client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'source', Body: 'new' }));
  expect(await (await get('independent')).Body?.transformToString()).toBe('old');
});

test('copies between buckets', async () => {
  await copy('elsewhere', { Bucket: 'other' });
  expect(await (await get('elsewhere', 'other')).Body?.transformToString()).toBe('data');
});

test('REPLACE sets other headers and metadata, also for a copy onto itself', async () => {
  await copy('self');
  const self = { CopySource: `${BUCKET}/self` };
  expect(await refusal(copy('self', self))).toEqual({ name: 'InvalidRequest', status: 400 });
  await copy('self', {
    ...self,
    MetadataDirective: 'REPLACE',
    ContentType: 'text/plain',
    Metadata: { x: 'y' },
  });
  const found = await get('self');
  expect(found).toMatchObject({ ContentType: 'text/plain', Metadata: { x: 'y' } });
  expect(await found.Body?.transformToString()).toBe('data');
});

describe('a condition on the source', () => {
  const past = new Date(Date.now() - 3_600_000);
  const future = new Date(Date.now() + 3_600_000);

  test.each([
    ['if-match of another ETag', { CopySourceIfMatch: '"abc"' }],
    ['if-none-match of any', { CopySourceIfNoneMatch: '*' }],
    ['if-modified-since later', { CopySourceIfModifiedSince: future }],
    ['if-unmodified-since earlier', { CopySourceIfUnmodifiedSince: past }],
  ])('%s is 412 and copies nothing', async (_, condition) => {
    expect(await refusal(copy('refused', condition))).toEqual({ name: 'PreconditionFailed', status: 412 });
    expect(await refusal(get('refused'))).toMatchObject({ status: 404 });
  });

  test('that holds allows the copy', async () => {
    await copy('held', {
      CopySourceIfMatch: etag.replaceAll('"', ''),
      CopySourceIfUnmodifiedSince: past,
      CopySourceIfModifiedSince: past,
    });
    expect(await (await get('held')).Body?.transformToString()).toBe('data');
  });
});

test('conditions on the destination apply as for a put', async () => {
  await copy('there');
  expect(await refusal(copy('there', { IfNoneMatch: '*' }))).toMatchObject({ status: 412 });
  expect(await refusal(copy('not-there', { IfMatch: etag }))).toEqual({ name: 'NoSuchKey', status: 404 });
});

test.each([
  ['a key that is not there', `${BUCKET}/nothing`, 'NoSuchKey'],
  ['a bucket that is not there', 'nothing/key', 'NoSuchBucket'],
  ['no key', BUCKET, 'InvalidArgument'],
  ['a bad escape', `${BUCKET}/%ff`, 'InvalidArgument'],
])('refuses %s as source', async (_, source, name) => {
  expect(await refusal(copy('x', { CopySource: source }))).toMatchObject({ name });
});

test('replacing tags does not create a new version', async () => {
  await copy('tagged');
  const before = await get('tagged');
  const TagSet = [{ Key: 'a & b', Value: '<c> ]]> \u{1f600}' }];
  await server.client.send(
    new PutObjectTaggingCommand({ Bucket: BUCKET, Key: 'tagged', Tagging: { TagSet } }),
  );
  const found = await server.client.send(new GetObjectTaggingCommand({ Bucket: BUCKET, Key: 'tagged' }));
  expect(found.TagSet).toEqual(TagSet);
  const after = await get('tagged');
  expect(after.LastModified).toEqual(before.LastModified);
  expect(await after.Body?.transformToString()).toBe('data');
});

test('a put without tags removes those of the object it replaces', async () => {
  await copy('replaced');
  await server.client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'replaced', Body: 'new' }));
  expect((await get('replaced')).TagCount).toBeUndefined();
});
