import { rmSync } from 'node:fs';
import { KinesisClient, PutRecordCommand } from '@aws-sdk/client-kinesis';
import { GetQueueUrlCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { clientConfig } from '../../operations/deployment';
import { environmentOf, runNodeSnippet } from './event-docs';
import { eventStreamTemplate } from './event-stream-template';
import { LocalPipeline, until } from './local-pipeline';

let template: string;
let pipeline: LocalPipeline;
beforeAll(async () => {
  template = eventStreamTemplate();
  pipeline = await LocalPipeline.start({ every: 0, template });
}, 120_000);
afterAll(async () => {
  await pipeline.stop();
  rmSync(template, { recursive: true });
});

test('events go through the stream; a record that is no text is a dead letter, and its neighbours arrive', async () => {
  const { eventsUrl, eventsKey, eventStream, endpoint } = pipeline.ready;
  const answer = await fetch(eventsUrl ?? '', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': eventsKey ?? '' },
    body: JSON.stringify([{ event_name: 'page_view', event_id: 'e1' }]),
  });
  expect(answer.status).toBe(202);
  const { isLocal: _, ...config } = clientConfig({ AWS_ENDPOINT_URL: endpoint });
  const kinesis = new KinesisClient(config);
  const records = [
    '{"event_name":"a","event_id":"e2"}',
    Buffer.from([0x1f, 0x8b, 0xff]),
    '{"event_name":"c"}',
  ];
  for (const Data of records.map((one) => Buffer.from(one)))
    await kinesis.send(new PutRecordCommand({ StreamName: eventStream ?? '', PartitionKey: 'k', Data }));
  kinesis.destroy();

  await until(async () => (await pipeline.rawEvents()).length >= 3);
  const events = await pipeline.rawEvents();
  expect(events.map(({ source }) => source).sort()).toEqual(['http', 'kinesis', 'kinesis']);
  expect(events).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ event_id: 'e1', key_name: 'web', source: 'http' }),
      expect.objectContaining({ event_id: 'e2', event: { event_name: 'a', event_id: 'e2' } }),
      expect.objectContaining({ event_id: expect.stringMatching(/^kinesis:shardId-\d+-\d+$/) }),
    ]),
  );

  const { sqs, names } = pipeline.deployment;
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: names.eventDeadLetterQueue }));
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 10 }));
  expect(Messages.map(({ Body = '' }) => JSON.parse(Body))).toEqual([
    expect.objectContaining({
      reason: 'expected UTF-8 text with JSON, got other bytes',
      source: 'kinesis',
      position: expect.stringMatching(/^shardId-\d+-\d+$/),
      bytes: 3,
      base64: 'H4v/',
    }),
  ]);
}, 120_000);

test('the program of docs/events.md for the stream sends its event', async () => {
  await runNodeSnippet('client-kinesis', environmentOf(pipeline));
  const sent = async () => (await pipeline.rawEvents()).filter(({ event_id }) => event_id === 'kinesis-1');
  await until(async () => (await sent()).length > 0);
  expect(await sent()).toMatchObject([
    { source: 'kinesis', event: { event_name: 'view_item', client_id: 'c1' } },
  ]);
}, 60_000);
