import {
  BatchEntryIdsNotDistinct,
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  EmptyBatchRequest,
  GetQueueAttributesCommand,
  type Message,
  MessageNotInflight,
  PurgeQueueCommand,
  ReceiptHandleIsInvalid,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SQSClient,
  TooManyEntriesInBatchRequest,
} from '@aws-sdk/client-sqs';
import { SqsScene } from './open-sqs';

const scene = new SqsScene();
let client: SQSClient;
let QueueUrl: string;

beforeEach(async () => {
  const opened = await scene.open();
  client = opened.client;
  await opened.sqs.ensureQueue('q', { VisibilityTimeout: '60' });
  QueueUrl = `${opened.url}/000000000000/q`;
});
afterEach(() => scene.cleanUp());

const send = (MessageBody: string) => client.send(new SendMessageCommand({ QueueUrl, MessageBody }));
const receive = async (input: Partial<ReceiveMessageCommandInput> = {}): Promise<Message[]> =>
  (await client.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, ...input }))).Messages ??
  [];
const remove = (message: Message | undefined) =>
  client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message?.ReceiptHandle }));
const changeVisibility = (message: Message | undefined, VisibilityTimeout: number) =>
  client.send(
    new ChangeMessageVisibilityCommand({
      QueueUrl,
      ReceiptHandle: message?.ReceiptHandle,
      VisibilityTimeout,
    }),
  );
const counts = async () => {
  const { Attributes } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
  );
  return [
    Attributes?.ApproximateNumberOfMessages,
    Attributes?.ApproximateNumberOfMessagesNotVisible,
    Attributes?.ApproximateNumberOfMessagesDelayed,
  ].map(Number);
};

test('a message is received with its attributes and digests, hidden, and deleted', async () => {
  const sent = await client.send(
    new SendMessageCommand({
      QueueUrl,
      MessageBody: 'grüße 😀\n<&>',
      MessageAttributes: {
        name: { DataType: 'String', StringValue: 'v' },
        count: { DataType: 'Number.int', StringValue: '7' },
        bytes: { DataType: 'Binary', BinaryValue: Uint8Array.of(0, 255) },
      },
      MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: 'Root=1' } },
    }),
  );
  scene.clock.advance(2);
  expect(sent.MD5OfMessageAttributes).toBe('4a3c440b91ddbfee35fe28d722f50ff2');
  const [message, ...others] = await receive({
    MessageSystemAttributeNames: ['All'],
    MessageAttributeNames: ['All'],
  });
  expect(others).toEqual([]);
  expect(message).toMatchObject({
    MessageId: sent.MessageId,
    Body: 'grüße 😀\n<&>',
    // Computed with Python's hashlib from the encoding in the SQS documentation.
    MD5OfBody: '53170fcdc813c8ca463b6519283680e4',
    MD5OfMessageAttributes: '4a3c440b91ddbfee35fe28d722f50ff2',
    Attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: '1751371200000',
      ApproximateFirstReceiveTimestamp: '1751371202000',
      SenderId: '000000000000',
      AWSTraceHeader: 'Root=1',
    },
    MessageAttributes: {
      name: { DataType: 'String', StringValue: 'v' },
      count: { DataType: 'Number.int', StringValue: '7' },
      bytes: { DataType: 'Binary', BinaryValue: Uint8Array.of(0, 255) },
    },
  });
  expect(await receive()).toEqual([]);
  expect(await counts()).toEqual([0, 1, 0]);
  await remove(message);
  expect(await counts()).toEqual([0, 0, 0]);
});

test('only requested attributes are returned', async () => {
  await client.send(
    new SendMessageCommand({
      QueueUrl,
      MessageBody: 'x',
      MessageAttributes: Object.fromEntries(
        ['trace.a', 'trace.b', 'other'].map((name) => [name, { DataType: 'String', StringValue: name }]),
      ),
    }),
  );
  const names = async (MessageAttributeNames: string[]) => {
    const [message] = await receive({ MessageAttributeNames, VisibilityTimeout: 0 });
    return Object.keys(message?.MessageAttributes ?? {}).sort();
  };
  expect(await names([])).toEqual([]);
  expect(await names(['other'])).toEqual(['other']);
  expect(await names(['trace.*'])).toEqual(['trace.a', 'trace.b']);
  const [message] = await receive({ MessageSystemAttributeNames: ['ApproximateReceiveCount'] });
  expect(message?.Attributes).toEqual({ ApproximateReceiveCount: '4' });
});

test('messages are received in send order, at most the requested number', async () => {
  for (let i = 0; i < 12; i++) await send(String(i));
  expect((await receive({ MaxNumberOfMessages: 1 })).map((m) => m.Body)).toEqual(['0']);
  expect((await receive()).map((m) => m.Body)).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9', '10']);
});

test('a message is visible again after its visibility timeout, and only its latest handle deletes it', async () => {
  await send('x');
  const [first] = await receive();
  scene.clock.advance(59);
  expect(await receive()).toEqual([]);
  scene.clock.advance(1);
  const [second] = await receive({ MessageSystemAttributeNames: ['ApproximateReceiveCount'] });
  expect(second?.Attributes?.ApproximateReceiveCount).toBe('2');
  expect(second?.ReceiptHandle).not.toBe(first?.ReceiptHandle);
  await remove(first);
  expect(await counts()).toEqual([0, 1, 0]);
  await remove(second);
  await remove(second);
  expect(await counts()).toEqual([0, 0, 0]);
});

test('a handle still deletes after the timeout if the message was not received again', async () => {
  await send('x');
  const [message] = await receive();
  scene.clock.advance(100);
  await remove(message);
  expect(await receive()).toEqual([]);
});

test('the visibility timeout is extended, and set to 0 to release the message', async () => {
  await send('x');
  const [first] = await receive();
  await changeVisibility(first, 600);
  scene.clock.advance(599);
  expect(await receive()).toEqual([]);
  await changeVisibility(first, 0);
  expect(await receive()).toHaveLength(1);
});

test('the visibility of a deleted, received again or visible message is not changed', async () => {
  await send('x');
  const [first] = await receive();
  scene.clock.advance(60);
  await expect(changeVisibility(first, 10)).rejects.toThrow(MessageNotInflight);
  const [second] = await receive();
  await expect(changeVisibility(first, 10)).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  await expect(changeVisibility(second, 43_201)).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  await remove(second);
  await expect(changeVisibility(second, 10)).rejects.toMatchObject({
    name: 'InvalidParameterValue',
    message: expect.stringContaining('Message does not exist'),
  });
});

test.each(['', 'nonsense', Buffer.from('local-sqs/other/id/1').toString('base64')])(
  'the handle %j is invalid',
  async (ReceiptHandle) => {
    const removed = client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    await expect(removed).rejects.toThrow(ReceiptHandleIsInvalid);
  },
);

test('a delayed message is available after its delay', async () => {
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x', DelaySeconds: 30 }));
  expect(await counts()).toEqual([0, 0, 1]);
  expect(await receive()).toEqual([]);
  scene.clock.advance(30);
  expect(await receive()).toHaveLength(1);
});

test('a message past its retention period is deleted, in flight or not', async () => {
  await send('x');
  await send('y');
  await receive({ MaxNumberOfMessages: 1 });
  scene.clock.advance(345_600 + 1);
  expect(await receive()).toEqual([]);
  expect(await counts()).toEqual([0, 0, 0]);
});

test('purging deletes all messages', async () => {
  await send('x');
  await send('y');
  await receive({ MaxNumberOfMessages: 1 });
  await client.send(new PurgeQueueCommand({ QueueUrl }));
  expect(await counts()).toEqual([0, 0, 0]);
});

test('a batch reports successful and failed entries', async () => {
  const sent = await client.send(
    new SendMessageBatchCommand({
      QueueUrl,
      Entries: [
        { Id: 'a', MessageBody: 'x' },
        { Id: 'b', MessageBody: 'bell \u0007' },
        { Id: 'c', MessageBody: 'y', DelaySeconds: 901 },
        { Id: 'd', MessageBody: 'z' },
      ],
    }),
  );
  expect(sent.Successful?.map(({ Id }) => Id)).toEqual(['a', 'd']);
  expect(sent.Failed?.map(({ Id, Code }) => [Id, Code])).toEqual([
    ['b', 'InvalidMessageContents'],
    ['c', 'InvalidParameterValue'],
  ]);

  const [x, z] = await receive();
  const changed = await client.send(
    new ChangeMessageVisibilityBatchCommand({
      QueueUrl,
      Entries: [
        { Id: '1', ReceiptHandle: x?.ReceiptHandle, VisibilityTimeout: 0 },
        { Id: '2', ReceiptHandle: 'nonsense', VisibilityTimeout: 0 },
      ],
    }),
  );
  expect(changed.Successful?.map(({ Id }) => Id)).toEqual(['1']);
  expect(changed.Failed?.map(({ Code }) => Code)).toEqual(['ReceiptHandleIsInvalid']);
  const deleted = await client.send(
    new DeleteMessageBatchCommand({
      QueueUrl,
      Entries: [
        { Id: '1', ReceiptHandle: z?.ReceiptHandle },
        { Id: '2', ReceiptHandle: 'nonsense' },
      ],
    }),
  );
  expect(deleted.Successful?.map(({ Id }) => Id)).toEqual(['1']);
  expect(deleted.Failed?.map(({ Id }) => Id)).toEqual(['2']);
  expect(await counts()).toEqual([1, 0, 0]);
});

test('an invalid batch has no effect', async () => {
  const batch = (ids: string[]) =>
    client.send(
      new SendMessageBatchCommand({ QueueUrl, Entries: ids.map((Id) => ({ Id, MessageBody: 'x' })) }),
    );
  await expect(batch([])).rejects.toThrow(EmptyBatchRequest);
  await expect(batch(['a', 'a'])).rejects.toThrow(BatchEntryIdsNotDistinct);
  await expect(batch([...'abcdefghijk'])).rejects.toThrow(TooManyEntriesInBatchRequest);
  await expect(batch(['a b'])).rejects.toMatchObject({ name: 'InvalidBatchEntryId' });
  expect(await counts()).toEqual([0, 0, 0]);
});

test.each([
  [{ MessageBody: '' }, 'MissingParameter'],
  [{ MessageBody: 'x'.repeat(1_048_577) }, 'InvalidParameterValue'],
  [{ MessageBody: 'x', MessageDeduplicationId: 'd' }, 'InvalidParameterValue'],
  [
    { MessageBody: 'x', MessageAttributes: { a: { DataType: 'Odd', StringValue: 'v' } } },
    'InvalidParameterValue',
  ],
  [
    { MessageBody: 'x', MessageAttributes: { 'aws.x': { DataType: 'String', StringValue: 'v' } } },
    'InvalidParameterValue',
  ],
])('message %# is refused with %s', async (message, name) => {
  await expect(client.send(new SendMessageCommand({ QueueUrl, ...message }))).rejects.toMatchObject({ name });
});
