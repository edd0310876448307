import { gunzipSync, gzipSync } from 'node:zlib';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { ARCHIVE, EVENTS } from '../../domain/object-keys';
import { EventFileCounts } from '../../operations/events/event-file-counts';
import { reconcileEvents } from '../../operations/events/reconciliation';
import { runOrchestrator } from '../../operations/executions/control';
import { queryLake } from '../../operations/lake/query/query';
import { withLake } from '../../operations/lake/session';
import { daybook } from '../cli/run-daybook';
import { LocalPipeline, until } from './local-pipeline';

let pipeline: LocalPipeline;
/** As the console reads them, again and again. */
let counts: EventFileCounts;
beforeAll(async () => {
  pipeline = await LocalPipeline.start({ every: 0 });
  counts = new EventFileCounts(pipeline.deployment, 'events');
}, 60_000);
afterAll(() => pipeline.stop());

const BOT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';
const view = (event_id: string, more: object = {}) => ({
  event_name: 'view_item',
  event_id,
  client_id: 'c1',
  items: [{ product_id: 'p1' }, { product_id: 'p2' }],
  ...more,
});

async function post(events: readonly object[]): Promise<void> {
  const answer = await fetch(pipeline.ready.eventsUrl ?? '', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': pipeline.ready.eventsKey ?? '' },
    body: JSON.stringify(events),
  });
  expect(answer.status).toBe(202);
}

async function send(...events: readonly object[]): Promise<void> {
  const QueueUrl = pipeline.ready.eventQueueUrl ?? '';
  for (const event of events)
    await pipeline.deployment.sqs.send(
      new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(event) }),
    );
}

/** Waits for so many raw events, and runs an execution over their files. */
async function execute(events: number): Promise<void> {
  await until(async () => (await pipeline.rawEvents()).length >= events);
  await runOrchestrator(pipeline.deployment);
  await until(async () => (await pipeline.keys(EVENTS)).length === 0, 90_000);
  await pipeline.untilQuiet();
}

const today = () => new Date().toISOString().slice(0, 10);
const environment = () => ({ AWS_ENDPOINT_URL: pipeline.ready.endpoint });

/** As the console has it, by origin. */
const reconciled = async () => {
  const days = await withLake(pipeline.deployment, (_, session) =>
    counts
      .read(today())
      .then((files) =>
        reconcileEvents(files, 'events', async (sql) => (await queryLake(session, sql)).rows, today()),
      ),
  );
  return Object.fromEntries(days.map(({ origin, day: _, ...counts }) => [origin, counts]));
};

/** As `daybook verify` looks it up, line by line. */
const verified = async () => {
  const { code, stdout, stderr } = await daybook(['verify', '--json', '--event-days', '2'], environment());
  return { code, stderr, events: JSON.parse(stdout).events };
};

const EXPECTED = {
  // The version received last is stored: that of the queue.
  http: { received: 4, distinct: 0, duplicates: 2, bots: 1, rejected: 1 },
  sqs: { received: 3, distinct: 2, duplicates: 0, bots: 0, rejected: 1 },
};

test('what is received is distinct, a duplicate, of a bot or rejected, at each entry point', async () => {
  await post([
    view('e1'),
    view('e1'),
    view('b1', { user_agent: BOT }),
    view('old', { event_time: '1990-01-01T00:00:00Z' }),
  ]);
  await until(async () => (await pipeline.rawEvents()).length >= 4);
  await send(view('e1'), view('e2'), { event_id: 'nameless' });
  await execute(7);
  expect(await reconciled()).toEqual(EXPECTED);
  const { code, events } = await verified();
  expect(code).toBe(0);
  expect(events).toEqual([
    { day: today(), origin: 'http', ...EXPECTED.http, missing: 0 },
    { day: today(), origin: 'sqs', ...EXPECTED.sqs, missing: 0 },
  ]);
}, 150_000);

test('files that are reprocessed count once', async () => {
  for (const execution of await pipeline.executions())
    await daybook(['replay', execution.name], environment());
  await execute(0);
  expect(await reconciled()).toEqual(EXPECTED);
  expect((await verified()).events).toEqual([
    { day: today(), origin: 'http', ...EXPECTED.http, missing: 0 },
    { day: today(), origin: 'sqs', ...EXPECTED.sqs, missing: 0 },
  ]);
}, 150_000);

test('an event that was received and is not in the lake is missing, and verify fails', async () => {
  // All copies: the last of them counts.
  for (const key of (await pipeline.keys(ARCHIVE)).filter((name) => name.includes('/events/http/'))) {
    const lines = gunzipSync((await pipeline.bytes(key)) ?? '').toString();
    const lost = { ...JSON.parse(lines.split('\n')[0] ?? ''), event_id: 'lost' };
    await pipeline.put(key, gzipSync(`${lines}${JSON.stringify(lost)}\n`));
  }
  const { code, stderr, events } = await verified();
  expect(code).toBe(1);
  expect(stderr).toContain('1 event missing in the lake');
  expect(events[0]).toEqual({ day: today(), origin: 'http', ...EXPECTED.http, received: 5, missing: 1 });
}, 60_000);
