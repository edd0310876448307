import {
  CreateEventSourceMappingCommand,
  type CreateEventSourceMappingCommandInput,
} from '@aws-sdk/client-lambda';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { until } from '../../src/testing/files';
import { clientConfig } from '../../src/testing/scene';
import { type EventSources, openEventSources } from './event-sources';

const STREAM = 'arn:aws:kinesis:us-east-1:000000000000:stream/clicks';
const QUEUE = 'arn:aws:sqs:us-east-1:000000000000:dead';
const RIGHTS = [
  {
    Action: ['GetRecords', 'GetShardIterator', 'DescribeStream', 'ListShards'].map(
      (name) => `kinesis:${name}`,
    ),
    Resource: STREAM,
  },
  { Action: ['sqs:SendMessage', 'sns:Publish', 's3:PutObject', 's3:ListBucket'], Resource: '*' },
];
let open: EventSources;

afterEach(() => open.close());

async function start(
  options: Parameters<typeof openEventSources>[0] & { readonly shardCount?: number } = {},
) {
  const { shardCount = 1, ...rest } = options;
  open = await openEventSources({ rights: RIGHTS, ...rest });
  open.kinesis.ensureStream({ name: 'clicks', shardCount, mode: 'PROVISIONED', retentionHours: 24 });
  await open.sqs.ensureQueue('dead');
  open.mappings.start();
}

const create = (settings: Partial<CreateEventSourceMappingCommandInput> = {}) =>
  open.client.send(
    new CreateEventSourceMappingCommand({
      FunctionName: 'consume',
      EventSourceArn: STREAM,
      StartingPosition: 'TRIM_HORIZON',
      ...settings,
    }),
  );

function put(texts: readonly string[], shard = 0, arrivedAt = Date.now()): void {
  const records = texts.map((text) => ({
    arrivedAt,
    partitionKey: text,
    data: Buffer.from(text).toString('base64'),
  }));
  open.kinesis.find(STREAM)?.shards[shard]?.log.append(records);
}

/** The texts of each batch. */
const batches = () =>
  open
    .invocations()
    .map(({ event }) =>
      (event.Records as { kinesis: { data: string } }[]).map(({ kinesis }) =>
        Buffer.from(kinesis.data, 'base64').toString(),
      ),
    );
const processed = () => until(() => !open.mappings.isBusy);
const dead = () => open.sqs.bodies('dead').map((body) => JSON.parse(body));

test('records are delivered in the shape of Lambda', async () => {
  await start();
  put(['ä'], 0, 1_764_324_000_500);
  await create();
  await until(() => open.invocations().length === 1);
  const { Records } = open.invocations()[0]?.event ?? {};
  const { sequenceNumber } = Records[0].kinesis;
  expect(Records).toEqual([
    {
      kinesis: {
        kinesisSchemaVersion: '1.0',
        partitionKey: 'ä',
        sequenceNumber: expect.stringMatching(/^\d{56}$/),
        data: 'w6Q=',
        approximateArrivalTimestamp: 1_764_324_000.5,
      },
      eventSource: 'aws:kinesis',
      eventVersion: '1.0',
      eventID: `shardId-000000000000:${sequenceNumber}`,
      eventName: 'aws:kinesis:record',
      invokeIdentityArn: open.roleArn,
      awsRegion: 'us-east-1',
      eventSourceARN: STREAM,
    },
  ]);
});

test('a batch ends with its size or its window; a shard has one batch at a time, in order', async () => {
  await start();
  put(Array.from({ length: 25 }, (_, i) => `m${i}`));
  await create({ BatchSize: 10, MaximumBatchingWindowInSeconds: 1 });
  await until(() => batches().length === 3);
  expect(batches().map(({ length }) => length)).toEqual([10, 10, 5]);
  expect(batches().flat()).toEqual(Array.from({ length: 25 }, (_, i) => `m${i}`));
});

test('shards are processed at the same time', async () => {
  await start({ shardCount: 2 });
  put(['wait 300'], 0);
  put(['wait 300'], 1);
  await create();
  await until(() => open.invocations().length === 2);
  const [first, second] = open.invocations();
  expect(first?.pid).not.toBe(second?.pid);
});

test.each<[string, Partial<CreateEventSourceMappingCommandInput>, string[]]>([
  ['LATEST', { StartingPosition: 'LATEST' }, ['later']],
  [
    'AT_TIMESTAMP',
    { StartingPosition: 'AT_TIMESTAMP', StartingPositionTimestamp: new Date(2000) },
    ['second', 'later'],
  ],
])('%s starts there, also after a restart before the first batch', async (_, settings, expected) => {
  await start();
  put(['first'], 0, 1000);
  put(['second'], 0, 2000);
  await open.mappings.stop();
  await create({ ...settings, Enabled: true });
  open.mappings.start();
  await until(() => settings.StartingPosition === 'LATEST' || batches().flat().length > 0);
  await new Promise((resolve) => setTimeout(resolve, 50));
  const { directory } = open;
  await open.close({ directory: true });
  await start({ directory });
  put(['later'], 0, 3000);
  await until(() => batches().flat().includes('later'));
  expect(batches().flat()).toEqual(expected);
});

test('partial failures are repeated from the first failed record on', async () => {
  await start();
  put(['a', 'poison', 'b']);
  await create({ FunctionResponseTypes: ['ReportBatchItemFailures'], MaximumRetryAttempts: 2 });
  await processed();
  expect(batches()).toEqual([
    ['a', 'poison', 'b'],
    ['poison', 'b'],
    ['poison', 'b'],
    ['poison', 'b'],
  ]);
});

test('with bisecting, one bad record is given up, and its neighbours are processed', async () => {
  await start();
  put(['a', 'b', 'c', 'throw', 'd', 'e', 'f', 'g']);
  await create({
    BisectBatchOnFunctionError: true,
    MaximumRetryAttempts: 1,
    DestinationConfig: { OnFailure: { Destination: QUEUE } },
  });
  await processed();
  expect(batches()).toEqual([
    ['a', 'b', 'c', 'throw', 'd', 'e', 'f', 'g'],
    ['a', 'b', 'c', 'throw'],
    ['a', 'b'],
    ['c', 'throw'],
    ['c'],
    ['throw'],
    ['throw'],
    ['d', 'e', 'f', 'g'],
  ]);
  const { sequenceNumber } = open.invocations()[6]?.event.Records[0].kinesis ?? {};
  expect(dead()).toEqual([
    {
      requestContext: {
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:consume',
        condition: 'RetryAttemptsExhausted',
        approximateInvokeCount: 2,
      },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      version: '1.0',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      KinesisBatchInfo: {
        shardId: 'shardId-000000000000',
        startSequenceNumber: sequenceNumber,
        endSequenceNumber: sequenceNumber,
        approximateArrivalOfFirstRecord: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        approximateArrivalOfLastRecord: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        batchSize: 1,
        streamArn: STREAM,
      },
    },
  ]);
});

test('records over the maximum age are given up without an invocation', async () => {
  await start();
  put(['old', 'old too'], 0, Date.now() - 120_000);
  put(['new']);
  await create({ MaximumRecordAgeInSeconds: 60, DestinationConfig: { OnFailure: { Destination: QUEUE } } });
  await processed();
  expect(batches()).toEqual([['new']]);
  expect(dead()).toMatchObject([
    {
      requestContext: { condition: 'RecordAgeExceeded', approximateInvokeCount: 0 },
      responseContext: null,
      KinesisBatchInfo: { batchSize: 2 },
    },
  ]);
});

test('a topic receives invocation records, a bucket also the event', async () => {
  await start();
  const topic = await open.sns.ensureTopic('failures');
  await open.s3.createBucket('failures');
  put(['throw']);
  const settings = { MaximumRetryAttempts: 0 };
  const { UUID } = await create({
    ...settings,
    DestinationConfig: { OnFailure: { Destination: 'arn:aws:s3:::failures' } },
  });
  await processed();
  const s3 = new S3Client({ ...clientConfig(open.endpoint.url), forcePathStyle: true });
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: 'failures' }));
  const Key = Contents[0]?.Key ?? '';
  expect(Key).toMatch(
    new RegExp(
      `^aws/lambda/${UUID}/shardId-000000000000/\\d{4}/\\d\\d/\\d\\d/\\d{4}-\\d\\d-\\d\\dT\\d\\d\\.\\d\\d\\.\\d\\d-[0-9a-f-]{36}$`,
    ),
  );
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'failures', Key }));
  const record = JSON.parse((await Body?.transformToString()) ?? '');
  s3.destroy();
  expect(JSON.parse(record.payload)).toEqual(open.invocations()[0]?.event);

  open.mappings.update(UUID ?? '', { DestinationConfig: { OnFailure: { Destination: topic } } });
  put(['throw again']);
  await until(() => batches().flat().includes('throw again'));
  await processed();
  expect(open.lines).toEqual([]);
});

test('what was processed is not delivered again after a restart', async () => {
  await start();
  await create({ BatchSize: 1 });
  put(['a', 'b', 'wait 30000']);
  await until(() => batches().length === 3);
  const { directory } = open;
  await open.close({ directory: true });
  await start({ directory });
  await until(() => batches().length === 4);
  expect(batches().map(([text]) => text)).toEqual(['a', 'b', 'wait 30000', 'wait 30000']);
});

test.each<[string, Partial<CreateEventSourceMappingCommandInput>, string]>([
  ['no starting position', { StartingPosition: undefined }, 'StartingPosition is required for a stream'],
  [
    'a time without a timestamp',
    { StartingPosition: 'AT_TIMESTAMP' },
    'StartingPositionTimestamp is required',
  ],
  ['an unknown stream', { EventSourceArn: `${STREAM}x` }, `Stream not found: ${STREAM}x`],
  [
    'a setting of queues',
    { ScalingConfig: { MaximumConcurrency: 2 } },
    'ScalingConfig is not a setting of a mapping of a stream.',
  ],
  [
    'a function as destination',
    { DestinationConfig: { OnFailure: { Destination: 'arn:aws:lambda:x' } } },
    'The destination ARN arn:aws:lambda:x is invalid: expected a queue, topic or bucket.',
  ],
])('refuses %s', async (_, settings, message) => {
  await start();
  await expect(create(settings)).rejects.toThrow(message);
});

test.each([
  ['read the stream', RIGHTS.slice(1), 'does not have permissions to call GetRecords on the stream'],
  [
    'send to the destination',
    RIGHTS.slice(0, 1),
    `does not have permissions to call SendMessage on ${QUEUE}`,
  ],
])('refuses a role without the permission to %s', async (_, rights, message) => {
  await start({ rights });
  const settings = { DestinationConfig: { OnFailure: { Destination: QUEUE } } };
  await expect(create(settings)).rejects.toThrow(message);
});
