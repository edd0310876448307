import { GetQueueAttributesCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { isRawEvent } from '../../domain/events/envelope';
import { EVENTS } from '../../domain/object-keys';
import { runOrchestrator } from '../../operations/executions/control';
import { daybook } from '../cli/run-daybook';
import { LocalPipeline, until } from './local-pipeline';

/** The orchestrator has no schedule, so that the files stay where ingest writes them. */
let pipeline: LocalPipeline;
beforeAll(async () => {
  pipeline = await LocalPipeline.start({ every: 0 });
}, 60_000);
afterAll(() => pipeline.stop());

const post = (body: unknown, headers: Record<string, string> = {}) =>
  fetch(pipeline.ready.eventsUrl ?? '', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-api-key': pipeline.ready.eventsKey ?? '',
      ...headers,
    },
    body: JSON.stringify(body),
  });

test('events of the HTTP API and of the queue are in files below input/events/, and their messages are gone', async () => {
  const of = { client_id: 'c1' };
  const accepted = await post([
    { event_name: 'page_view', event_id: 'e1', ...of },
    { event_name: 'purchase', transaction_id: 't1', value: 12.5, ...of },
    3,
  ]);
  expect(accepted.status).toBe(202);
  expect(await accepted.json()).toMatchObject({ accepted: 2, rejected: [{ index: 2 }] });
  expect((await post({ event_name: 'a' }, { 'x-api-key': 'wrong' })).status).toBe(401);
  const QueueUrl = pipeline.ready.eventQueueUrl ?? '';
  const { sqs } = pipeline.deployment;
  const view = {
    event_name: 'view_item',
    event_id: 'e3',
    ...of,
    items: [{ product_id: 'p1', list_name: 'related' }],
  };
  for (const MessageBody of [JSON.stringify(view), 'no JSON'])
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));

  await until(async () => (await pipeline.rawEvents()).length >= 4);
  const events = await pipeline.rawEvents();
  for (const event of events) expect([event, isRawEvent(event)]).toEqual([event, true]);
  const bySource = (source: string) => events.filter((event) => event.source === source);
  expect(bySource('http')).toMatchObject([
    { event_id: 'e1', key_name: 'web', event: { event_name: 'page_view' } },
    { event_id: expect.stringMatching(/^[0-9a-f-]{36}$/), event: { event_name: 'purchase' } },
  ]);
  expect(bySource('sqs')).toHaveLength(2);
  expect(bySource('sqs')).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ event_id: 'e3' }),
      expect.objectContaining({ text: 'no JSON' }),
    ]),
  );
  await until(async () => {
    const asked = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] });
    const { Attributes = {} } = await sqs.send(asked);
    const { ApproximateNumberOfMessages: waiting, ApproximateNumberOfMessagesNotVisible: taken } = Attributes;
    return waiting === '0' && taken === '0';
  });
});

test('an execution makes rows of them, and lists the bad one', async () => {
  const files = await pipeline.keys(EVENTS);
  expect(files.length).toBeGreaterThan(0);
  await runOrchestrator(pipeline.deployment);
  await until(async () => (await pipeline.keys(EVENTS)).length === 0, 90_000);
  await pipeline.untilQuiet();
  const sql = 'select event_id, event_name, source, key_name from events order by event_name';
  const { stdout, stderr } = await daybook(['query', sql, '--json'], {
    AWS_ENDPOINT_URL: pipeline.ready.endpoint,
  });
  expect({ stderr, rows: JSON.parse(stdout).rows }).toMatchObject({
    rows: [
      ['e1', 'page_view', 'http', 'web'],
      [expect.any(String), 'purchase', 'http', 'web'],
      ['e3', 'view_item', 'sqs', null],
    ],
  });
  const [bad, ...others] = (await pipeline.keys('rejected/')).filter((key) => key.endsWith('.rows.csv'));
  expect(others).toEqual([]);
  expect(await pipeline.text(bad ?? '')).toContain('no JSON');
}, 150_000);

test('the marts over events have them, in the lake and in DynamoDB', async () => {
  const environment = { AWS_ENDPOINT_URL: pipeline.ready.endpoint };
  const mart = async (name: string) => {
    const { stdout } = await daybook(['mart', name, '--json'], environment);
    return JSON.parse(stdout);
  };
  expect(await mart('sessions')).toMatchObject({
    source: 'lake',
    rows: [{ visitor_id: 'c1', events: '3', purchases: '1', revenue: '12.5000', is_engaged: 'true' }],
  });
  expect(await mart('funnel_kpis')).toMatchObject({
    source: 'DynamoDB',
    rows: [
      { channel: 'Direct', sessions: '1', viewed_any: '1', purchased_any: '1', conversion_rate: '100.00' },
    ],
  });
  expect(await mart('traffic_kpis')).toMatchObject({
    source: 'DynamoDB',
    rows: [{ source: '(direct)', medium: '(none)', visitors: '1', bounce_rate: '0.00', revenue: '12.50' }],
  });
  expect((await mart('product_engagement')).rows).toMatchObject([
    { product_id: 'p1', clicks: '1', views: '1' },
  ]);
  expect((await mart('list_engagement')).rows).toMatchObject([
    { list_name: 'related', clicks: '1', sessions: '1' },
  ]);
  const verified = await daybook(['verify', '--json'], environment);
  expect(JSON.parse(verified.stdout)).toMatchObject({ differences: 0 });
}, 150_000);

test('a browser may post from another origin', async () => {
  const preflight = await fetch(pipeline.ready.eventsUrl ?? '', {
    method: 'OPTIONS',
    headers: {
      origin: 'https://shop.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type,x-api-key',
    },
  });
  expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
  const answer = await post({ event_name: 'a' }, { origin: 'https://shop.example' });
  expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([202, '*']);
});
