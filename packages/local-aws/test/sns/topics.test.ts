import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CreateTopicCommand,
  DeleteTopicCommand,
  GetSubscriptionAttributesCommand,
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  ListSubscriptionsCommand,
  ListTagsForResourceCommand,
  ListTopicsCommand,
  NotFoundException,
  PublishBatchCommand,
  PublishCommand,
  SetSubscriptionAttributesCommand,
  SetTopicAttributesCommand,
  SNSClient,
  SubscribeCommand,
  UnsubscribeCommand,
} from '@aws-sdk/client-sns';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { createSnsService } from '../../src/sns/service';
import { createSqsService } from '../../src/sqs/service';
import { ACCOUNT, clientConfig, Scene } from '../../src/testing/scene';

const scene = new Scene();
afterEach(() => scene.cleanUp());

const clock = () => new Date('2025-07-01T12:00:00Z');

async function open(directory?: string) {
  const home = directory ?? (await scene.directory());
  const sqs = await createSqsService({ directory: join(home, 'sqs'), clock });
  const sns = await createSnsService({ directory: join(home, 'sns'), clock, deliver: sqs.send });
  const { url } = await scene.serve(sqs, sns);
  const queue = await sqs.ensureQueue('q');
  const topic = await sns.ensureTopic('Done');
  const client = new SNSClient(clientConfig(url));
  const subscribe = async (Protocol: string, Endpoint: string, Attributes: Record<string, string> = {}) =>
    (await client.send(new SubscribeCommand({ TopicArn: topic, Protocol, Endpoint, Attributes })))
      .SubscriptionArn ?? '';
  const outbox = async () =>
    (await readFile(join(home, 'sns', 'outbox.jsonl'), 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  return { home, sqs, sns, url, queue, topic, client, subscribe, outbox };
}

test('topics are created once, listed, described, changed and deleted', async () => {
  const { client, topic } = await open();
  const { TopicArn } = await client.send(
    new CreateTopicCommand({ Name: 'Failed', Attributes: { DisplayName: 'Fails & faults' } }),
  );
  expect(TopicArn).toBe('arn:aws:sns:us-east-1:000000000000:Failed');
  expect((await client.send(new CreateTopicCommand({ Name: 'Done' }))).TopicArn).toBe(topic);
  expect((await client.send(new ListTopicsCommand({}))).Topics).toEqual([{ TopicArn: topic }, { TopicArn }]);
  await client.send(
    new SetTopicAttributesCommand({ TopicArn, AttributeName: 'Policy', AttributeValue: '{"a":"<b>"}' }),
  );
  const { Attributes } = await client.send(new GetTopicAttributesCommand({ TopicArn }));
  expect(Attributes).toMatchObject({
    TopicArn,
    Owner: ACCOUNT,
    DisplayName: 'Fails & faults',
    Policy: '{"a":"<b>"}',
    SubscriptionsConfirmed: '0',
  });
  await client.send(new DeleteTopicCommand({ TopicArn }));
  await client.send(new DeleteTopicCommand({ TopicArn }));
  await expect(client.send(new GetTopicAttributesCommand({ TopicArn }))).rejects.toThrow(NotFoundException);
});

test('more than 100 topics are listed in pages', async () => {
  const { client, sns } = await open();
  for (let i = 0; i < 120; i++) await sns.ensureTopic(`t${i}`);
  const first = await client.send(new ListTopicsCommand({}));
  const second = await client.send(new ListTopicsCommand({ NextToken: first.NextToken }));
  expect([first.Topics?.length, second.Topics?.length, second.NextToken]).toEqual([100, 21, undefined]);
});

test('a queue receives the JSON envelope of AWS', async () => {
  const { client, topic, queue, subscribe, sqs, url } = await open();
  const subscription = await subscribe('sqs', queue);
  const { MessageId } = await client.send(
    new PublishCommand({
      TopicArn: topic,
      Subject: 'Grüße',
      Message: '{"files": ["a & b.csv"]}',
      MessageAttributes: { state: { DataType: 'String', StringValue: 'fine' } },
    }),
  );
  expect(sqs.bodies('q').map((body) => JSON.parse(body))).toEqual([
    {
      Type: 'Notification',
      MessageId,
      TopicArn: topic,
      Subject: 'Grüße',
      Message: '{"files": ["a & b.csv"]}',
      Timestamp: '2025-07-01T12:00:00.000Z',
      SignatureVersion: '1',
      Signature: '',
      SigningCertURL: '',
      UnsubscribeURL: `${url}/?Action=Unsubscribe&SubscriptionArn=${subscription}`,
      MessageAttributes: { state: { Type: 'String', Value: 'fine' } },
    },
  ]);
});

test('raw delivery is the message itself, with its attributes', async () => {
  const { client, topic, queue, subscribe, url } = await open();
  await subscribe('sqs', queue, { RawMessageDelivery: 'true' });
  await client.send(
    new PublishCommand({
      TargetArn: topic,
      Message: 'plain',
      MessageAttributes: { a: { DataType: 'Binary', BinaryValue: Uint8Array.of(1, 2) } },
    }),
  );
  const { Messages } = await new SQSClient(clientConfig(url)).send(
    new ReceiveMessageCommand({ QueueUrl: 'q', MessageAttributeNames: ['All'] }),
  );
  expect(Messages).toMatchObject([
    { Body: 'plain', MessageAttributes: { a: { DataType: 'Binary', BinaryValue: Uint8Array.of(1, 2) } } },
  ]);
});

test('messages for other protocols are written to the outbox, with protocol-specific text', async () => {
  const { client, topic, subscribe, outbox, queue, sqs } = await open();
  await subscribe('email', 'me@example.org');
  await subscribe('https', 'https://example.org/hook');
  await subscribe('sqs', queue, { RawMessageDelivery: 'true' });
  const Message = JSON.stringify({ default: 'to all', email: 'to people' });
  await client.send(new PublishCommand({ TopicArn: topic, Subject: 'S', Message, MessageStructure: 'json' }));
  expect(await outbox()).toMatchObject([
    { protocol: 'email', endpoint: 'me@example.org', subject: 'S', message: 'to people', topicArn: topic },
    { protocol: 'https', endpoint: 'https://example.org/hook', message: 'to all' },
  ]);
  expect(sqs.bodies('q')).toEqual(['to all']);
});

test('a deleted queue does not affect delivery to the others', async () => {
  const { client, topic, queue, subscribe, outbox, sqs } = await open();
  await subscribe('sqs', `${queue}-gone`);
  await subscribe('sqs', queue, { RawMessageDelivery: 'true' });
  await client.send(new PublishCommand({ TopicArn: topic, Message: 'x' }));
  expect(sqs.bodies('q')).toEqual(['x']);
  expect(await outbox()).toMatchObject([
    { endpoint: `${queue}-gone`, error: expect.stringContaining('does not exist') },
  ]);
});

test('subscriptions are listed, described, changed and deleted', async () => {
  const { client, topic, queue, subscribe } = await open();
  const SubscriptionArn = await subscribe('sqs', queue);
  expect(await subscribe('sqs', queue)).toBe(SubscriptionArn);
  const listed = { SubscriptionArn, TopicArn: topic, Protocol: 'sqs', Endpoint: queue, Owner: ACCOUNT };
  const other = (await client.send(new CreateTopicCommand({ Name: 'Other' }))).TopicArn;
  expect((await client.send(new ListSubscriptionsCommand({}))).Subscriptions).toEqual([listed]);
  const byTopic = (TopicArn: string | undefined) =>
    client.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
  expect((await byTopic(topic)).Subscriptions).toEqual([listed]);
  expect((await byTopic(other)).Subscriptions ?? []).toEqual([]);

  await client.send(
    new SetSubscriptionAttributesCommand({
      SubscriptionArn,
      AttributeName: 'RawMessageDelivery',
      AttributeValue: 'true',
    }),
  );
  const { Attributes } = await client.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }));
  expect(Attributes).toMatchObject({ RawMessageDelivery: 'true', PendingConfirmation: 'false' });
  await client.send(new UnsubscribeCommand({ SubscriptionArn }));
  await client.send(new UnsubscribeCommand({ SubscriptionArn }));
  expect((await client.send(new ListSubscriptionsCommand({}))).Subscriptions ?? []).toEqual([]);
});

test('a batch reports the result of each message', async () => {
  const { client, topic, queue, subscribe, sqs } = await open();
  await subscribe('sqs', queue, { RawMessageDelivery: 'true' });
  const { Successful, Failed } = await client.send(
    new PublishBatchCommand({
      TopicArn: topic,
      PublishBatchRequestEntries: [
        { Id: 'a', Message: 'one' },
        { Id: 'b', Message: 'two', Subject: 'on\ntwo lines' },
        { Id: 'c', Message: 'three' },
      ],
    }),
  );
  expect(Successful?.map(({ Id }) => Id)).toEqual(['a', 'c']);
  expect(Failed).toMatchObject([{ Id: 'b', Code: 'InvalidParameter', SenderFault: true }]);
  expect(sqs.bodies('q')).toEqual(['one', 'three']);
});

test('unsupported features are rejected by name', async () => {
  const { client, topic, queue, subscribe } = await open();
  const invalid = (about: string) => ({
    name: 'InvalidParameterException',
    message: expect.stringContaining(about),
  });
  await expect(subscribe('sqs', queue, { FilterPolicy: '{"a":["b"]}' })).rejects.toMatchObject(
    invalid('FilterPolicy is not supported locally'),
  );
  await expect(subscribe('pigeon', 'x')).rejects.toMatchObject(invalid('"pigeon"'));
  await expect(subscribe('sqs', 'http://127.0.0.1/q')).rejects.toMatchObject(invalid('ARN'));
  await expect(client.send(new CreateTopicCommand({ Name: 'a.fifo' }))).rejects.toMatchObject(
    invalid('FIFO'),
  );
  await expect(client.send(new PublishCommand({ PhoneNumber: '+49', Message: 'x' }))).rejects.toMatchObject(
    invalid('text messages'),
  );
  await expect(client.send(new PublishCommand({ TopicArn: `${topic}x`, Message: 'x' }))).rejects.toThrow(
    NotFoundException,
  );
  await expect(client.send(new ListTagsForResourceCommand({ ResourceArn: topic }))).rejects.toMatchObject({
    name: 'InvalidAction',
    message: expect.stringContaining('ListTagsForResource'),
  });
});

test('topics and subscriptions survive a restart', async () => {
  const first = await open();
  const kept = await first.subscribe('sqs', first.queue, { RawMessageDelivery: 'true' });
  const ended = await first.subscribe('email', 'me@example.org');
  await first.client.send(new UnsubscribeCommand({ SubscriptionArn: ended }));
  await first.client.send(new CreateTopicCommand({ Name: 'Gone' }));
  await first.client.send(new DeleteTopicCommand({ TopicArn: first.topic.replace('Done', 'Gone') }));

  await open(first.home);
  const { client } = await open(first.home);
  expect((await client.send(new ListTopicsCommand({}))).Topics).toEqual([{ TopicArn: first.topic }]);
  const { Subscriptions } = await client.send(new ListSubscriptionsCommand({}));
  expect(Subscriptions?.map(({ SubscriptionArn }) => SubscriptionArn)).toEqual([kept]);
  const { Attributes } = await client.send(new GetSubscriptionAttributesCommand({ SubscriptionArn: kept }));
  expect(Attributes?.RawMessageDelivery).toBe('true');
});
