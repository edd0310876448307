import { GetQueueAttributesCommand, GetQueueUrlCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { redriveEvents } from '../../operations/events/dead-letters';
import { daybook } from '../cli/run-daybook';
import { LocalPipeline } from './local-pipeline';

let pipeline: LocalPipeline;
let QueueUrl: string | undefined;
beforeAll(async () => {
  pipeline = await LocalPipeline.start({ every: 0 });
  const { sqs, names } = pipeline.deployment;
  ({ QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: names.eventDeadLetterQueue })));
  for (const MessageBody of [
    '{"event_name":"page_view","event_id":"d1"}',
    '{"event_name":"view_item"}\n{"event_name":"purchase"}',
    JSON.stringify({ reason: 'expected UTF-8', source: 'sqs', position: 'm1', bytes: 2, base64: '//4=' }),
    JSON.stringify({ requestContext: {}, KinesisBatchInfo: { shardId: 's-0' } }),
  ])
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
}, 60_000);
afterAll(() => pipeline.stop());

const redrive = (...options: string[]) =>
  daybook(['redrive', '--events', ...options], { AWS_ENDPOINT_URL: pipeline.ready.endpoint });
const visible = async () => {
  const asked = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] });
  return (await pipeline.deployment.sqs.send(asked)).Attributes?.ApproximateNumberOfMessages;
};

test('a dry run counts dead letters of events, and leaves them where they are', async () => {
  const { stdout } = await redrive('--dry-run', '--json');
  expect(JSON.parse(stdout)).toEqual({ dead_letters: 4, moved: 0, kept: { bytes: 1, stream: 1 } });
  expect(await visible()).toBe('4');
  expect(await pipeline.rawEvents()).toEqual([]);
});

test('one that stops before it deletes a message writes the same file again', async () => {
  const { sqs } = pipeline.deployment;
  const send = sqs.send.bind(sqs);
  let calls = 0;
  sqs.send = ((command: object) => {
    calls += Number(command.constructor.name === 'DeleteMessageCommand');
    if (command.constructor.name === 'DeleteMessageCommand' && calls === 1)
      throw new Error('connection lost');
    return send(command as never);
  }) as typeof sqs.send;
  try {
    await expect(redriveEvents(pipeline.deployment, false)).rejects.toThrow('connection lost');
  } finally {
    sqs.send = send;
  }
  expect(await visible()).toBe('4');
  const { stdout } = await redrive();
  expect(stdout.trim().split('\n')).toEqual([
    '2 dead letters written to input/events/',
    '1 dead letter kept: the record is no text: fix its producer',
    '1 dead letter kept: a batch of the stream: read the stream again from its time',
  ]);
  const events = await pipeline.rawEvents();
  expect(events.map(({ event }) => (event as { event_name: string }).event_name).sort()).toEqual([
    'page_view',
    'purchase',
    'view_item',
  ]);
  expect(new Set(events.map(({ event_id }) => event_id)).size).toBe(3);
  expect(await visible()).toBe('2');
}, 60_000);
