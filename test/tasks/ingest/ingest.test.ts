import { gunzipSync } from 'node:zlib';
import { collectedLine } from '../../../domain/events/collected';
import { isRawEvent, isSentEvent } from '../../../domain/events/envelope';
import { type IngestDeps, run } from '../../../tasks/ingest/ingest';
import { EventFormError, recordsOf, type SourceRecord } from '../../../tasks/ingest/records';
import { MemoryBucket } from '../../builders/memory-bucket';
import { silentLogger } from '../../builders/silent-logger';
import { kafkaBatch, kinesisBatch, STORED_AT, sqsBatch } from '../../builders/source-records';

const NOW = new Date('2026-11-29T08:00:00.000Z');
const DAY = STORED_AT.slice(0, 10).replaceAll('-', '/');

let bucket: MemoryBucket;
let dead: { position: string; reason: string }[];
let deps: IngestDeps;
beforeEach(() => {
  bucket = new MemoryBucket();
  dead = [];
  const send = async ({ position }: SourceRecord, reason: string) => {
    dead.push({ position, reason });
  };
  deps = { bucket, deadLetters: { send }, clock: () => NOW, logger: silentLogger };
});

const ingest = (event: unknown) => run(recordsOf(event), deps);

const linesOf = (key: string): string[] =>
  gunzipSync(bucket.objects.get(key)?.body ?? '')
    .toString()
    .split('\n')
    .filter(Boolean);

const written = () => bucket.keys().flatMap((key) => linesOf(key).map((line) => JSON.parse(line)));

test('writes a batch of SQS as one gzipped file of raw events, by the day on which it was stored', async () => {
  const answer = await ingest(sqsBatch('{"event_name":"a","event_id":"e1"}', '{"event_name":"b"}'));
  expect(answer).toEqual({ batchItemFailures: [] });
  const [key = ''] = bucket.keys();
  expect(bucket.keys()).toHaveLength(1);
  const time = STORED_AT.replaceAll(/[-:]/g, '');
  expect(key).toMatch(new RegExp(`^input/events/sqs/${DAY}/${time}-[0-9a-f]{16}\\.ndjson\\.gz$`));
  const common = { received_at: STORED_AT, source: 'sqs' };
  expect(written()).toEqual([
    { ...common, event_id: 'e1', position: 'm0', event: { event_name: 'a', event_id: 'e1' } },
    { ...common, event_id: 'sqs:m1', position: 'm1', event: { event_name: 'b' } },
  ]);
});

test('writes records of Kinesis and Kafka with their positions, their times and the topic', async () => {
  await ingest(kinesisBatch('{"event_name":"a"}'));
  await ingest(kafkaBatch('clicks', '{"product_id":1}', null));
  expect(written()).toEqual([
    {
      event_id: 'kafka:clicks-0-15',
      received_at: STORED_AT,
      source: 'kafka',
      topic: 'clicks',
      position: 'clicks-0-15',
      event: { product_id: 1 },
    },
    {
      event_id: 'kinesis:shardId-000000000006-4950',
      received_at: STORED_AT,
      source: 'kinesis',
      position: 'shardId-000000000006-4950',
      event: { event_name: 'a' },
    },
  ]);
});

test('what collect sent keeps its time and id, from every line of a message, in files of http', async () => {
  const received_at = '2026-11-28T23:59:59.999Z';
  const line = (event_id: string) =>
    collectedLine({
      event_id,
      received_at,
      key_name: 'web',
      event: '{"event_name":"a","n":12345678901234567890}',
    });
  await ingest(sqsBatch(`${line('e1')}\n${line('e2')}`, '{"event_name":"bare"}'));
  const [http = '', sqs = ''] = bucket.keys();
  expect([http, sqs]).toEqual([
    expect.stringMatching(/^input\/events\/http\/2026\/11\/28\/20261128T235959\.999Z-/),
    expect.stringMatching(/^input\/events\/sqs\//),
  ]);
  expect(linesOf(http).map((text) => JSON.parse(text))).toMatchObject([
    { event_id: 'e1', received_at, source: 'http', key_name: 'web', position: 'm0' },
    { event_id: 'e2', received_at, source: 'http', key_name: 'web', position: 'm0' },
  ]);
  expect(linesOf(http)[0]).toContain('12345678901234567890');
  expect(linesOf(http)[0]).not.toContain('daybook');
});

test('several events of a record have ids of their own', async () => {
  await ingest(kinesisBatch('{"event_name":"a"}\n{"event_name":"b"}'));
  const id = 'kinesis:shardId-000000000006-4950';
  expect(written().map(({ event_id }) => event_id)).toEqual([`${id}:0`, `${id}:1`]);
});

test('every line is a raw event, and what collect stores is its envelope', async () => {
  const line = collectedLine({ event_id: 'e1', received_at: STORED_AT, event: '{"event_name":"a"}' });
  expect(isSentEvent(JSON.parse(line))).toBe(true);
  await ingest(sqsBatch(line, '{"event_name":"a"}', '[1,2]', 'no JSON'));
  await ingest(kafkaBatch('cart', '{"event_name":"a"}'));
  expect(written()).toHaveLength(6);
  for (const one of written()) expect([one, isRawEvent(one)]).toEqual([one, true]);
});

test('text that is no JSON stays a line, and its neighbours are events', async () => {
  await ingest(sqsBatch('{"event_name":"a"}', 'event_name=b', '{"event_name":"c"}'));
  expect(written()).toMatchObject([
    { position: 'm0', event: { event_name: 'a' } },
    { position: 'm1', event_id: 'sqs:m1', text: 'event_name=b' },
    { position: 'm2', event: { event_name: 'c' } },
  ]);
});

test('a record that is no text is a dead letter with the reason, and its neighbours are events', async () => {
  const binary = Buffer.from([0x1f, 0x8b, 0xff]);
  const batches = [
    kinesisBatch('{"event_name":"a"}', binary, '{"event_name":"c"}'),
    kafkaBatch('cart', '{"event_name":"a"}', binary, '{"event_name":"c"}'),
  ];
  for (const batch of batches) expect(await ingest(batch)).toEqual({ batchItemFailures: [] });
  expect(written().map(({ event }) => event.event_name)).toEqual(['a', 'c', 'a', 'c']);
  const reason = 'expected UTF-8 text with JSON, got other bytes';
  expect(dead).toEqual([
    { position: 'shardId-000000000006-4951', reason },
    { position: 'cart-0-16', reason },
  ]);
});

test('a record whose dead letter cannot be sent is the only one that fails', async () => {
  deps = { ...deps, deadLetters: { send: () => Promise.reject(new Error('SQS is down')) } };
  const batch = kinesisBatch('{"event_name":"a"}', Buffer.from([0xff]));
  expect(await ingest(batch)).toEqual({ batchItemFailures: [{ itemIdentifier: '4951' }] });
  expect(written()).toHaveLength(1);
});

test('a batch of Kafka, which has no partial failure, fails as a whole then', async () => {
  deps = { ...deps, deadLetters: { send: () => Promise.reject(new Error('SQS is down')) } };
  await expect(ingest(kafkaBatch('cart', Buffer.from([0xff])))).rejects.toThrow('SQS is down');
});

test('fails as a whole, without a dead letter, if a file cannot be written', async () => {
  bucket.before = () => {
    throw new Error('S3 is down');
  };
  await expect(ingest(kinesisBatch('{"event_name":"a"}', Buffer.from([0xff])))).rejects.toThrow('S3 is down');
  expect(dead).toEqual([]);
});

test('a retry of a batch writes the same bytes under the same key; other batches never replace them', async () => {
  const bodies = ['a', 'b', 'c'].map((name) => `{"event_name":"${name}"}`);
  const all = sqsBatch(...bodies);
  await ingest(all);
  const [key = ''] = bucket.keys();
  const { body: before } = bucket.objects.get(key) ?? {};
  await ingest({ Records: [...all.Records, all.Records[0]] });
  expect(bucket.keys()).toEqual([key]);
  expect(bucket.objects.get(key)?.body).toEqual(before);
  // The first and the last record are the same.
  const other = sqsBatch(...bodies);
  await ingest({ Records: [other.Records[0], { ...other.Records[1], messageId: 'x' }, other.Records[2]] });
  expect(bucket.keys()).toHaveLength(2);
  expect(
    written()
      .map(({ event_id }) => event_id)
      .sort(),
  ).toEqual(['m0', 'm0', 'm1', 'm2', 'm2', 'x'].map((id) => `sqs:${id}`));
});

test('any other event is refused', () => {
  expect(() => recordsOf({ Records: [{ eventSource: 'aws:s3' }] })).toThrow(EventFormError);
});
