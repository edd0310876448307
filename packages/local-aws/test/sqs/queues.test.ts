import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListDeadLetterSourceQueuesCommand,
  ListQueuesCommand,
  ListQueueTagsCommand,
  QueueDoesNotExist,
  QueueNameExists,
  SendMessageCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import { SqsScene } from './open-sqs';

const scene = new SqsScene();
afterEach(() => scene.cleanUp());

const arn = (name: string) => `arn:aws:sqs:us-east-1:000000000000:${name}`;

test('a queue is created once, and found by name, by prefix and page by page', async () => {
  const { client, url } = await scene.open();
  for (const QueueName of ['b-2', 'a-1', 'b-1', 'b-1']) {
    const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName }));
    expect(QueueUrl).toBe(`${url}/000000000000/${QueueName}`);
  }
  expect((await client.send(new GetQueueUrlCommand({ QueueName: 'a-1' }))).QueueUrl).toMatch(/\/a-1$/);
  const { QueueUrls } = await client.send(new ListQueuesCommand({ QueueNamePrefix: 'b-' }));
  expect(QueueUrls?.map((each) => each.split('/').at(-1))).toEqual(['b-1', 'b-2']);
  const first = await client.send(new ListQueuesCommand({ MaxResults: 2 }));
  expect(first.QueueUrls).toHaveLength(2);
  const rest = await client.send(new ListQueuesCommand({ MaxResults: 2, NextToken: first.NextToken }));
  expect([rest.QueueUrls?.length, rest.NextToken]).toEqual([1, undefined]);
});

test('attributes have defaults and are returned as set', async () => {
  const { client } = await scene.open();
  const { QueueUrl } = await client.send(
    new CreateQueueCommand({ QueueName: 'q', Attributes: { VisibilityTimeout: '90', Policy: '{"a":1}' } }),
  );
  scene.clock.advance(10);
  await client.send(
    new SetQueueAttributesCommand({ QueueUrl, Attributes: { DelaySeconds: '5', Policy: '' } }),
  );
  const all = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
  expect(all.Attributes).toEqual({
    ApproximateNumberOfMessages: '0',
    ApproximateNumberOfMessagesDelayed: '0',
    ApproximateNumberOfMessagesNotVisible: '0',
    CreatedTimestamp: '1751371200',
    DelaySeconds: '5',
    LastModifiedTimestamp: '1751371210',
    MaximumMessageSize: '1048576',
    MessageRetentionPeriod: '345600',
    QueueArn: arn('q'),
    ReceiveMessageWaitTimeSeconds: '0',
    SqsManagedSseEnabled: 'true',
    VisibilityTimeout: '90',
  });
  const one = await client.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn', 'RedrivePolicy'] }),
  );
  expect(one.Attributes).toEqual({ QueueArn: arn('q') });
});

test('creating an existing queue with other attributes fails', async () => {
  const { client } = await scene.open();
  const create = (VisibilityTimeout: string) =>
    client.send(new CreateQueueCommand({ QueueName: 'q', Attributes: { VisibilityTimeout } }));
  await create('60');
  await create('60');
  await expect(create('61')).rejects.toThrow(QueueNameExists);
  await expect(create('61')).rejects.toMatchObject({ Code: 'QueueAlreadyExists' });
});

test.each<[Record<string, string>, string, string]>([
  [{ VisibilityTimeout: '43201' }, 'InvalidAttributeValue', 'from 0 to 43200'],
  [{ DelaySeconds: 'soon' }, 'InvalidAttributeValue', '"soon"'],
  [{ Colour: 'red' }, 'InvalidAttributeName', 'Colour'],
  [{ FifoQueue: 'true' }, 'UnsupportedOperation', 'FIFO queues are not supported locally'],
  [{ RedrivePolicy: 'x' }, 'InvalidParameterValue', 'not a valid JSON map'],
  [
    { RedrivePolicy: `{"deadLetterTargetArn":"${arn('none')}","maxReceiveCount":1}` },
    'InvalidParameterValue',
    'Dead letter target does not exist',
  ],
])('the attributes %j are refused', async (Attributes, name, message) => {
  const { client } = await scene.open();
  const created = client.send(new CreateQueueCommand({ QueueName: 'q', Attributes }));
  await expect(created).rejects.toMatchObject({ name, message: expect.stringContaining(message) });
});

test.each([
  ['orders.fifo', 'FIFO queues are not supported locally'],
  ['a b', '"a b"'],
])('the name %s is refused', async (QueueName, message) => {
  const { client } = await scene.open();
  await expect(client.send(new CreateQueueCommand({ QueueName }))).rejects.toThrow(message);
});

test('the error for a missing queue has its JSON and its Query code', async () => {
  const { client, url } = await scene.open();
  const QueueUrl = `${url}/000000000000/gone`;
  const sent = client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }));
  await expect(sent).rejects.toThrow(QueueDoesNotExist);
  await expect(sent).rejects.toMatchObject({
    Code: 'AWS.SimpleQueueService.NonExistentQueue',
    Type: 'Sender',
  });
  await expect(client.send(new GetQueueUrlCommand({ QueueName: 'gone' }))).rejects.toThrow(QueueDoesNotExist);
});

test('a deleted queue does not exist', async () => {
  const { client } = await scene.open();
  const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: 'q' }));
  await client.send(new DeleteQueueCommand({ QueueUrl }));
  await expect(client.send(new DeleteQueueCommand({ QueueUrl }))).rejects.toThrow(QueueDoesNotExist);
});

test('a URL of another port or host names the same queue', async () => {
  const { client } = await scene.open();
  await client.send(new CreateQueueCommand({ QueueName: 'q' }));
  const QueueUrl = 'http://localhost:1/000000000000/q';
  const { Attributes } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  expect(Attributes?.QueueArn).toBe(arn('q'));
});

test('the sources of a dead-letter queue are listed', async () => {
  const { client, sqs } = await scene.open();
  const deadLetterTargetArn = await sqs.ensureQueue('dead');
  for (const name of ['b', 'a']) {
    await sqs.ensureQueue(name, {
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount: '3' }),
    });
  }
  const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: 'dead' }));
  const { queueUrls } = await client.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl }));
  expect(queueUrls?.map((each) => each.split('/').at(-1))).toEqual(['a', 'b']);
});

test('ensureQueue updates an existing queue, resets other attributes and keeps its messages', async () => {
  const { client, sqs } = await scene.open();
  const queue = await sqs.ensureQueue('q', { VisibilityTimeout: '90', DelaySeconds: '5' });
  await sqs.send(queue, 'kept');
  await sqs.ensureQueue('q', { VisibilityTimeout: '120' });
  const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: 'q' }));
  const { Attributes } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['VisibilityTimeout', 'DelaySeconds'] }),
  );
  expect(Attributes).toEqual({ VisibilityTimeout: '120', DelaySeconds: '0' });
  expect(sqs.bodies('q')).toEqual(['kept']);
});

test('the error of an unsupported operation names it', async () => {
  const { client } = await scene.open();
  await expect(client.send(new ListQueueTagsCommand({ QueueUrl: 'q' }))).rejects.toMatchObject({
    name: 'UnknownOperationException',
    message: expect.stringContaining('ListQueueTags'),
  });
});
