import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ListMessageMoveTasksCommand,
  type SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import type { SqsService } from '../../src/sqs/service';
import { receiveMessages, SqsScene } from './open-sqs';

const scene = new SqsScene();
let sqs: SqsService;
let client: SQSClient;
let source: string;
let dead: string;

beforeEach(async () => {
  ({ sqs, client } = await scene.open());
  dead = await sqs.ensureQueue('dead');
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead, maxReceiveCount: 2 });
  source = await sqs.ensureQueue('q', { RedrivePolicy, VisibilityTimeout: '60' });
});
afterEach(() => scene.cleanUp());

const receive = (queue: string) => receiveMessages(client, queue);
/** Receives and waits for the visibility timeout. */
const fail = async (queue: string) => {
  const messages = await receive(queue);
  scene.clock.advance(60);
  return messages.map(({ Body }) => Body);
};

test('a receive after maxReceiveCount moves the message to the dead-letter queue', async () => {
  await sqs.send(source, 'poison');
  expect(await fail('q')).toEqual(['poison']);
  const [second] = await receive('q');
  scene.clock.advance(60);
  expect([sqs.bodies('q'), sqs.bodies('dead')]).toEqual([['poison'], []]);
  expect(await receive('q')).toEqual([]);
  expect([sqs.bodies('q'), sqs.bodies('dead')]).toEqual([[], ['poison']]);

  await client.send(new DeleteMessageCommand({ QueueUrl: 'q', ReceiptHandle: second?.ReceiptHandle }));
  const [letter] = await receive('dead');
  expect(letter).toMatchObject({
    MessageId: second?.MessageId,
    Attributes: {
      DeadLetterQueueSourceArn: source,
      ApproximateReceiveCount: '3',
      SentTimestamp: '1751371200000',
    },
  });
});

test('a receive moves dead letters and returns the other messages', async () => {
  await sqs.send(source, 'poison');
  await fail('q');
  await fail('q');
  await sqs.send(source, 'alive');
  expect(await fail('q')).toEqual(['alive']);
  expect(sqs.bodies('dead')).toEqual(['poison']);
});

test('a redrive moves dead letters back as new messages', async () => {
  await sqs.send(source, 'poison');
  for (let i = 0; i < 3; i++) await fail('q');
  await client.send(new StartMessageMoveTaskCommand({ SourceArn: dead }));
  expect([sqs.bodies('q'), sqs.bodies('dead')]).toEqual([['poison'], []]);
  const [again] = await receive('q');
  expect(again?.Attributes).toMatchObject({ ApproximateReceiveCount: '1' });
  expect(again?.Attributes).not.toHaveProperty('DeadLetterQueueSourceArn');
  const { Results } = await client.send(new ListMessageMoveTasksCommand({ SourceArn: dead }));
  expect(Results).toMatchObject([
    { Status: 'COMPLETED', ApproximateNumberOfMessagesMoved: 1, ApproximateNumberOfMessagesToMove: 1 },
  ]);
});

test('a redrive uses the destination, and fails for messages without a known source', async () => {
  const other = await sqs.ensureQueue('other');
  await sqs.send(dead, 'sent here by hand');
  await client.send(new StartMessageMoveTaskCommand({ SourceArn: dead }));
  const { Results } = await client.send(new ListMessageMoveTasksCommand({ SourceArn: dead }));
  expect(Results).toMatchObject([{ Status: 'FAILED', FailureReason: 'CouldNotDetermineMessageSource' }]);
  await client.send(new StartMessageMoveTaskCommand({ SourceArn: dead, DestinationArn: other }));
  expect([sqs.bodies('dead'), sqs.bodies('other')]).toEqual([[], ['sent here by hand']]);
});

test('only a dead-letter queue can be redriven', async () => {
  const start = (SourceArn: string) => client.send(new StartMessageMoveTaskCommand({ SourceArn }));
  await expect(start(source)).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  await expect(start(`${source}x`)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('the redrive policy is returned as set', async () => {
  const { Attributes } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: 'q', AttributeNames: ['RedrivePolicy'] }),
  );
  expect(JSON.parse(Attributes?.RedrivePolicy ?? '')).toEqual({
    deadLetterTargetArn: dead,
    maxReceiveCount: 2,
  });
});
