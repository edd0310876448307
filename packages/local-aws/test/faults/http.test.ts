import { DynamoDBClient, ListTablesCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import {
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { createDynamoDbService } from '../../src/dynamodb/service';
import { type Endpoint, startEndpoint } from '../../src/endpoint/endpoint';
import { Faults } from '../../src/faults/faults';
import type { RuleInput } from '../../src/faults/rule';
import { createS3Service, type S3Service } from '../../src/s3/service';
import { createSqsService, type SqsService } from '../../src/sqs/service';
import { directoryOf, remove } from '../../src/testing/files';
import { refusal } from '../../src/testing/s3-server';
import { ACCOUNT, clientConfig, REGION } from '../../src/testing/scene';

let data: string;
let faults: Faults;
let endpoint: Endpoint;
let s3Service: S3Service;
let sqsService: SqsService;
let QueueUrl: string;
const clients: { destroy(): void }[] = [];

beforeEach(async () => {
  data = directoryOf();
  faults = new Faults({ day: /\d{4}-\d\d-\d\d/g });
  s3Service = await createS3Service({ directory: `${data}/s3` });
  sqsService = await createSqsService({ directory: `${data}/sqs`, clock: faults.clock });
  faults.connect({ resetVisibility: (name) => sqsService.resetVisibility(name), isDelivering: () => false });
  const dynamodb = await createDynamoDbService({ directory: `${data}/dynamodb` });
  const services = [s3Service, sqsService, dynamodb];
  endpoint = await startEndpoint({ services, faults });
  await s3Service.createBucket('shop');
  await sqsService.ensureQueue('q');
  QueueUrl = `${endpoint.url}/${ACCOUNT}/q`;
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await endpoint.close();
  remove(data);
});

function client<Client extends { destroy(): void }>(
  make: new (config: ReturnType<typeof clientConfig>) => Client,
  maxAttempts = 1,
): Client {
  const made = new make({ ...clientConfig(endpoint.url), maxAttempts });
  clients.push(made);
  return made;
}

async function put(key: string, maxAttempts = 1): Promise<string> {
  const command = new PutObjectCommand({ Bucket: 'shop', Key: key, Body: Buffer.from('x') });
  return client(S3Client, maxAttempts)
    .send(command)
    .then(
      () => 'done',
      (error: Error) => error.name,
    );
}

async function stored(): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of s3Service.listObjects('shop', '')) keys.push(key);
  return keys;
}

const send = (MessageBody: string) =>
  client(SQSClient).send(new SendMessageCommand({ QueueUrl, MessageBody }));

async function receive(): Promise<Message[]> {
  const command = new ReceiveMessageCommand({
    QueueUrl,
    MaxNumberOfMessages: 10,
    MessageSystemAttributeNames: ['All'],
  });
  return (await client(SQSClient).send(command)).Messages ?? [];
}

const onPut = (effect: RuleInput['effect'], more: Partial<RuleInput> = {}) =>
  faults.plan.put({ service: 's3', operation: 'PutObject', effect, ...more });

test('fails only the nth matching call, without effect', async () => {
  onPut({ do: 'refuse' }, { nth: 2, resource: 'b*' });
  expect([await put('a'), await put('b1'), await put('b2'), await put('b3')]).toEqual([
    'done',
    'done',
    'InternalError',
    'done',
  ]);
  expect(await stored()).toEqual(['a', 'b1', 'b3']);
  expect(faults.plan.fired).toHaveLength(1);
});

test.each([
  ['internal', 'InternalError'],
  ['unavailable', 'ServiceUnavailable'],
  ['throttle', 'SlowDown'],
] as const)('a refusal of S3 that is %s is called %s', async (how, name) => {
  onPut({ do: 'refuse', how });
  expect(await put('a')).toBe(name);
});

describe('a conflict', () => {
  const CONFLICT = { name: 'ConditionalRequestConflict', status: 409 };
  const onConditional = (operation: string) =>
    faults.plan.put({ service: 's3', operation, effect: { do: 'refuse', how: 'conflict' } });

  test('refuses a conditional put, which the SDK does not send again, and no other put', async () => {
    onConditional('PutObject');
    expect(await put('unconditional', 3)).toBe('done');
    const command = () =>
      new PutObjectCommand({ Bucket: 'shop', Key: 'a', Body: Buffer.from('x'), IfNoneMatch: '*' });
    const s3 = client(S3Client, 3);
    expect(await refusal(s3.send(command()))).toEqual(CONFLICT);
    expect(await stored()).toEqual(['unconditional']);
    await s3.send(command());
    expect(await stored()).toEqual(['a', 'unconditional']);
  });

  test('refuses a conditional copy and a conditional delete', async () => {
    await put('a');
    onConditional('CopyObject');
    onConditional('DeleteObject');
    const target = { Bucket: 'shop', Key: 'copy' };
    const copy = new CopyObjectCommand({ ...target, CopySource: 'shop/a', IfNoneMatch: '*' });
    expect(await refusal(client(S3Client).send(copy))).toEqual(CONFLICT);
    const remove = new DeleteObjectCommand({ Bucket: 'shop', Key: 'a', IfMatch: '"any"' });
    expect(await refusal(client(S3Client).send(remove))).toEqual(CONFLICT);
    expect(await stored()).toEqual(['a']);
  });

  test('is the answer of one key of DeleteObjects', async () => {
    await put('a');
    await put('b');
    onConditional('DeleteObjects');
    const Delete = { Quiet: true, Objects: ['a', 'b'].map((Key) => ({ Key, ETag: '*' })) };
    const { Errors } = await client(S3Client).send(new DeleteObjectsCommand({ Bucket: 'shop', Delete }));
    expect(Errors).toEqual([expect.objectContaining({ Key: 'a', Code: CONFLICT.name })]);
    expect(await stored()).toEqual(['a']);
  });
});

describe('an error in a response with status 200', () => {
  const onAny = (attempts: number, code?: string) =>
    faults.plan.put({
      service: 's3',
      effect: { do: 'refuse', how: 'error-in-200', attempts, ...(code && { code }) },
    });
  const statuses: (number | undefined)[] = [];
  /** A client that records the status of every response, before the SDK looks into it. */
  function watched(maxAttempts: number): S3Client {
    const made = client(S3Client, maxAttempts);
    statuses.length = 0;
    made.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        statuses.push((result.response as { statusCode?: number }).statusCode);
        return result;
      },
      { step: 'deserialize', priority: 'low', name: 'watch' },
    );
    return made;
  }
  const copy = () => new CopyObjectCommand({ Bucket: 'shop', Key: 'copy', CopySource: 'shop/a' });

  test('matches a copy, not a put; the SDK reports it as 503 under its name, after its attempts', async () => {
    onAny(2, 'SlowDown');
    expect(await put('a')).toBe('done');
    expect(await refusal(watched(2).send(copy()))).toEqual({ name: 'SlowDown', status: 503 });
    expect(statuses).toEqual([200, 200]);
    expect(await stored()).toEqual(['a']);
    await client(S3Client).send(copy());
    expect(await stored()).toEqual(['a', 'copy']);
  });

  test('matches the copy of a part, and a completion', async () => {
    const s3 = watched(1);
    await put('a');
    const target = { Bucket: 'shop', Key: 'parts' };
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand(target));
    const part = { ...target, UploadId, PartNumber: 1 };
    const { ETag } = await s3.send(new UploadPartCommand({ ...part, Body: Buffer.from('x') }));
    onAny(1);
    const partCopy = new UploadPartCopyCommand({ ...part, PartNumber: 2, CopySource: 'shop/a' });
    expect(await refusal(s3.send(partCopy))).toEqual({ name: 'InternalError', status: 503 });
    onAny(1);
    const complete = () =>
      s3.send(
        new CompleteMultipartUploadCommand({
          ...target,
          UploadId,
          MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] },
        }),
      );
    expect(await refusal(complete())).toEqual({ name: 'InternalError', status: 503 });
    expect(await stored()).toEqual(['a']);
    await complete();
    expect(await stored()).toEqual(['a', 'parts']);
    expect(faults.plan.writes.map(({ operation }) => operation)).toContain('UploadPartCopy');
  });
});

test('a fault uses the error of the called service', async () => {
  faults.plan.put({ service: 'dynamodb', effect: { do: 'refuse', how: 'throttle' } });
  faults.plan.put({ service: 'sqs', effect: { do: 'refuse', how: 'throttle' } });
  await expect(client(DynamoDBClient).send(new ListTablesCommand({}))).rejects.toMatchObject({
    name: 'ProvisionedThroughputExceededException',
  });
  await expect(send('x')).rejects.toMatchObject({ name: 'RequestThrottled' });
});

test('SDK retries count as one call and fail as often as the rule says', async () => {
  onPut({ do: 'refuse', attempts: 2 });
  expect(await put('a', 3)).toBe('done');
  onPut({ do: 'refuse', attempts: 3 });
  expect(await put('b', 3)).toBe('InternalError');
  expect(faults.plan.writes.map(({ n, operation, resource }) => [n, operation, resource])).toEqual([
    [1, 'PutObject', 'a'],
    [2, 'PutObject', 'b'],
  ]);
});

test('a reset has no effect, a lost response has; the caller sees the same error', async () => {
  onPut({ do: 'refuse', how: 'reset' });
  onPut({ do: 'lose-answer' }, { nth: 2 });
  const [reset, lost] = [await put('reset'), await put('lost')];
  expect(lost).toBe(reset);
  expect(reset).not.toBe('done');
  expect(await stored()).toEqual(['lost']);
});

test('a request that times out is held until the connection drops, without effect', async () => {
  onPut({ do: 'refuse', how: 'timeout', ms: 200 });
  const startedAt = performance.now();
  expect(await put('a')).not.toBe('done');
  expect(performance.now() - startedAt).toBeGreaterThan(190);
  expect(await stored()).toEqual([]);
});

test('a delayed request takes effect immediately and is answered later', async () => {
  onPut({ do: 'delay', ms: 300 });
  const startedAt = performance.now();
  const answered = put('a');
  while ((await stored()).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  const applied = performance.now() - startedAt;
  expect(await answered).toBe('done');
  expect(applied).toBeLessThan(250);
  expect(performance.now() - startedAt).toBeGreaterThan(290);
});

test('writes are numbered with resource and caller, without run-specific parts; reads are not', async () => {
  await put('archive/2025-03-30/0dd1e0b5-6f0c-4f3e-9d0a-0c8c1a5b2f3e');
  await put('archive/2025-03-31/1dd1e0b5-6f0c-4f3e-9d0a-0c8c1a5b2f3e');
  await send('x');
  await receive();
  await client(SQSClient).send(new GetQueueAttributesCommand({ QueueUrl }));
  const missing = new PutItemCommand({ TableName: 'none', Item: { k: { S: 'v' } } });
  await client(DynamoDBClient)
    .send(missing)
    .catch(() => {});
  const orders = { service: 's3', operation: 'PutObject', resource: 'archive/{day}/{uuid}' };
  const rest = { caller: 'local', hasProcess: false };
  expect(faults.plan.writes).toEqual([
    { n: 1, ...orders, nth: 1, ...rest },
    { n: 2, ...orders, nth: 2, ...rest },
    { n: 3, service: 'sqs', operation: 'SendMessage', resource: 'q', nth: 1, ...rest },
    { n: 4, service: 'sqs', operation: 'ReceiveMessage', resource: 'q', nth: 1, ...rest },
    { n: 5, service: 'dynamodb', operation: 'PutItem', resource: 'none', nth: 1, ...rest },
  ]);
});

test('a conditional write of S3 is listed as one', async () => {
  await put('a');
  const s3 = client(S3Client);
  await s3.send(new PutObjectCommand({ Bucket: 'shop', Key: 'b', Body: 'x', IfNoneMatch: '*' }));
  await s3.send(new DeleteObjectCommand({ Bucket: 'shop', Key: 'b', IfMatch: '*' }));
  expect(faults.plan.writes.map(({ operation, isConditional }) => [operation, isConditional])).toEqual([
    ['PutObject', undefined],
    ['PutObject', true],
    ['DeleteObject', true],
  ]);
});

test('received messages are received again, and hidden ones after the clock advances', async () => {
  await send('x');
  faults.plan.put({ operation: 'ReceiveMessage', effect: { do: 'twice' } });
  const counts = async () => (await receive()).map(({ Attributes }) => Attributes?.ApproximateReceiveCount);
  expect([await counts(), await counts(), await counts()]).toEqual([['1'], ['2'], []]);
  faults.advance(31_000);
  expect(await counts()).toEqual(['3']);
});

test('a test can shorten a long poll', async () => {
  faults.maxPollMs = 20;
  const startedAt = performance.now();
  await client(SQSClient).send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 5 }));
  expect(performance.now() - startedAt).toBeLessThan(2_000);
});

test('messages of a service are dropped, duplicated, or delayed and overtaken', async () => {
  const arn = `arn:aws:sqs:${REGION}:${ACCOUNT}:q`;
  const from = { service: 'sqs', caller: 's3.amazonaws.com' };
  faults.plan.put({ ...from, nth: 1, effect: { do: 'drop' } });
  faults.plan.put({ ...from, nth: 2, effect: { do: 'late', seconds: 10 } });
  faults.plan.put({ ...from, nth: 3, effect: { do: 'twice' } });
  faults.plan.put({ ...from, nth: 4, effect: { do: 'refuse' } });
  const deliver = (body: string) =>
    faults.deliver('s3.amazonaws.com', arn, (delay) =>
      delay === undefined ? sqsService.send(arn, body) : sqsService.sendDelayed(delay, arn, body),
    );
  for (const body of ['dropped', 'late', 'twice']) await deliver(body);
  await expect(deliver('refused')).rejects.toThrow('internal');
  const bodies = async () => (await receive()).map(({ Body }) => Body);
  expect(await bodies()).toEqual(['twice', 'twice']);
  faults.advance(10_000);
  expect(await bodies()).toEqual(['late']);
});
