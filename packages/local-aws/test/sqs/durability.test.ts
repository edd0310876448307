import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ListMessageMoveTasksCommand,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { AvailabilityHeap } from '../../src/sqs/availability-heap';
import { receiveMessages as receive, SqsScene } from './open-sqs';

const scene = new SqsScene();
afterEach(() => scene.cleanUp());

test('queues, messages, receive counts, timeouts and handles survive a restart', async () => {
  const first = await scene.open();
  const dead = await first.sqs.ensureQueue('dead');
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead, maxReceiveCount: 2 });
  const arn = await first.sqs.ensureQueue('q', { RedrivePolicy, VisibilityTimeout: '60' });
  await first.sqs.send(arn, 'held', { a: { DataType: 'String', StringValue: 'v' } });
  await first.sqs.send(arn, 'deleted');
  await first.sqs.send(arn, 'extended');
  const [held, deleted, extended] = await receive(first.client);
  await first.client.send(new DeleteMessageCommand({ QueueUrl: 'q', ReceiptHandle: deleted?.ReceiptHandle }));
  await first.client.send(
    new ChangeMessageVisibilityCommand({
      QueueUrl: 'q',
      ReceiptHandle: extended?.ReceiptHandle,
      VisibilityTimeout: 3600,
    }),
  );
  await first.sqs.send(arn, 'waiting');

  // Twice, to read the snapshot that the first reopening writes.
  await scene.open();
  const third = await scene.open();
  expect(third.sqs.bodies('q').sort()).toEqual(['extended', 'held', 'waiting']);
  const attributes = await third.client.send(
    new GetQueueAttributesCommand({ QueueUrl: 'q', AttributeNames: ['All'] }),
  );
  expect(attributes.Attributes).toMatchObject({
    ApproximateNumberOfMessages: '1',
    ApproximateNumberOfMessagesNotVisible: '2',
    CreatedTimestamp: '1751371200',
    RedrivePolicy,
    VisibilityTimeout: '60',
  });

  await third.client.send(
    new DeleteMessageCommand({ QueueUrl: 'q', ReceiptHandle: extended?.ReceiptHandle }),
  );
  expect((await receive(third.client)).map(({ Body }) => Body)).toEqual(['waiting']);
  scene.clock.advance(60);
  const [again] = (await receive(third.client)).filter(({ Body }) => Body === 'held');
  expect(again).toMatchObject({
    MessageId: held?.MessageId,
    Attributes: { ApproximateReceiveCount: '2', SentTimestamp: held?.Attributes?.SentTimestamp },
    MessageAttributes: { a: { StringValue: 'v' } },
  });
  scene.clock.advance(60);
  await receive(third.client);

  const fourth = await scene.open();
  expect(fourth.sqs.bodies('dead').sort()).toEqual(['held', 'waiting']);
  await fourth.client.send(new StartMessageMoveTaskCommand({ SourceArn: dead }));
  const fifth = await scene.open();
  expect(fifth.sqs.bodies('q').sort()).toEqual(['held', 'waiting']);
  expect(fifth.sqs.bodies('dead')).toEqual([]);
  const { Results } = await fifth.client.send(new ListMessageMoveTasksCommand({ SourceArn: dead }));
  expect(Results).toMatchObject([{ ApproximateNumberOfMessagesMoved: 2 }]);
});

test('handles 20,000 messages efficiently', async () => {
  const { sqs, client } = await scene.open();
  const arn = await sqs.ensureQueue('q');
  const bodies = Array.from({ length: 20_000 }, (_, i) => `message ${i} ${'x'.repeat(200)}`);
  for (const body of bodies) await sqs.send(arn, body);
  const received: (string | undefined)[] = [];
  const started = performance.now();
  for (let call = 0; call < 100; call++) {
    const messages = await receive(client);
    received.push(...messages.map(({ Body }) => Body));
    const Entries = messages.map(({ ReceiptHandle }, i) => ({ Id: String(i), ReceiptHandle }));
    await client.send(new DeleteMessageBatchCommand({ QueueUrl: 'q', Entries }));
  }
  // A receive that scanned all messages would take many times as long.
  expect(performance.now() - started).toBeLessThan(5000);
  expect(received).toEqual(bodies.slice(0, 1000));
  expect(sqs.bodies('q')).toHaveLength(19_000);
});

test('the heap orders by time, then by insertion', () => {
  const heap = new AvailabilityHeap();
  const turns = Array.from({ length: 300 }, (_, i) => ({
    messageId: `${i}`,
    at: (i * 7919) % 40,
    sequence: i,
  }));
  for (const turn of turns) heap.push(turn);
  heap.retain(({ sequence }) => sequence % 3 !== 0);
  const taken = [];
  for (let turn = heap.pop(); turn; turn = heap.pop()) taken.push(turn);
  const expected = turns
    .filter(({ sequence }) => sequence % 3 !== 0)
    .sort((a, b) => a.at - b.at || a.sequence - b.sequence);
  expect(taken).toEqual(expected);
});
