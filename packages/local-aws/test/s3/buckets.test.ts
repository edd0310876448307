import {
  CreateBucketCommand,
  DeleteBucketCommand,
  GetBucketAclCommand,
  GetBucketLocationCommand,
  GetBucketVersioningCommand,
  GetObjectAttributesCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  ListObjectVersionsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { BUCKET, refusal, startServer, type TestServer } from '../../src/testing/s3-server';
import { clientConfig } from '../../src/testing/scene';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

test('a bucket is created, found, listed and deleted', async () => {
  const { client } = server;
  await client.send(new CreateBucketCommand({ Bucket: 'fresh' }));
  await client.send(
    new CreateBucketCommand({
      Bucket: 'fresh',
      CreateBucketConfiguration: { LocationConstraint: 'eu-central-1' },
    }),
  );
  const head = await client.send(new HeadBucketCommand({ Bucket: 'fresh' }));
  expect(head.BucketRegion).toBe('us-east-1');
  const { Buckets } = await client.send(new ListBucketsCommand({}));
  expect(Buckets?.map(({ Name }) => Name)).toEqual(['fresh', BUCKET]);
  await client.send(new DeleteBucketCommand({ Bucket: 'fresh' }));
  expect(await refusal(client.send(new HeadBucketCommand({ Bucket: 'fresh' })))).toEqual({
    name: 'NotFound',
    status: 404,
  });
});

test('buckets are listed in pages', async () => {
  const { client } = server;
  const names = ['page-a', 'page-b', 'page-c'];
  for (const Bucket of names) await client.send(new CreateBucketCommand({ Bucket }));
  const list = (ContinuationToken?: string, MaxBuckets = 2) =>
    client.send(new ListBucketsCommand({ Prefix: 'page-', MaxBuckets, ContinuationToken }));
  const first = await list();
  expect(first.Buckets?.map(({ Name }) => Name)).toEqual(['page-a', 'page-b']);
  const second = await list(first.ContinuationToken);
  expect(second.Buckets?.map(({ Name }) => Name)).toEqual(['page-c']);
  expect(second.ContinuationToken).toBeUndefined();
  expect((await list(undefined, 3)).ContinuationToken).toBeUndefined();
  expect(await refusal(list('nonsense'))).toEqual({ name: 'InvalidArgument', status: 400 });
  expect(await refusal(list(undefined, 0))).toEqual({ name: 'InvalidArgument', status: 400 });
  for (const Bucket of names) await client.send(new DeleteBucketCommand({ Bucket }));
});

test('a bucket that is not empty is not deleted', async () => {
  await server.client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'k', Body: 'x' }));
  const request = server.client.send(new DeleteBucketCommand({ Bucket: BUCKET }));
  expect(await refusal(request)).toEqual({ name: 'BucketNotEmpty', status: 409 });
});

test.each(['No', 'UPPER', 'a', 'x'.repeat(64), 'a..b', '-ab', 'ab-', 'a_b', '10.0.0.1', '..', 'a/../b'])(
  'rejects the bucket name %s',
  async (name) => {
    await expect(server.service.createBucket(name)).rejects.toMatchObject({ code: 'InvalidBucketName' });
  },
);

test('returns region and versioning', async () => {
  const location = await server.client.send(new GetBucketLocationCommand({ Bucket: BUCKET }));
  expect(location.LocationConstraint).toBeUndefined();
  const versioning = await server.client.send(new GetBucketVersioningCommand({ Bucket: BUCKET }));
  expect(versioning.Status).toBeUndefined();
});

test('reads the bucket from the host name', async () => {
  for (const host of ['localhost', 's3.localhost']) {
    const client = new S3Client({
      ...clientConfig(`http://${host}:${server.port}`),
      requestHandler: {
        httpAgent: {
          lookup: (_: string, options: { all?: boolean }, done: (...answer: unknown[]) => void) =>
            options.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4),
        },
      },
    });
    await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: `virtual/${host}`, Body: 'x' }));
    client.destroy();
  }
  const keys: string[] = [];
  for await (const { key } of server.service.listObjects(BUCKET, 'virtual/')) keys.push(key);
  expect(keys).toEqual(['virtual/localhost', 'virtual/s3.localhost']);
});

test.each([
  ['GetBucketAcl', new GetBucketAclCommand({ Bucket: BUCKET })],
  ['PutObjectAcl', new PutObjectAclCommand({ Bucket: BUCKET, Key: 'k', ACL: 'private' })],
  ['ListObjectVersions', new ListObjectVersionsCommand({ Bucket: BUCKET })],
  [
    'GetObjectAttributes',
    new GetObjectAttributesCommand({ Bucket: BUCKET, Key: 'k', ObjectAttributes: ['ETag'] }),
  ],
  [
    'PutBucketLifecycleConfiguration',
    new PutBucketLifecycleConfigurationCommand({ Bucket: BUCKET, LifecycleConfiguration: { Rules: [] } }),
  ],
])('%s, which is not served, is NotImplemented and named', async (name, command) => {
  const error = await server.client.send(command as GetBucketAclCommand).catch((cause: Error) => cause);
  expect(error).toMatchObject({ name: 'NotImplemented', $metadata: { httpStatusCode: 501 } });
  expect((error as Error).message).toContain(name);
});
