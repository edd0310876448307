import { createHash, randomBytes } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  type ChecksumAlgorithm,
  CompleteMultipartUploadCommand,
  type CompleteMultipartUploadCommandInput,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { BUCKET, QUEUE, refusal, startServer, type TestServer } from '../../src/testing/s3-server';

const MIB = 1024 * 1024;
const FIRST = randomBytes(5 * MIB);
const SECOND = Buffer.from('the rest');
let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const md5 = (...pieces: Buffer[]) => createHash('md5').update(Buffer.concat(pieces)).digest();
const combined = (...parts: Buffer[]) =>
  `"${md5(...parts.map((part) => md5(part))).toString('hex')}-${parts.length}"`;

async function begin(Key: string, more: Partial<CreateMultipartUploadCommandInput> = {}) {
  const { UploadId } = await server.client.send(
    new CreateMultipartUploadCommand({ Bucket: BUCKET, Key, ...more }),
  );
  const target = { Bucket: BUCKET, Key, UploadId };
  return {
    target,
    part: async (PartNumber: number, Body: Buffer, more: { ChecksumAlgorithm?: ChecksumAlgorithm } = {}) => {
      const answer = await server.client.send(
        new UploadPartCommand({ ...target, PartNumber, Body, ...more }),
      );
      const { ETag, ChecksumCRC32, ChecksumSHA256, ChecksumCRC64NVME } = answer;
      return { PartNumber, ETag, ChecksumCRC32, ChecksumSHA256, ChecksumCRC64NVME };
    },
    complete: (
      Parts: { PartNumber?: number; ETag?: string | undefined }[],
      more: Partial<CompleteMultipartUploadCommandInput> = {},
    ) =>
      server.client.send(
        new CompleteMultipartUploadCommand({
          ...target,
          MultipartUpload: { Parts: Parts as { PartNumber: number; ETag: string }[] },
          ...more,
        }),
      ),
  };
}
const bytesOf = async (Key: string, more = {}) => {
  const found = await server.client.send(new GetObjectCommand({ Bucket: BUCKET, Key, ...more }));
  return Buffer.from((await found.Body?.transformToByteArray()) ?? []);
};

test('joins the parts in order, with the ETag of their ETags', async () => {
  const upload = await begin('joined', { ContentType: 'text/csv', Metadata: { a: 'b' } });
  const second = await upload.part(2, SECOND);
  const first = await upload.part(1, FIRST);
  const { ETag } = await upload.complete([first, second]);
  expect(ETag).toBe(combined(FIRST, SECOND));
  expect((await bytesOf('joined')).equals(Buffer.concat([FIRST, SECOND]))).toBe(true);
  const head = await server.client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: 'joined' }));
  expect(head).toMatchObject({ ETag, ContentType: 'text/csv', Metadata: { a: 'b' } });
  expect((await bytesOf('joined', { PartNumber: 2 })).equals(SECOND)).toBe(true);
});

test('a copy of it has the MD5 of all bytes as its ETag', async () => {
  const copied = await server.client.send(
    new CopyObjectCommand({ Bucket: BUCKET, Key: 'joined-copy', CopySource: `${BUCKET}/joined` }),
  );
  expect(copied.CopyObjectResult?.ETag).toBe(`"${md5(FIRST, SECOND).toString('hex')}"`);
});

test('lib-storage uploads a large body in parts', async () => {
  const Body = randomBytes(11 * MIB);
  await new Upload({ client: server.client, params: { Bucket: BUCKET, Key: 'library', Body } }).done();
  expect((await bytesOf('library')).equals(Body)).toBe(true);
});

test.each([
  ['CRC32', 'COMPOSITE'],
  ['SHA256', 'COMPOSITE'],
  ['CRC32', 'FULL_OBJECT'],
  ['CRC64NVME', 'FULL_OBJECT'],
] as const)('keeps the %s of an upload, %s', async (ChecksumAlgorithm, ChecksumType) => {
  const key = `${ChecksumAlgorithm}-${ChecksumType}`;
  const upload = await begin(key, { ChecksumAlgorithm, ChecksumType });
  const parts = [
    await upload.part(1, FIRST, { ChecksumAlgorithm }),
    await upload.part(2, SECOND, { ChecksumAlgorithm }),
  ];
  const completed = await upload.complete(parts);
  const name = `Checksum${ChecksumAlgorithm}` as const;
  expect(completed[name]).toMatch(ChecksumType === 'COMPOSITE' ? /-2$/ : /=$/);
  expect(completed.ChecksumType).toBe(ChecksumType);
  // The client validates reads with a FULL_OBJECT checksum.
  expect((await bytesOf(key, { ChecksumMode: 'ENABLED' })).length).toBe(FIRST.length + SECOND.length);
});

test('rejects a wrong object checksum, and keeps the upload', async () => {
  const upload = await begin('full', { ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' });
  const part = await upload.part(1, SECOND, { ChecksumAlgorithm: 'CRC32' });
  const wrong = upload.complete([part], { ChecksumCRC32: 'AAAAAA==', ChecksumType: 'FULL_OBJECT' });
  expect(await refusal(wrong)).toEqual({ name: 'BadDigest', status: 400 });
  await upload.complete([part], { ChecksumCRC32: part.ChecksumCRC32, ChecksumType: 'FULL_OBJECT' });
});

test('a part uploaded again replaces the earlier one', async () => {
  const upload = await begin('again');
  const before = await upload.part(1, Buffer.from('before'));
  const after = await upload.part(1, Buffer.from('after'));
  expect(await refusal(upload.complete([before]))).toEqual({ name: 'InvalidPart', status: 400 });
  await upload.complete([after]);
  expect((await bytesOf('again')).toString()).toBe('after');
});

test('rejects unordered, unknown, missing and too small parts', async () => {
  const upload = await begin('bad-parts');
  const one = await upload.part(1, Buffer.from('small'));
  const two = await upload.part(2, SECOND);
  const refused = async (...parts: { PartNumber: number; ETag?: string | undefined }[]) =>
    (await refusal(upload.complete(parts))).name;
  expect(await refused(two, one)).toBe('InvalidPartOrder');
  expect(await refused(one, one)).toBe('InvalidPartOrder');
  expect(await refused({ PartNumber: 7, ETag: '"abc"' })).toBe('InvalidPart');
  expect(await refused()).toBe('MalformedXML');
  expect(await refused(one, two)).toBe('EntityTooSmall');
  expect(await refusal(upload.part(0, SECOND))).toEqual({ name: 'InvalidArgument', status: 400 });
  expect(await refusal(upload.part(10_001, SECOND))).toEqual({ name: 'InvalidArgument', status: 400 });
});

test('completing it again returns the same response while its object exists, without effect', async () => {
  const own = await startServer();
  const target = { Bucket: BUCKET, Key: 'again' };
  await own.service.setNotification(BUCKET, {
    queueConfigurations: [{ id: 'all', queueArn: QUEUE, events: ['s3:ObjectCreated:*'], filterRules: [] }],
  });
  const { UploadId } = await own.client.send(new CreateMultipartUploadCommand(target));
  const part = new UploadPartCommand({ ...target, UploadId, PartNumber: 1, Body: SECOND });
  const { ETag } = await own.client.send(part);
  const complete = new CompleteMultipartUploadCommand({
    ...target,
    UploadId,
    MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] },
    IfNoneMatch: '*',
  });
  const first = await own.client.send(complete);
  const { LastModified } = await own.client.send(new HeadObjectCommand(target));
  expect((await own.client.send(complete)).ETag).toBe(first.ETag);
  expect(own.delivered).toHaveLength(1);
  await own.halt();

  const restarted = await startServer({ directory: own.directory });
  expect((await restarted.client.send(complete)).ETag).toBe(first.ETag);
  expect((await restarted.client.send(new HeadObjectCommand(target))).LastModified).toEqual(LastModified);
  await restarted.client.send(new PutObjectCommand({ ...target, Body: 'newer' }));
  expect(await refusal(restarted.client.send(complete))).toEqual({ name: 'NoSuchUpload', status: 404 });
  await restarted.stop();
});

test('completes under a condition, and keeps the upload if the condition fails', async () => {
  await server.client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'condition', Body: 'x' }));
  const upload = await begin('condition');
  const part = await upload.part(1, SECOND);
  expect(await refusal(upload.complete([part], { IfNoneMatch: '*' }))).toEqual({
    name: 'PreconditionFailed',
    status: 412,
  });
  expect(await refusal(upload.complete([part], { IfMatch: '"abc"' }))).toMatchObject({ status: 412 });
  await upload.complete([part], { IfMatch: `"${md5(Buffer.from('x')).toString('hex')}"` });
  expect((await bytesOf('condition')).equals(SECOND)).toBe(true);
});

test('lists uploads and parts, also in pages, until the upload is aborted', async () => {
  const upload = await begin('listed/one');
  await begin('listed/two');
  for (const number of [3, 1, 2]) await upload.part(number, SECOND);
  const parts = await server.client.send(new ListPartsCommand({ ...upload.target, MaxParts: 2 }));
  expect(parts.Parts?.map(({ PartNumber }) => PartNumber)).toEqual([1, 2]);
  expect(parts).toMatchObject({ IsTruncated: true, NextPartNumberMarker: '2' });

  const list = async (more = {}) =>
    server.client.send(new ListMultipartUploadsCommand({ Bucket: BUCKET, Prefix: 'listed/', ...more }));
  expect((await list()).Uploads?.map(({ Key }) => Key)).toEqual(['listed/one', 'listed/two']);
  const first = await list({ MaxUploads: 1 });
  const next = await list({ KeyMarker: first.NextKeyMarker, UploadIdMarker: first.NextUploadIdMarker });
  expect(next.Uploads?.map(({ Key }) => Key)).toEqual(['listed/two']);

  await server.client.send(new AbortMultipartUploadCommand(upload.target));
  expect((await list()).Uploads?.map(({ Key }) => Key)).toEqual(['listed/two']);
  expect(await refusal(server.client.send(new ListPartsCommand(upload.target)))).toMatchObject({
    status: 404,
  });
  expect(await refusal(upload.part(1, SECOND))).toEqual({ name: 'NoSuchUpload', status: 404 });
});

test('copies parts from another object, whole or by range', async () => {
  await server.client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'source', Body: FIRST }));
  const upload = await begin('from-copies');
  const copy = async (PartNumber: number, CopySourceRange?: string) => {
    const { CopyPartResult } = await server.client.send(
      new UploadPartCopyCommand({
        ...upload.target,
        PartNumber,
        CopySource: `${BUCKET}/source`,
        CopySourceRange,
      }),
    );
    return { PartNumber, ETag: CopyPartResult?.ETag };
  };
  await upload.complete([await copy(1), await copy(2, 'bytes=10-19')]);
  expect((await bytesOf('from-copies')).equals(Buffer.concat([FIRST, FIRST.subarray(10, 20)]))).toBe(true);
  expect(await refusal(copy(1, 'bytes=0-99999999'))).toMatchObject({ name: 'NoSuchUpload' });
  const other = await begin('bad-range');
  const beyond = server.client.send(
    new UploadPartCopyCommand({
      ...other.target,
      PartNumber: 1,
      CopySource: `${BUCKET}/source`,
      CopySourceRange: 'bytes=0-99999999',
    }),
  );
  expect(await refusal(beyond)).toEqual({ name: 'InvalidArgument', status: 400 });
});

test('continues after a restart', async () => {
  const own = await startServer();
  const create = new CreateMultipartUploadCommand({ Bucket: BUCKET, Key: 'restarted' });
  const { UploadId } = await own.client.send(create);
  const target = { Bucket: BUCKET, Key: 'restarted', UploadId };
  const first = await own.client.send(new UploadPartCommand({ ...target, PartNumber: 1, Body: FIRST }));
  await own.halt();
  const next = await startServer({ directory: own.directory });
  try {
    await next.service.setNotification(BUCKET, {
      queueConfigurations: [{ id: 'q', queueArn: QUEUE, events: ['s3:ObjectCreated:*'], filterRules: [] }],
    });
    const second = await next.client.send(new UploadPartCommand({ ...target, PartNumber: 2, Body: SECOND }));
    const Parts = [first, second].map(({ ETag }, i) => ({ ETag, PartNumber: i + 1 }));
    const done = await next.client.send(
      new CompleteMultipartUploadCommand({ ...target, MultipartUpload: { Parts } }),
    );
    expect(done.ETag).toBe(combined(FIRST, SECOND));
    expect(JSON.parse(next.delivered[0]?.body ?? '').Records[0]).toMatchObject({
      eventName: 'ObjectCreated:CompleteMultipartUpload',
      s3: { object: { key: 'restarted', size: FIRST.length + SECOND.length } },
    });
  } finally {
    await next.stop();
  }
});
