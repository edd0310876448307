import { BUCKET } from 'local-aws/testing';
import { DeploymentError } from '../../../operations/errors';
import { uploadStream } from '../../../operations/files/upload';
import { s3Bucket } from '../../../storage/s3-bucket';
import { type FaultyS3, startFaultyS3 } from '../../builders/faulty-s3';

let s3: FaultyS3;
beforeEach(async () => {
  s3 = await startFaultyS3();
});
afterEach(() => s3.stop());

const KEY = 'input/orders.csv';
const MIB = 1024 ** 2;

const upload = (bytes: number, replace = false) => {
  async function* body() {
    for (let at = 0; at < bytes; at += MIB) yield Buffer.alloc(Math.min(MIB, bytes - at), 'x');
  }
  return uploadStream({ s3: s3.client, bucket: BUCKET }, { key: KEY, body: body(), replace });
};
const sizeOf = async () => (await s3Bucket(s3.client, BUCKET).head(KEY))?.size;

test('a file that is waiting is replaced only if this is confirmed', async () => {
  await upload(1);
  await expect(upload(2)).rejects.toThrow('a file is waiting under this key');
  expect(await sizeOf()).toBe(1);
  await upload(2, true);
  expect(await sizeOf()).toBe(2);
});

test('an upload in one request that meets a conflict is repeated', async () => {
  s3.conflict('PutObject', 2);
  await upload(3);
  expect(await sizeOf()).toBe(3);
  expect(s3.writes()).toEqual(['PutObject', 'PutObject', 'PutObject']);
});

test('an upload in parts that meets a conflict says so, and does not report a waiting file', async () => {
  s3.conflict('CompleteMultipartUpload');
  const failure = upload(17 * MIB);
  await expect(failure).rejects.toThrow(DeploymentError);
  await expect(failure).rejects.toThrow(
    `${KEY}: another request for this key was in progress; upload the file again`,
  );
  expect(await sizeOf()).toBeUndefined();
  await upload(17 * MIB);
  expect(await sizeOf()).toBe(17 * MIB);
});

test('an upload in parts finds a waiting file also after status 200, and fails with any other error', async () => {
  s3.failAfter200('CompleteMultipartUpload', 'PreconditionFailed');
  await expect(upload(17 * MIB)).rejects.toThrow('a file is waiting under this key');
  s3.failAfter200('CompleteMultipartUpload', 'InternalError');
  await expect(upload(17 * MIB)).rejects.toMatchObject({ name: 'InternalError' });
});
