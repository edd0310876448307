import { gunzipSync } from 'node:zlib';
import { GetQueueAttributesCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { callFaults, type RuleInput } from 'local-aws/faults';
import { directoryOf, remove } from 'local-aws/testing';
import { isRawEvent, type RawEvent } from '../../domain/events/envelope';
import { EVENTS } from '../../domain/object-keys';
import { LocalPipeline } from '../e2e/local-pipeline';

/**
 * The crash matrix of collect and ingest: each of their writes fails in each way. Clients repeat what is not answered with 202, and
 * every event that was answered so, or sent to the queue, ends in a file below input/events/, with one id.
 */

const COLLECT = 'Daybook-Eventscollect*';
const INGEST = 'Daybook-Eventsingest*';

type Call = Pick<RuleInput, 'service' | 'operation' | 'caller' | 'resource'>;
const WRITES: Readonly<Record<string, Call>> = {
  'collect sends to the queue': { service: 'sqs', operation: 'SendMessageBatch', caller: COLLECT },
  'ingest receives': { service: 'sqs', operation: 'ReceiveMessage', caller: INGEST },
  'ingest is invoked': { service: 'lambda', operation: 'Invoke', resource: '*Pipeline-Ingest' },
  'ingest writes a file': { service: 's3', operation: 'PutObject', caller: INGEST },
  'the messages are deleted': { service: 'sqs', operation: 'DeleteMessageBatch', caller: INGEST },
};

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

const CASES = Object.keys(WRITES).flatMap((write) =>
  Object.keys(MODES)
    .filter((mode) => !mode.startsWith('killed') || !WITHOUT_PROCESS.includes(write))
    .map((mode) => [write, mode] as const),
);

let directory: string;
let pipeline: LocalPipeline;
/** Ids of every event that was accepted. */
const accepted = new Set<string>();

beforeAll(async () => {
  directory = directoryOf();
  pipeline = await LocalPipeline.start({ directory, every: 0, faults: true });
}, 60_000);
afterAll(async () => {
  await pipeline.end('SIGKILL');
  remove(directory);
});

const isDown = () => pipeline.process.exitCode !== null || pipeline.process.signalCode !== null;

/** Repeats until it succeeds, and starts a pipeline again that went down. */
async function persist<T>(attempt: () => Promise<T>): Promise<T> {
  let failure: unknown;
  for (let tries = 0; tries < 20; tries += 1) {
    if (isDown()) pipeline = await LocalPipeline.start({ directory, every: 0, faults: true });
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

const files = new Map<string, RawEvent[]>();

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

/** Whether every event is in a file, and no message is left. */
async function isDone(): Promise<boolean> {
  const { Attributes = {} } = await pipeline.deployment.sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: pipeline.ready.eventQueueUrl ?? '',
      AttributeNames: ['All'],
    }),
  );
  const { ApproximateNumberOfMessages: waiting, ApproximateNumberOfMessagesNotVisible: taken } = Attributes;
  const ids = new Set((await written()).map(({ event_id }) => event_id));
  return waiting === '0' && taken === '0' && [...accepted].every((id) => ids.has(id));
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

test.each(CASES)(
  '%s: %s',
  async (write, mode) => {
    const { process } = pipeline;
    const effect = MODES[mode] ?? { do: 'drop' };
    await pipeline.arm({ ...WRITES[write], effect });
    const id = (name: string) => `${write} ${mode} ${name}`;
    await post([id('posted 1'), id('posted 2')]);
    await send(id('sent'));
    await untilDone();
    if (mode.startsWith('down')) {
      expect(process.signalCode).toBe('SIGKILL');
    } else {
      const { rules } = (await callFaults(pipeline.ready.endpoint, 'ListFired', {})) as {
        rules: RuleInput[];
      };
      expect(rules).toContainEqual(
        expect.objectContaining({ ...WRITES[write], effect: expect.objectContaining(effect) }),
      );
    }
    const events = await written();
    for (const event of events) expect([event, isRawEvent(event)]).toEqual([event, true]);
    expect(new Set(events.map(({ event_id }) => event_id))).toEqual(accepted);
  },
  120_000,
);
