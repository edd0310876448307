import { DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { ListSubscriptionsCommand, PublishCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { clientConfig, Scene } from '../../src/testing/scene';
import { openServices } from './killed-process';
import { startProcess } from './start-process';

const scene = new Scene();
afterEach(() => scene.cleanUp());

test('all acknowledged writes survive a kill -9', async () => {
  const home = await scene.directory();
  const { child, url } = await startProcess(home);
  const answered = { sent: new Set<string>(), published: new Set<string>(), put: new Set<string>() };
  try {
    const sqs = new SQSClient(clientConfig(url));
    const sns = new SNSClient(clientConfig(url));
    const dynamodb = new DynamoDBClient(clientConfig(url));
    const TopicArn = 'arn:aws:sns:us-east-1:000000000000:t';
    const Endpoint = 'arn:aws:sqs:us-east-1:000000000000:q';
    await sns.send(
      new SubscribeCommand({
        TopicArn,
        Protocol: 'sqs',
        Endpoint,
        Attributes: { RawMessageDelivery: 'true' },
      }),
    );
    const until = async (name: keyof typeof answered, call: (k: string) => Promise<unknown>) => {
      for (let i = 0; i < 10_000; i++) {
        await call(String(i));
        answered[name].add(String(i));
      }
    };
    const work = Promise.allSettled([
      until('sent', (k) => sqs.send(new SendMessageCommand({ QueueUrl: 'q', MessageBody: `sent ${k}` }))),
      until('published', (k) => sns.send(new PublishCommand({ TopicArn, Message: `published ${k}` }))),
      until('put', (k) => dynamodb.send(new PutItemCommand({ TableName: 'Kept', Item: { k: { N: k } } }))),
    ]);
    while (Object.values(answered).some(({ size }) => size < 20)) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    child.kill('SIGKILL');
    await work;
  } finally {
    child.kill('SIGKILL');
  }

  const services = await openServices(home);
  const { url: reopened } = await scene.serve(...Object.values(services));
  const bodies = new Set(services.sqs.bodies('q'));
  for (const k of answered.sent) expect(bodies).toContain(`sent ${k}`);
  for (const k of answered.published) expect(bodies).toContain(`published ${k}`);
  const { Items = [] } = await new DynamoDBClient(clientConfig(reopened)).send(
    new ScanCommand({ TableName: 'Kept' }),
  );
  const keys = new Set(Items.map(({ k }) => k?.N));
  for (const k of answered.put) expect(keys).toContain(k);
  const { Subscriptions } = await new SNSClient(clientConfig(reopened)).send(
    new ListSubscriptionsCommand({}),
  );
  expect(Subscriptions).toHaveLength(1);
});
