import { Batch } from '../../../tasks/orchestrate/batch';
import { readMessage } from '../../../tasks/orchestrate/file-events';

const BUCKET = 'shop-input';
const TOPIC = 'arn:aws:sns:eu-central-1:111122223333:uploads';
const ETAG = 'd41d8cd98f00b204e9800998ecf8427e';

interface Told {
  readonly key: string;
  readonly eventName?: string;
  readonly etag?: string;
  readonly sequencer?: string;
}

/** A notification as S3 writes it, with all its fields. @param encodedKey the key in its encoding */
const record = (
  encodedKey: string,
  { eventName = 'ObjectCreated:Put', etag = ETAG, sequencer = '0067A1' } = {},
) => ({
  eventVersion: '2.1',
  eventSource: 'aws:s3',
  awsRegion: 'eu-central-1',
  eventTime: '2025-06-10T10:00:00.123Z',
  eventName,
  userIdentity: { principalId: 'EXAMPLE' },
  requestParameters: { sourceIPAddress: '192.0.2.1' },
  responseElements: { 'x-amz-request-id': 'EXAMPLE', 'x-amz-id-2': 'EXAMPLE' },
  s3: {
    s3SchemaVersion: '1.0',
    configurationId: 'daybook',
    bucket: { name: BUCKET, ownerIdentity: { principalId: 'EXAMPLE' }, arn: `arn:aws:s3:::${BUCKET}` },
    object: { key: encodedKey, size: 512, eTag: etag, sequencer },
  },
});

const notification = (...records: object[]) => JSON.stringify({ Records: records });

const eventBridge = (
  { key, eventName = 'PutObject', etag = ETAG, sequencer = '0067A1' }: Told,
  type = 'Object Created',
) =>
  JSON.stringify({
    version: '0',
    id: '00000000-0000-0000-0000-000000000002',
    'detail-type': type,
    source: 'aws.s3',
    account: '111122223333',
    time: '2025-06-10T10:00:00Z',
    region: 'eu-central-1',
    resources: [`arn:aws:s3:::${BUCKET}`],
    detail: {
      version: '0',
      bucket: { name: BUCKET },
      object: { key, size: 512, etag, 'version-id': 'v1', sequencer },
      'request-id': 'EXAMPLE',
      requester: '111122223333',
      'source-ip-address': '192.0.2.1',
      reason: eventName,
    },
  });

const throughSns = (Message: string, Type = 'Notification') =>
  JSON.stringify({
    Type,
    MessageId: '00000000-0000-0000-0000-000000000001',
    TopicArn: TOPIC,
    Subject: 'Amazon S3 Notification',
    Message,
    Timestamp: '2025-06-10T10:00:00.500Z',
    SignatureVersion: '1',
    Signature: 'EXAMPLE',
  });

const TEST_EVENT = JSON.stringify({
  Service: 'Amazon S3',
  Event: 's3:TestEvent',
  Time: '2025-06-10T10:00:00.000Z',
  Bucket: BUCKET,
  RequestId: 'EXAMPLE',
  HostId: 'EXAMPLE',
});

function filesOf(body: string) {
  const content = readMessage(body, BUCKET);
  if ('unreadable' in content) throw new Error(content.unreadable);
  return content.files;
}

const MILLISECONDS = '2025-06-10T10:00:00.123Z';
const SECONDS = '2025-06-10T10:00:00.000Z';

test.each([
  ['Put', notification(record('input/orders.csv')), 'input/orders.csv', 'ObjectCreated:Put', MILLISECONDS],
  [
    'Post',
    notification(record('input/o.csv', { eventName: 'ObjectCreated:Post' })),
    'input/o.csv',
    'ObjectCreated:Post',
    MILLISECONDS,
  ],
  [
    'Copy',
    notification(record('input/o.csv', { eventName: 'ObjectCreated:Copy' })),
    'input/o.csv',
    'ObjectCreated:Copy',
    MILLISECONDS,
  ],
  [
    'CompleteMultipartUpload',
    notification(record('input/o.csv.gz', { eventName: 'ObjectCreated:CompleteMultipartUpload' })),
    'input/o.csv.gz',
    'ObjectCreated:CompleteMultipartUpload',
    MILLISECONDS,
  ],
  [
    'an encoded key, with spaces as plus signs',
    notification(record('input/orders+march+%26+april+%282%29.csv')),
    'input/orders march & april (2).csv',
    'ObjectCreated:Put',
    MILLISECONDS,
  ],
  [
    'a slash that is encoded too',
    notification(record('input%2Forders.csv')),
    'input/orders.csv',
    'ObjectCreated:Put',
    MILLISECONDS,
  ],
  ['SNS', throughSns(notification(record('input/o.csv'))), 'input/o.csv', 'ObjectCreated:Put', MILLISECONDS],
  [
    'EventBridge',
    eventBridge({ key: 'input/orders march.csv' }),
    'input/orders march.csv',
    'ObjectCreated:Put',
    SECONDS,
  ],
  [
    'a plus sign in a key of EventBridge',
    eventBridge({ key: 'input/a+b%20c.csv' }),
    'input/a+b%20c.csv',
    'ObjectCreated:Put',
    SECONDS,
  ],
  [
    'a copy told by EventBridge',
    eventBridge({ key: 'input/o.csv', eventName: 'CopyObject' }),
    'input/o.csv',
    'ObjectCreated:Copy',
    SECONDS,
  ],
  [
    'parts told by EventBridge',
    eventBridge({ key: 'input/o.csv', eventName: 'CompleteMultipartUpload' }),
    'input/o.csv',
    'ObjectCreated:CompleteMultipartUpload',
    SECONDS,
  ],
  [
    'a form told by EventBridge',
    eventBridge({ key: 'input/o.csv', eventName: 'POST Object' }),
    'input/o.csv',
    'ObjectCreated:Post',
    SECONDS,
  ],
  [
    'EventBridge through SNS',
    throughSns(eventBridge({ key: 'input/a+b.csv' })),
    'input/a+b.csv',
    'ObjectCreated:Put',
    SECONDS,
  ],
])('%s announces its file', (_, body, key, eventName, uploaded_at) => {
  expect(filesOf(body)).toEqual([
    { key, etag: ETAG, size: 512, uploaded_at, sequencer: '0067A1', eventName },
  ]);
});

test('the ETag of an upload in parts keeps the number of parts', () => {
  const etag = '3858f62230ac3c915f300c664312c11f-2';
  expect(filesOf(notification(record('input/o.csv', { etag })))[0]?.etag).toBe(etag);
});

test.each([
  ['the test event', TEST_EVENT],
  ['the test event through SNS', throughSns(TEST_EVENT)],
  [
    'a delete marker',
    notification(record('input/o.csv', { eventName: 'ObjectRemoved:DeleteMarkerCreated' })),
  ],
  [
    'a removal without ETag and size',
    notification({
      ...record('input/o.csv'),
      eventName: 'ObjectRemoved:Delete',
      s3: { bucket: { name: BUCKET }, object: { key: 'input/o.csv', sequencer: '01' } },
    }),
  ],
  ['a delete marker told by EventBridge', eventBridge({ key: 'input/o.csv' }, 'Object Deleted')],
  ['a folder marker told by EventBridge', eventBridge({ key: 'input/folder/' })],
])('%s has no files', (_, body) => {
  expect(filesOf(body)).toEqual([]);
});

test.each([
  ['a string', '"not json at all"', /not an S3 event/],
  [
    'words through SNS',
    throughSns('hello'),
    `a notification of the topic ${TOPIC} whose message is not JSON`,
  ],
  ['other JSON through SNS', throughSns('{"a":1}'), `a notification of the topic ${TOPIC}: not an S3 event`],
  [
    'a subscription to confirm',
    throughSns('You have chosen ...', 'SubscriptionConfirmation'),
    /confirm or end the subscription/,
  ],
  [
    'an event of another service',
    eventBridge({ key: 'input/o.csv' }).replace('aws.s3', 'aws.ec2'),
    /not an EventBridge event of S3/,
  ],
  [
    'another bucket told by EventBridge',
    eventBridge({ key: 'input/o.csv' }).replaceAll(BUCKET, 'other'),
    'bucket other, expected shop-input',
  ],
  [
    'a created object without ETag',
    notification(record('input/o.csv', { etag: '' })),
    'no eTag of "input/o.csv"',
  ],
  [
    'a created object without etag, told by EventBridge',
    eventBridge({ key: 'input/o.csv', etag: '' }),
    'no etag of "input/o.csv"',
  ],
  [
    'a time of EventBridge that is none',
    eventBridge({ key: 'input/o.csv' }).replace('2025-06-10T10:00:00Z', 'noon'),
    'time "noon" is not a time',
  ],
])('%s is unreadable, with the reason', (_, body, reason) => {
  const content = readMessage(body, BUCKET);
  expect('unreadable' in content ? content.unreadable : 'readable').toMatch(reason);
});

test.each([
  [
    'one notification',
    [
      notification(
        record('input/o.csv', { etag: 'v2', sequencer: '0067A109' }),
        record('input/o.csv', { etag: 'v1', sequencer: '0067A1' }),
      ),
    ],
  ],
  [
    'two notifications',
    [
      notification(record('input/o.csv', { etag: 'v2', sequencer: '0067A109' })),
      notification(record('input/o.csv', { etag: 'v1', sequencer: '0067A1' })),
    ],
  ],
  [
    'two forms',
    [
      eventBridge({ key: 'input/o.csv', etag: 'v2', sequencer: '0067a109' }),
      notification(record('input/o.csv', { etag: 'v1', sequencer: '0067A1' })),
    ],
  ],
])('of two versions of a key told in the wrong order by %s, the later sequencer is the file', (_, bodies) => {
  const batch = new Batch();
  for (const [at, body] of bodies.entries()) {
    const message = { messageId: `${at}`, receiptHandle: `${at}`, body, sentAt: 0, receiveCount: 1 };
    batch.add(message, filesOf(body));
  }
  expect(batch.files.map(({ etag }) => etag)).toEqual(['v2']);
  expect(batch.replaced.map(({ etag }) => etag)).toEqual(['v1']);
});
