import { Readable } from 'node:stream';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { BUCKET } from 'local-aws/testing';
import type { Bucket } from '../../storage/bucket';
import { isConflict } from '../../storage/conflicts';
import { s3Bucket } from '../../storage/s3-bucket';
import { type FaultyS3, startFaultyS3 } from '../builders/faulty-s3';

let s3: FaultyS3;
let bucket: Bucket;

beforeEach(async () => {
  s3 = await startFaultyS3();
  bucket = s3Bucket(s3.client, BUCKET);
  // No waiting between attempts.
  jest.spyOn(Math, 'random').mockReturnValue(0);
});
afterEach(async () => {
  jest.restoreAllMocks();
  await s3.stop();
});

const text = async (key: string) => Buffer.from((await bucket.get(key)) ?? []).toString();
const target = { Bucket: BUCKET, Key: 'a' };

describe('a write that meets conflicts', () => {
  test('creates the object once they are over', async () => {
    s3.conflict('PutObject', 5);
    expect(await bucket.putIfAbsent('a', 'ours')).toBe('created');
    expect(await text('a')).toBe('ours');
    expect(s3.writes()).toHaveLength(6);
  });

  test('finds the object of the writer that came first', async () => {
    await bucket.put('a', 'theirs');
    s3.conflict('PutObject');
    expect(await bucket.putIfAbsent('a', 'ours')).toBe('exists');
    expect(await text('a')).toBe('theirs');
  });

  test('fails with the conflict if they do not end, and does not report an object', async () => {
    s3.conflict('PutObject', 6);
    const failure = await bucket.putIfAbsent('a', 'ours').catch((error: unknown) => error);
    expect(isConflict(failure)).toBe(true);
    expect(s3.writes()).toHaveLength(6);
    expect(await bucket.head('a')).toBeUndefined();
  });

  test('is repeated only for them, and not for another error', async () => {
    s3.faults.plan.put({ operation: 'PutObject', effect: { do: 'refuse', attempts: 3 } });
    await expect(bucket.putIfAbsent('a', 'ours')).rejects.toMatchObject({ name: 'InternalError' });
    expect(s3.writes()).toEqual(['PutObject']);
  });

  test('is repeated if it is a copy or a delete, or if the conflict comes after status 200', async () => {
    await bucket.put('from', 'x');
    s3.conflict('CopyObject');
    await s3.client.send(
      new CopyObjectCommand({ ...target, CopySource: `${BUCKET}/from`, IfNoneMatch: '*' }),
    );
    s3.failAfter200('CopyObject', 'ConditionalRequestConflict');
    await s3.client.send(new CopyObjectCommand({ ...target, Key: 'b', CopySource: `${BUCKET}/from` }));
    expect([await text('a'), await text('b')]).toEqual(['x', 'x']);
    s3.conflict('DeleteObject');
    await s3.client.send(new DeleteObjectCommand({ ...target, IfMatch: '*' }));
    expect(await bucket.head('a')).toBeUndefined();
  });

  test('is not repeated if its body is a stream, or if it completes a multipart upload', async () => {
    // The SDK says that it cannot repeat a stream either.
    jest.spyOn(console, 'warn').mockImplementation();
    s3.conflict('PutObject');
    const Body = Readable.from([Buffer.from('x')]);
    const put = new PutObjectCommand({ ...target, Body, ContentLength: 1, IfNoneMatch: '*' });
    await expect(s3.client.send(put)).rejects.toMatchObject({ name: 'ConditionalRequestConflict' });
    const { UploadId } = await s3.client.send(new CreateMultipartUploadCommand(target));
    const { ETag } = await s3.client.send(
      new UploadPartCommand({ ...target, UploadId, PartNumber: 1, Body: Buffer.from('x') }),
    );
    s3.conflict('CompleteMultipartUpload');
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
    const complete = new CompleteMultipartUploadCommand({
      ...target,
      UploadId,
      IfNoneMatch: '*',
      MultipartUpload,
    });
    await expect(s3.client.send(complete)).rejects.toMatchObject({ name: 'ConditionalRequestConflict' });
    expect(s3.writes()).toEqual([
      'PutObject',
      'CreateMultipartUpload',
      'UploadPart',
      'CompleteMultipartUpload',
    ]);
  });
});
