import {
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { BUCKET, type TestServer } from 'local-aws/testing';
import { copyBack } from '../../storage/copy-back';
import { type CopySizes, copyObject, type ObjectCopy } from '../../storage/copy-object';
import { s3Bucket } from '../../storage/s3-bucket';
import { UnconfirmedWriteError } from '../../storage/s3-errors';
import { type FaultyS3, startFaultyS3 } from '../builders/faulty-s3';

const MIB = 1024 ** 2;
const FROM = 'archive/e1/orders.csv.gz';
const TO = 'input/orders.csv.gz';
/** No two parts of it are alike. */
const body = Buffer.from(Uint32Array.from({ length: (11 * MIB) / 4 }, (_, at) => at).buffer);

let s3: FaultyS3;
let server: Pick<TestServer, 'client'>;
let bucket: ReturnType<typeof s3Bucket>;
let copy: ObjectCopy;

beforeAll(async () => {
  s3 = await startFaultyS3();
  server = s3;
  bucket = s3Bucket(server.client, BUCKET);
  const own = { ContentType: 'text/csv', ContentEncoding: 'gzip', Metadata: { sender: 'till 7' } };
  await server.client.send(
    new PutObjectCommand({ Bucket: BUCKET, Key: FROM, Body: body, Tagging: 'team=shop%20eu', ...own }),
  );
  const { etag = '' } = (await bucket.head(FROM)) ?? {};
  copy = { bucket: BUCKET, from: FROM, to: TO, etag, size: body.length };
});
beforeEach(() => bucket.delete(TO));
afterEach(() => s3.faults.plan.clear());
afterAll(() => s3.stop());

const head = () => server.client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: TO }));
const unfinished = async () =>
  (await server.client.send(new ListMultipartUploadsCommand({ Bucket: BUCKET }))).Uploads ?? [];

describe.each<[string, CopySizes]>([
  ['in one request', {}],
  ['in parts', { maxBytesPerRequest: 10 * MIB, partBytes: 5 * MIB }],
])('a copy %s', (_, sizes) => {
  test('has every byte, its headers and tags', async () => {
    await copyObject(server.client, copy, sizes);
    expect(Buffer.from((await bucket.get(TO)) ?? []).equals(body)).toBe(true);
    expect(await head()).toMatchObject({
      ContentType: 'text/csv',
      ContentEncoding: 'gzip',
      Metadata: { sender: 'till 7' },
      ETag: sizes.partBytes === undefined ? `"${copy.etag}"` : expect.stringMatching(/-3"$/),
    });
    const { TagSet } = await server.client.send(new GetObjectTaggingCommand({ Bucket: BUCKET, Key: TO }));
    expect(TagSet).toEqual([{ Key: 'team', Value: 'shop eu' }]);
  });

  test('of another version is refused', async () => {
    const another = { ...copy, etag: '0'.repeat(32) };
    await expect(copyObject(server.client, another, sizes)).rejects.toMatchObject({
      $metadata: { httpStatusCode: 412 },
    });
    expect(await bucket.head(TO)).toBeUndefined();
  });

  test('that is to be new leaves what lies there', async () => {
    await bucket.put(TO, 'newer');
    await expect(copyObject(server.client, { ...copy, isNew: true }, sizes)).rejects.toMatchObject({
      $metadata: { httpStatusCode: 412 },
    });
    expect(Buffer.from((await bucket.get(TO)) ?? []).toString()).toBe('newer');
    expect(await unfinished()).toEqual([]);
  });

  test('back below input/ tells which upload it repeats, and is made once', async () => {
    const again = () =>
      copyBack({ archived: FROM, key: TO }, (repeats) => repeats ?? '2025-03-30T12:00:00.000Z', {
        client: server.client,
        bucket: BUCKET,
        sizes,
      });
    const uploaded_at = '2025-03-30T12:00:00.000Z';
    expect(await again()).toEqual({ outcome: 'replayed', uploaded_at });
    expect(await head()).toMatchObject({
      ContentType: 'text/csv',
      ContentEncoding: 'gzip',
      Metadata: { sender: 'till 7', 'daybook-uploaded-at': uploaded_at },
    });
    expect(await again()).toEqual({ outcome: 'left', uploaded_at });
    expect(await unfinished()).toEqual([]);
  });
});

describe.each([
  ['in one request', 'CopyObject', {}],
  ['in parts', 'CompleteMultipartUpload', { maxBytesPerRequest: 10 * MIB, partBytes: 5 * MIB }],
])('a copy %s', (_, last, sizes) => {
  const back = () =>
    copyBack({ archived: FROM, key: TO }, () => '2025-03-30T12:00:00.000Z', {
      client: s3.client,
      bucket: BUCKET,
      sizes,
    });

  test('back below input/ that meets a conflict is made again', async () => {
    s3.conflict(last);
    expect(await back()).toMatchObject({ outcome: 'replayed' });
    expect(Buffer.from((await bucket.get(TO)) ?? []).equals(body)).toBe(true);
    expect(s3.faults.plan.fired).toHaveLength(1);
    expect(await unfinished()).toEqual([]);
  });

  test('back below input/ that meets conflicts without an end fails', async () => {
    jest.spyOn(Math, 'random').mockReturnValue(0);
    try {
      s3.conflict(last, 6);
      await expect(back()).rejects.toMatchObject({ name: 'ConditionalRequestConflict' });
      expect(await bucket.head(TO)).toBeUndefined();
      expect(await unfinished()).toEqual([]);
    } finally {
      jest.restoreAllMocks();
    }
  });

  test('back below input/ that finds another file after status 200 leaves it', async () => {
    s3.failAfter200(last, 'PreconditionFailed');
    expect(await back()).toMatchObject({ outcome: 'left' });
  });

  test.each(['InternalError', 'SlowDown'])('fails with %s if S3 answers so with status 200', async (code) => {
    s3.failAfter200(last, code);
    await expect(copyObject(s3.client, copy, sizes)).rejects.toMatchObject({ name: code });
    expect(await bucket.head(TO)).toBeUndefined();
    expect(await unfinished()).toEqual([]);
  });

  test('fails if S3 does not confirm it', async () => {
    const silent: S3Client = new Proxy(s3.client, {
      get: (target, name) => {
        if (name !== 'send') return Reflect.get(target, name, target);
        return async (command: PutObjectCommand) =>
          command.constructor.name === `${last}Command` ? {} : target.send(command);
      },
    });
    await expect(copyObject(silent, copy, sizes)).rejects.toThrow(UnconfirmedWriteError);
  });
});

test('a copy in parts fails if a part fails after status 200', async () => {
  s3.failAfter200('UploadPartCopy');
  const sizes = { maxBytesPerRequest: 10 * MIB, partBytes: 5 * MIB };
  await expect(copyObject(s3.client, copy, sizes)).rejects.toMatchObject({ name: 'InternalError' });
  expect(await unfinished()).toEqual([]);
});

test('there is nothing to copy back of a file that is gone', async () => {
  const file = { archived: 'archive/e1/gone.csv', key: TO };
  const uploadedAt = () => '2025-03-30T12:00:00.000Z';
  expect(await copyBack(file, uploadedAt, { client: server.client, bucket: BUCKET })).toBeUndefined();
});
