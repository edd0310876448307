import { request } from 'node:http';
import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { SqsScene } from './open-sqs';

const scene = new SqsScene();
afterEach(() => scene.cleanUp());

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function open() {
  const opened = await scene.open(() => new Date());
  const arn = await opened.sqs.ensureQueue('q');
  const QueueUrl = `${opened.url}/000000000000/q`;
  const receive = async (WaitTimeSeconds: number) => {
    const started = performance.now();
    const { Messages = [] } = await opened.client.send(
      new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds }),
    );
    return { bodies: Messages.map(({ Body }) => Body), seconds: (performance.now() - started) / 1000 };
  };
  return { ...opened, arn, QueueUrl, receive };
}

test('exactly one long poll receives a message when it is sent', async () => {
  const { client, QueueUrl, receive } = await open();
  const waiting = [receive(1), receive(1)];
  await pause(100);
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }));
  const answers = await Promise.all(waiting);
  expect(answers.flatMap(({ bodies }) => bodies)).toEqual(['x']);
  expect(Math.min(...answers.map(({ seconds }) => seconds))).toBeLessThan(0.7);
});

test('a long poll receives a message when its delay ends', async () => {
  const { client, QueueUrl, receive } = await open();
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x', DelaySeconds: 1 }));
  const { bodies, seconds } = await receive(10);
  expect(bodies).toEqual(['x']);
  expect(seconds).toBeLessThan(3);
});

test('a long poll without messages ends after its wait time', async () => {
  const { receive } = await open();
  const { bodies, seconds } = await receive(1);
  expect(bodies).toEqual([]);
  expect(seconds).toBeGreaterThan(0.9);
});

test('a disconnected caller receives no message', async () => {
  const { url, arn, sqs, receive } = await open();
  const left = request(url, {
    method: 'POST',
    headers: {
      authorization: 'AWS4-HMAC-SHA256 Credential=a/20250701/us-east-1/sqs/aws4_request',
      'x-amz-target': 'AmazonSQS.ReceiveMessage',
    },
  });
  left.on('error', () => {});
  left.end(JSON.stringify({ QueueUrl: 'q', WaitTimeSeconds: 20 }));
  await pause(100);
  const closed = new Promise((resolve) => left.on('close', resolve));
  left.destroy();
  await closed;
  await pause(50);
  await sqs.send(arn, 'x');
  expect((await receive(0)).bodies).toEqual(['x']);
});

test('closing ends a long poll', async () => {
  const { receive } = await open();
  const waiting = receive(20);
  await pause(100);
  await scene.cleanUp();
  expect((await waiting).seconds).toBeLessThan(3);
});
