import { rmSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { KinesisClient, PutRecordCommand } from '@aws-sdk/client-kinesis';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { callFaults, type RuleInput } from 'local-aws/faults';
import { directoryOf, remove } from 'local-aws/testing';
import { isRawEvent, type RawEvent } from '../../domain/events/envelope';
import { EVENTS } from '../../domain/object-keys';
import { clientConfig } from '../../operations/deployment';
import { kafkaEvent, kafkaRecord } from '../builders/source-records';
import { eventStreamTemplate } from '../e2e/event-stream-template';
import { LocalPipeline } from '../e2e/local-pipeline';

/**
 * The crash matrix of collect and ingest as processes: each of their writes fails in each way. Clients repeat what is not answered with
 * 202, and every event that was answered so, or that a queue, stream or topic has, ends in a file below input/events/, with one id. A
 * record that is no text is among the dead letters, with its reason.
 */

const COLLECT = 'Daybook-Eventscollect*';
const INGEST = 'Daybook-Eventsingest*';

type Call = Pick<RuleInput, 'service' | 'operation' | 'caller' | 'resource'>;
type Writes = Readonly<Record<string, Call>>;

const INGEST_WRITES: Writes = {
  'ingest is invoked': { service: 'lambda', operation: 'Invoke', resource: '*Pipeline-Ingest' },
  'ingest writes a file': { service: 's3', operation: 'PutObject', caller: INGEST },
};
const DEAD_LETTER: Writes = {
  'ingest sends a dead letter': { service: 'sqs', operation: 'SendMessage', caller: INGEST },
};
const QUEUE_WRITES: Writes = {
  'collect sends to the queue': { service: 'sqs', operation: 'SendMessageBatch', caller: COLLECT },
  'ingest receives': { service: 'sqs', operation: 'ReceiveMessage', caller: INGEST },
  ...INGEST_WRITES,
  'the messages are deleted': { service: 'sqs', operation: 'DeleteMessageBatch', caller: INGEST },
};
const STREAM_WRITES: Writes = {
  'collect puts into the stream': { service: 'kinesis', operation: 'PutRecords', caller: COLLECT },
  ...INGEST_WRITES,
  ...DEAD_LETTER,
};
const KAFKA_WRITES: Writes = { ...INGEST_WRITES, ...DEAD_LETTER };

const MODES: Readonly<Record<string, RuleInput['effect']>> = {
  refused: { do: 'refuse', attempts: 3 },
  lost: { do: 'lose-answer' },
  'killed-before': { do: 'kill', at: 'before' },
  'killed-after': { do: 'kill', at: 'after' },
  'down-before': { do: 'kill-endpoint', at: 'before' },
  'down-after': { do: 'kill-endpoint', at: 'after' },
};

/** Lambda, which receives and deletes, is no process that can be killed alone. */
const WITHOUT_PROCESS = ['ingest receives', 'the messages are deleted'];

const casesOf = (writes: Writes) =>
  Object.keys(writes).flatMap((write) =>
    Object.keys(MODES)
      .filter((mode) => !mode.startsWith('killed') || !WITHOUT_PROCESS.includes(write))
      .map((mode) => [write, mode] as const),
  );

/** No text. */
const BYTES = Buffer.from([0x1f, 0x8b, 0xff]);

let directory: string;
let template: string;
let pipeline: LocalPipeline;
/** Ids of every event that was accepted. */
let accepted: Set<string>;
/** Records that are no text. */
let poisoned: number;
const files = new Map<string, RawEvent[]>();

const startAgain = () => LocalPipeline.start({ directory, template, every: 0, faults: true });

async function start(withStream: boolean): Promise<void> {
  [accepted, poisoned] = [new Set(), 0];
  files.clear();
  directory = directoryOf();
  template = withStream ? eventStreamTemplate() : '';
  pipeline = await startAgain();
}

async function stop(): Promise<void> {
  await pipeline.end('SIGKILL');
  remove(directory);
  if (template) rmSync(template, { recursive: true });
}

const isDown = () => pipeline.process.exitCode !== null || pipeline.process.signalCode !== null;

/** Repeats until it succeeds, and starts a pipeline again that went down. */
async function persist<T>(attempt: () => Promise<T>): Promise<T> {
  let failure: unknown;
  for (let tries = 0; tries < 20; tries += 1) {
    if (isDown()) pipeline = await startAgain();
    try {
      return await attempt();
    } catch (error) {
      failure = error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  throw failure;
}

async function post(ids: readonly string[]): Promise<void> {
  await persist(async () => {
    const { eventsUrl, eventsKey } = pipeline.ready;
    const answer = await fetch(eventsUrl ?? '', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': eventsKey ?? '' },
      body: JSON.stringify(ids.map((event_id) => ({ event_name: 'page_view', event_id }))),
    });
    if (answer.status !== 202) throw new Error(`${answer.status} ${await answer.text()}`);
    for (const id of ids) accepted.add(id);
  });
}

async function send(event_id: string): Promise<void> {
  const MessageBody = JSON.stringify({ event_name: 'view_item', event_id });
  await persist(() =>
    pipeline.deployment.sqs.send(
      new SendMessageCommand({ QueueUrl: pipeline.ready.eventQueueUrl ?? '', MessageBody }),
    ),
  );
  accepted.add(event_id);
}

/** Puts a record into the stream that is no text. */
async function putBytes(): Promise<void> {
  await persist(async () => {
    const { isLocal: _, ...config } = clientConfig({ AWS_ENDPOINT_URL: pipeline.ready.endpoint });
    const kinesis = new KinesisClient(config);
    const { eventStream = '' } = pipeline.ready;
    await kinesis
      .send(new PutRecordCommand({ StreamName: eventStream ?? '', PartitionKey: 'k', Data: BYTES }))
      .finally(() => kinesis.destroy());
  });
  poisoned += 1;
}

let offset = 0;
/** Invokes ingest as the event source mapping of a topic does, until it succeeds; a record that is no text is between others. */
async function consume(ids: readonly [string, string]): Promise<void> {
  const [first, last] = ids.map((event_id) => JSON.stringify({ event_name: 'page_view', event_id }));
  const records = [first ?? '', BYTES, last ?? ''].map((value) => kafkaRecord('clicks', value, ++offset));
  const Payload = Buffer.from(JSON.stringify(kafkaEvent({ clicks: records })));
  await persist(async () => {
    const invoked = await pipeline.deployment.lambda.send(
      new InvokeCommand({ FunctionName: 'Pipeline-Ingest', Payload }),
    );
    if (invoked.FunctionError !== undefined) throw new Error(Buffer.from(invoked.Payload ?? '').toString());
  });
  for (const id of ids) accepted.add(id);
  poisoned += 1;
}

async function written(): Promise<RawEvent[]> {
  for (const key of await pipeline.keys(EVENTS)) {
    if (files.has(key)) continue;
    const text = gunzipSync((await pipeline.bytes(key)) ?? '').toString();
    files.set(
      key,
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    );
  }
  return [...files.values()].flat();
}

/** Messages in a queue, those that are received and not deleted included. */
async function messagesIn(QueueUrl: string): Promise<number> {
  const { Attributes = {} } = await pipeline.deployment.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
  );
  const { ApproximateNumberOfMessages: waiting, ApproximateNumberOfMessagesNotVisible: taken } = Attributes;
  return Number(waiting) + Number(taken);
}

async function deadLetterQueue(): Promise<string> {
  const { sqs, names } = pipeline.deployment;
  const { QueueUrl = '' } = await sqs.send(new GetQueueUrlCommand({ QueueName: names.eventDeadLetterQueue }));
  return QueueUrl;
}

/** Whether every event is in a file, every bad record a dead letter, and no message is left. */
async function isDone(): Promise<boolean> {
  if ((await messagesIn(pipeline.ready.eventQueueUrl ?? '')) > 0) return false;
  if ((await messagesIn(await deadLetterQueue())) < poisoned) return false;
  const ids = new Set((await written()).map(({ event_id }) => event_id));
  return [...accepted].every((id) => ids.has(id));
}

/** Lets time pass while nothing happens: a message that was received and is not deleted becomes visible after minutes, by a clock that a restart sets back. */
async function untilDone(): Promise<void> {
  for (let seconds = 0; seconds < 60; seconds += 1) {
    for (let checks = 0; checks < 10; checks += 1) {
      if (await persist(isDone)) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await persist(() => callFaults(pipeline.ready.endpoint, 'AdvanceClock', { seconds: 3600 }));
  }
  const ids = new Set((await written()).map(({ event_id }) => event_id));
  throw new Error(`not written after a minute: ${[...accepted].filter((id) => !ids.has(id)).join(', ')}`);
}

/** Sends events while a write fails in a way, and expects each once. */
async function expectNothingLost(
  call: Call | undefined,
  mode: string,
  sendAll: () => Promise<void>,
): Promise<void> {
  const { process } = pipeline;
  const effect = MODES[mode] ?? { do: 'drop' };
  await pipeline.arm({ ...call, effect });
  await sendAll();
  await untilDone();
  // A dead letter that came twice in an earlier case can stand for that of this one, which is then still to be sent.
  const rule = expect.objectContaining({ ...call, effect: expect.objectContaining(effect) });
  const fired = async () => {
    const list = await callFaults(pipeline.ready.endpoint, 'ListFired', {});
    return (list as { rules: RuleInput[] }).rules;
  };
  const isDown = mode.startsWith('down');
  const hasFired = async () =>
    isDown ? process.signalCode === 'SIGKILL' : (await fired()).some((one) => rule.asymmetricMatch(one));
  for (let waits = 0; waits < 200 && !(await hasFired()); waits += 1)
    await new Promise((resolve) => setTimeout(resolve, 100));
  if (isDown) expect(process.signalCode).toBe('SIGKILL');
  else expect(await fired()).toContainEqual(rule);
  await untilDone();
  const events = await written();
  for (const event of events) expect([event, isRawEvent(event)]).toEqual([event, true]);
  expect(new Set(events.map(({ event_id }) => event_id))).toEqual(accepted);
}

async function expectDeadLetters(): Promise<void> {
  const QueueUrl = await deadLetterQueue();
  const { Messages = [] } = await pipeline.deployment.sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 10 }),
  );
  expect(Messages.length).toBeGreaterThan(0);
  for (const { Body = '' } of Messages)
    expect(JSON.parse(Body)).toMatchObject({
      reason: 'expected UTF-8 text with JSON, got other bytes',
      bytes: BYTES.length,
      base64: BYTES.toString('base64'),
    });
}

describe('over HTTP and the queue', () => {
  beforeAll(() => start(false), 60_000);
  afterAll(stop);

  test.each(casesOf(QUEUE_WRITES))(
    '%s: %s',
    (write, mode) =>
      expectNothingLost(QUEUE_WRITES[write], mode, async () => {
        const id = (name: string) => `${write} ${mode} ${name}`;
        await post([id('posted 1'), id('posted 2')]);
        await send(id('sent'));
      }),
    120_000,
  );
});

describe('over HTTP and the stream', () => {
  beforeAll(() => start(true), 120_000);
  afterAll(stop);

  test.each(casesOf(STREAM_WRITES))(
    '%s: %s',
    (write, mode) =>
      expectNothingLost(STREAM_WRITES[write], mode, async () => {
        await putBytes();
        await post([`${write} ${mode} 1`, `${write} ${mode} 2`]);
      }),
    120_000,
  );

  test('the dead letters have the reason and the bytes', expectDeadLetters, 60_000);
});

describe('from topics of Kafka', () => {
  beforeAll(() => start(false), 60_000);
  afterAll(stop);

  test.each(casesOf(KAFKA_WRITES))(
    '%s: %s',
    (write, mode) =>
      expectNothingLost(KAFKA_WRITES[write], mode, () =>
        consume([`${write} ${mode} 1`, `${write} ${mode} 2`]),
      ),
    120_000,
  );

  test('the dead letters have the reason and the bytes', expectDeadLetters, 60_000);
});
