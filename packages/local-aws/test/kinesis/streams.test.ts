import { appendFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import {
  CreateStreamCommand,
  DeleteStreamCommand,
  DescribeStreamCommand,
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type GetShardIteratorCommandInput,
  IncreaseStreamRetentionPeriodCommand,
  KinesisClient,
  ListShardsCommand,
  ListStreamsCommand,
  PutRecordCommand,
  PutRecordsCommand,
} from '@aws-sdk/client-kinesis';
import { createKinesisService } from '../../src/kinesis/service';
import { authorization, clientConfig, Scene } from '../../src/testing/scene';

const ARN = 'arn:aws:kinesis:us-east-1:000000000000:stream/clicks';
const scene = new Scene();
let clients: KinesisClient[] = [];
let directory: string;
let endpoint: string;
let now: number;

/** The client speaks HTTP/2. */
async function open(): Promise<KinesisClient> {
  const service = await createKinesisService({ directory, clock: () => new Date(now) });
  const { url } = await scene.serve(service);
  endpoint = url;
  const client = new KinesisClient(clientConfig(url));
  clients.push(client);
  return client;
}

beforeEach(async () => {
  directory = await scene.directory();
  now = Date.parse('2026-11-28T10:00:00.500Z');
});
afterEach(async () => {
  for (const client of clients) client.destroy();
  clients = [];
  await scene.cleanUp();
});

const create = (client: KinesisClient, ShardCount = 1) =>
  client.send(new CreateStreamCommand({ StreamName: 'clicks', ShardCount }));

const put = (client: KinesisClient, ...texts: string[]) =>
  client.send(
    new PutRecordsCommand({
      StreamName: 'clicks',
      Records: texts.map((text) => ({ Data: Buffer.from(text), PartitionKey: text })),
    }),
  );

async function read(
  client: KinesisClient,
  from: Partial<GetShardIteratorCommandInput> = {},
  shard = 0,
): Promise<string[]> {
  const { ShardIterator } = await client.send(
    new GetShardIteratorCommand({
      StreamName: 'clicks',
      ShardId: `shardId-00000000000${shard}`,
      ShardIteratorType: 'TRIM_HORIZON',
      ...from,
    }),
  );
  const { Records = [] } = await client.send(new GetRecordsCommand({ ShardIterator }));
  return Records.map(({ Data }) => Buffer.from(Data ?? []).toString());
}

test('records are put and read', async () => {
  const client = await open();
  await create(client);
  const { ShardId, SequenceNumber } = await client.send(
    new PutRecordCommand({ StreamARN: ARN, Data: Buffer.from('ä'), PartitionKey: 'k' }),
  );
  const { ShardIterator } = await client.send(
    new GetShardIteratorCommand({ StreamName: 'clicks', ShardId, ShardIteratorType: 'TRIM_HORIZON' }),
  );
  const { Records, MillisBehindLatest, NextShardIterator } = await client.send(
    new GetRecordsCommand({ ShardIterator }),
  );
  expect(SequenceNumber).toMatch(/^\d{56}$/);
  expect(Records).toEqual([
    {
      SequenceNumber,
      ApproximateArrivalTimestamp: new Date(now),
      Data: new Uint8Array(Buffer.from('ä')),
      PartitionKey: 'k',
      EncryptionType: 'NONE',
    },
  ]);
  expect(MillisBehindLatest).toBe(0);
  await put(client, 'later');
  const next = await client.send(new GetRecordsCommand({ ShardIterator: NextShardIterator }));
  expect(next.Records?.map(({ Data }) => Buffer.from(Data ?? []).toString())).toEqual(['later']);
});

test('clients with HTTP/1.1 have the same service', async () => {
  const client = await open();
  await create(client);
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      authorization: authorization('kinesis'),
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'Kinesis_20131202.PutRecord',
    },
    body: JSON.stringify({ StreamName: 'clicks', PartitionKey: 'k', Data: 'YQ==' }),
  });
  expect(await response.json()).toMatchObject({ ShardId: 'shardId-000000000000' });
  expect(await read(client)).toEqual(['a']);
});

test('records with a partition key are in one shard, in the order in which they were put', async () => {
  const client = await open();
  await create(client, 4);
  const texts = Array.from({ length: 200 }, (_, i) => `m${i}`);
  const { Records = [], FailedRecordCount } = await put(client, ...texts);
  expect(FailedRecordCount).toBe(0);
  const shards = await Promise.all([0, 1, 2, 3].map((shard) => read(client, {}, shard)));
  expect(shards.every(({ length }) => length > 20)).toBe(true);
  for (const [shard, found] of shards.entries()) {
    const expected = texts.filter((_, i) => Records[i]?.ShardId === `shardId-00000000000${shard}`);
    expect(found).toEqual(expected);
  }
  await put(client, 'm7');
  const own = shards.findIndex((found) => found.includes('m7'));
  expect((await read(client, {}, own)).at(-1)).toBe('m7');
});

test('an explicit hash key selects the shard', async () => {
  const client = await open();
  await create(client, 2);
  const { Shards = [] } = await client.send(new ListShardsCommand({ StreamName: 'clicks' }));
  expect(Shards.map(({ HashKeyRange }) => HashKeyRange)).toEqual([
    { StartingHashKey: '0', EndingHashKey: '170141183460469231731687303715884105727' },
    {
      StartingHashKey: '170141183460469231731687303715884105728',
      EndingHashKey: '340282366920938463463374607431768211455',
    },
  ]);
  const { ShardId } = await client.send(
    new PutRecordCommand({
      StreamName: 'clicks',
      Data: Buffer.from('x'),
      PartitionKey: 'k',
      ExplicitHashKey: Shards[1]?.HashKeyRange?.StartingHashKey,
    }),
  );
  expect(ShardId).toBe('shardId-000000000001');
});

test('an iterator starts at the oldest or next record, a time, or a sequence number', async () => {
  const client = await open();
  await create(client);
  await put(client, 'a');
  now += 1000;
  const { Records = [] } = await put(client, 'b', 'c');
  const StartingSequenceNumber = Records[0]?.SequenceNumber;
  expect(await read(client)).toEqual(['a', 'b', 'c']);
  expect(await read(client, { ShardIteratorType: 'LATEST' })).toEqual([]);
  expect(await read(client, { ShardIteratorType: 'AT_TIMESTAMP', Timestamp: new Date(now) })).toEqual([
    'b',
    'c',
  ]);
  expect(await read(client, { ShardIteratorType: 'AT_SEQUENCE_NUMBER', StartingSequenceNumber })).toEqual([
    'b',
    'c',
  ]);
  expect(await read(client, { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', StartingSequenceNumber })).toEqual([
    'c',
  ]);
});

test('streams and shards are described and listed', async () => {
  const client = await open();
  await create(client, 3);
  await client.send(
    new IncreaseStreamRetentionPeriodCommand({ StreamName: 'clicks', RetentionPeriodHours: 48 }),
  );
  const { StreamDescriptionSummary } = await client.send(
    new DescribeStreamSummaryCommand({ StreamARN: ARN }),
  );
  expect(StreamDescriptionSummary).toMatchObject({
    StreamName: 'clicks',
    StreamARN: ARN,
    StreamStatus: 'ACTIVE',
    StreamModeDetails: { StreamMode: 'PROVISIONED' },
    RetentionPeriodHours: 48,
    StreamCreationTimestamp: new Date(now),
    OpenShardCount: 3,
  });
  const { StreamDescription } = await client.send(new DescribeStreamCommand({ StreamName: 'clicks' }));
  expect(StreamDescription?.Shards?.map(({ ShardId }) => ShardId)).toEqual([
    'shardId-000000000000',
    'shardId-000000000001',
    'shardId-000000000002',
  ]);
  const first = await client.send(new ListShardsCommand({ StreamName: 'clicks', MaxResults: 2 }));
  const rest = await client.send(new ListShardsCommand({ NextToken: first.NextToken }));
  expect([first.Shards?.length, rest.Shards?.map(({ ShardId }) => ShardId)]).toEqual([
    2,
    ['shardId-000000000002'],
  ]);
  expect((await client.send(new ListStreamsCommand({}))).StreamNames).toEqual(['clicks']);
  await expect(create(client)).rejects.toMatchObject({ name: 'ResourceInUseException' });
  await client.send(new DeleteStreamCommand({ StreamName: 'clicks' }));
  await expect(put(client, 'a')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  expect(readdirSync(directory)).toEqual(['streams.jsonl']);
});

test('what was acknowledged survives the death of the process, and an incomplete record is dropped', async () => {
  const client = await open();
  await create(client);
  const { Records = [] } = await put(client, 'a', 'b');
  const [stream = ''] = readdirSync(directory).filter((name) => name.startsWith('clicks-'));
  const shard = path.join(directory, stream, 'shardId-000000000000');
  appendFileSync(path.join(shard, readdirSync(shard)[0] ?? ''), '{"t":1,"k":"c","d":"Yw');
  const reopened = await open();
  expect(await read(reopened)).toEqual(['a', 'b']);
  const put2 = await put(reopened, 'c');
  expect(BigInt(put2.Records?.[0]?.SequenceNumber ?? 0)).toBe(BigInt(Records[1]?.SequenceNumber ?? 0) + 1n);
  expect(await read(reopened)).toEqual(['a', 'b', 'c']);
});

test('a stream that is created again has other sequence numbers', async () => {
  const client = await open();
  await create(client);
  const before = await put(client, 'a');
  await client.send(new DeleteStreamCommand({ StreamName: 'clicks' }));
  now += 10;
  await create(client);
  const after = await put(client, 'a');
  expect(BigInt(after.Records?.[0]?.SequenceNumber ?? 0)).toBeGreaterThan(
    BigInt(before.Records?.[0]?.SequenceNumber ?? 0),
  );
});

test('an iterator expires after five minutes', async () => {
  const client = await open();
  await create(client);
  const { ShardIterator } = await client.send(
    new GetShardIteratorCommand({
      StreamName: 'clicks',
      ShardId: 'shardId-000000000000',
      ShardIteratorType: 'LATEST',
    }),
  );
  now += 301_000;
  await expect(client.send(new GetRecordsCommand({ ShardIterator }))).rejects.toMatchObject({
    name: 'ExpiredIteratorException',
  });
});

test('a record over 1 MB is refused', async () => {
  const client = await open();
  await create(client);
  await expect(put(client, 'fine', 'x'.repeat(257))).rejects.toMatchObject({ name: 'ValidationException' });
  const Data = Buffer.alloc(1024 * 1024);
  await expect(
    client.send(new PutRecordCommand({ StreamName: 'clicks', PartitionKey: 'k', Data })),
  ).rejects.toMatchObject({ name: 'InvalidArgumentException' });
  expect(await read(client)).toEqual([]);
});
