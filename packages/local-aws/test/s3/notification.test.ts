import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  type Event,
  GetBucketNotificationConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { ListedObject } from '../../src/s3/service';
import { BUCKET, QUEUE, refusal, startServer, type TestServer } from '../../src/testing/s3-server';

const CONFIGURATION = {
  queueConfigurations: [
    {
      id: 'intake',
      queueArn: QUEUE,
      events: ['s3:ObjectCreated:*'],
      filterRules: [{ name: 'prefix', value: 'input/' } as const, { name: 'suffix', value: '.csv' } as const],
    },
  ],
};
let server: TestServer;
beforeEach(async () => {
  server = await startServer();
  await server.service.setNotification(BUCKET, CONFIGURATION);
});
afterEach(() => server.stop());

const put = (Key: string, Body = 'x') =>
  server.client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body }));
async function listed() {
  const objects: ListedObject[] = [];
  for await (const object of server.service.listObjects(BUCKET, '')) objects.push(object);
  return objects;
}
const records = () => server.delivered.map(({ body }) => JSON.parse(body).Records[0]);

test('a put sends an S3 event with the time of the object', async () => {
  const { ETag } = await put('input/a b+c%.csv', 'four');
  const [stored] = await listed();
  expect(server.delivered).toHaveLength(1);
  expect(server.delivered[0]?.queueArn).toBe(QUEUE);
  expect(records()[0]).toMatchObject({
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    awsRegion: 'us-east-1',
    eventTime: stored?.lastModified.toISOString(),
    eventName: 'ObjectCreated:Put',
    s3: {
      configurationId: 'intake',
      bucket: { name: BUCKET, arn: `arn:aws:s3:::${BUCKET}` },
      object: { key: 'input/a+b%2Bc%25.csv', size: 4, eTag: ETag?.replaceAll('"', '') },
    },
  });
});

test('only keys that match the filter send events', async () => {
  for (const key of ['input/a.txt', 'other/a.csv', 'input.csv', 'input/deep/a.csv']) await put(key);
  expect(records().map((record) => record.s3.object.key)).toEqual(['input/deep/a.csv']);
});

test('copies and multipart uploads have their own event names; a failed write sends none', async () => {
  await put('source');
  await server.client.send(
    new CopyObjectCommand({ Bucket: BUCKET, Key: 'input/copy.csv', CopySource: `${BUCKET}/source` }),
  );
  const target = { Bucket: BUCKET, Key: 'input/parts.csv' };
  const { UploadId } = await server.client.send(new CreateMultipartUploadCommand(target));
  const part = { ...target, UploadId };
  const { ETag } = await server.client.send(new UploadPartCommand({ ...part, PartNumber: 1, Body: 'x' }));
  const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
  await server.client.send(new CompleteMultipartUploadCommand({ ...part, MultipartUpload }));
  const again = new PutObjectCommand({ ...target, Body: 'y', IfNoneMatch: '*' });
  expect(await refusal(server.client.send(again))).toMatchObject({ status: 412 });
  expect(records().map((record) => record.eventName)).toEqual([
    'ObjectCreated:Copy',
    'ObjectCreated:CompleteMultipartUpload',
  ]);
});

test('removals send configured events, and only for existing objects', async () => {
  await server.service.setNotification(BUCKET, {
    queueConfigurations: [
      { id: 'removed', queueArn: QUEUE, events: ['s3:ObjectRemoved:Delete'], filterRules: [] },
    ],
  });
  await put('input/a.csv');
  for (let i = 0; i < 2; i++) {
    await server.client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: 'input/a.csv' }));
  }
  expect(records().map((record) => record.eventName)).toEqual(['ObjectRemoved:Delete']);
  expect(records()[0].s3.object).toEqual({ key: 'input/a.csv', sequencer: expect.any(String) });
});

test('sequencers increase with each event, also after a restart', async () => {
  for (let i = 0; i < 5; i++) await put('input/a.csv');
  await server.halt();
  const before = records();
  server = await startServer({ directory: server.directory, clock: () => new Date(0) });
  for (let i = 0; i < 5; i++) await put('input/a.csv');
  const sequencers = [...before, ...records()].map((record) => record.s3.object.sequencer);
  expect(sequencers).toHaveLength(10);
  expect([...new Set(sequencers)].sort()).toEqual(sequencers);
});

test('the message is delivered before the request is answered', async () => {
  let delivered = false;
  await server.stop();
  server = await startServer({
    deliver: () =>
      new Promise((resolve) => {
        setTimeout(() => {
          delivered = true;
          resolve();
        }, 50);
      }),
  });
  await server.service.setNotification(BUCKET, CONFIGURATION);
  await put('input/a.csv');
  expect(delivered).toBe(true);
});

test('a message that cannot be delivered fails the request', async () => {
  await server.stop();
  server = await startServer({ deliver: () => Promise.reject(new Error('no such queue')) });
  await server.service.setNotification(BUCKET, CONFIGURATION);
  expect(await refusal(put('input/a.csv'))).toEqual({ name: 'InternalError', status: 500 });
});

test('events of matching and accepted objects are sent again with their upload time', async () => {
  for (const key of ['input/b.csv', 'input/a.csv', 'input/a.txt', 'other/a.csv']) await put(key);
  const objects = await listed();
  server.delivered.length = 0;
  const seen: string[] = [];
  const count = await server.service.resendNotifications(BUCKET, (key, etag) => {
    seen.push(`${key} ${etag}`);
    return key !== 'input/b.csv';
  });
  expect(count).toBe(1);
  expect(seen).toEqual([
    expect.stringMatching(/^input\/a.csv [0-9a-f]{32}$/),
    expect.stringMatching(/^input\/b.csv /),
  ]);
  const [record] = records();
  expect(record.eventName).toBe('ObjectCreated:Put');
  expect(record.s3.object.key).toBe('input/a.csv');
  expect(record.eventTime).toBe(objects.find(({ key }) => key === 'input/a.csv')?.lastModified.toISOString());
});

test('the configuration can be set and read through the API, and survives a restart', async () => {
  const QueueConfigurations = [
    {
      Id: 'over the wire',
      QueueArn: QUEUE,
      Events: ['s3:ObjectCreated:Put', 's3:ObjectRemoved:*'] as Event[],
      Filter: { Key: { FilterRules: [{ Name: 'prefix' as const, Value: 'a & b/' }] } },
    },
  ];
  const read = async () =>
    (await server.client.send(new GetBucketNotificationConfigurationCommand({ Bucket: BUCKET })))
      .QueueConfigurations;
  await server.client.send(
    new PutBucketNotificationConfigurationCommand({
      Bucket: BUCKET,
      NotificationConfiguration: { QueueConfigurations },
    }),
  );
  expect(await read()).toEqual(QueueConfigurations);
  await server.halt();
  server = await startServer({ directory: server.directory });
  expect(await read()).toEqual(QueueConfigurations);
});

test('an unknown event and a target other than a queue are rejected', async () => {
  const set = (NotificationConfiguration: object) =>
    refusal(
      server.client.send(
        new PutBucketNotificationConfigurationCommand({ Bucket: BUCKET, NotificationConfiguration }),
      ),
    );
  const bad = { QueueArn: QUEUE, Events: ['s3:Nothing' as Event] };
  expect(await set({ QueueConfigurations: [bad] })).toMatchObject({ name: 'InvalidArgument' });
  const topic = { TopicArn: 'arn:aws:sns:us-east-1:0:t', Events: ['s3:ObjectCreated:*' as Event] };
  expect(await set({ TopicConfigurations: [topic] })).toMatchObject({ name: 'NotImplemented' });
});
