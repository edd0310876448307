import { readCollected } from '../../../domain/events/collected';
import { KeyRing } from '../../../tasks/collect/api-keys';
import { type CollectDeps, MAX_EVENT_BYTES, run } from '../../../tasks/collect/collect';
import { MAX_BODY_BYTES } from '../../../tasks/collect/read-body';
import { requestOf } from '../../../tasks/collect/request';
import { silentLogger } from '../../builders/silent-logger';

const KEY = 'k'.repeat(32);
const AT = new Date('2026-11-28T10:00:00.123Z');

let stored: string[][];
let ids: number;
let deps: CollectDeps;
beforeEach(() => {
  stored = [];
  ids = 0;
  deps = {
    keys: new KeyRing(
      async () => JSON.stringify({ web: KEY }),
      () => AT,
      silentLogger,
    ),
    sink: {
      store: async (lines) => {
        stored.push([...lines]);
      },
    },
    clock: () => AT,
    newId: () => `new-${++ids}`,
    logger: silentLogger,
  };
});

/** What the HTTP API passes to the function. */
const event = (body: string | Buffer, headers: Record<string, string> = {}) => ({
  version: '2.0',
  headers: { 'content-type': 'application/json', 'x-api-key': KEY, ...headers },
  requestContext: { http: { method: 'POST', sourceIp: '203.0.113.7' } },
  body: body.toString(typeof body === 'string' ? 'utf8' : 'base64'),
  isBase64Encoded: typeof body !== 'string',
});

async function post(body: unknown, headers?: Record<string, string>) {
  const text = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  const answer = await run(requestOf(event(text, headers)), deps);
  return { status: answer.statusCode, headers: answer.headers, ...JSON.parse(answer.body) };
}

const lines = () => stored.flat().map((line) => readCollected(JSON.parse(line), line));

test('stores each event of a list, with the id, the time, the user agent and the name of the key', async () => {
  const events = [{ event_name: 'view_item', event_id: 'e1' }, { event_name: 'purchase' }];
  const headers = { 'user-agent': 'Mozilla/5.0' };
  expect(await post({ events }, headers)).toMatchObject({ status: 202, accepted: 2, rejected: [] });
  const common = { received_at: AT.toISOString(), user_agent: 'Mozilla/5.0', key_name: 'web' };
  expect(lines()).toEqual([
    { ...common, event_id: 'e1', event: JSON.stringify(events[0]) },
    { ...common, event_id: 'new-1', event: JSON.stringify(events[1]) },
  ]);
});

test('takes an object, an array, and text of a beacon with the key in the query', async () => {
  expect(await post({ event_name: 'a' })).toMatchObject({ status: 202, accepted: 1 });
  expect(await post([{ event_name: 'a' }, { event_name: 'b' }])).toMatchObject({ status: 202, accepted: 2 });
  const beacon = {
    headers: { 'content-type': 'text/plain;charset=UTF-8' },
    queryStringParameters: { key: KEY },
    body: '{"event_name":"a"}',
    isBase64Encoded: false,
  };
  expect(await run(requestOf(beacon), deps)).toMatchObject({ statusCode: 202 });
});

test('keeps an event as it was sent: all digits, any character', async () => {
  const sent = '{"event_name":"Grüße 🎉","n":12345678901234567890,\n"price":1.10}';
  await post(Buffer.from(sent));
  expect(lines()[0]?.event).toBe(sent.replace('\n', ' '));
});

test('stores the good events of a list and names the others', async () => {
  const large = { event_name: 'a', text: 'x'.repeat(MAX_EVENT_BYTES) };
  expect(await post([{ event_name: 'a' }, 3, {}, large, null, []])).toMatchObject({
    status: 202,
    accepted: 1,
    rejected: [
      { index: 1, reason: 'expected an object, got a number' },
      { index: 2, reason: 'event_name is missing' },
      { index: 3, reason: `expected at most ${MAX_EVENT_BYTES} bytes, got ${MAX_EVENT_BYTES + 28}` },
      { index: 4, reason: 'expected an object, got null' },
      { index: 5, reason: 'expected an object, got a list' },
    ],
  });
  expect(stored.flat()).toHaveLength(1);
});

test.each([
  [400, 'no event can be accepted', [{}], {}],
  [400, 'expected JSON: ', '{"event_name":', {}],
  [400, 'expected at least one event, got an empty list', [], {}],
  [400, 'expected UTF-8, got other bytes', Buffer.from([0x7b, 0xff, 0x7d]), {}],
  [401, 'unknown API key: send it as x-api-key or ?key=', { event_name: 'a' }, { 'x-api-key': 'other' }],
  [413, `expected at most ${MAX_BODY_BYTES} bytes, got `, ' '.repeat(MAX_BODY_BYTES + 1), {}],
  [413, 'expected at most 500 events, got 501', Array(501).fill({ event_name: 'a' }), {}],
  [
    415,
    'expected the content type application/json or text/plain, got text/html',
    '',
    { 'content-type': 'text/html' },
  ],
  [415, 'expected UTF-8, got the charset latin1', '', { 'content-type': 'text/plain; charset=latin1' }],
  [415, 'expected a body without content encoding, got gzip', '', { 'content-encoding': 'gzip' }],
])('answers %i: %s', async (status, error, body, headers) => {
  const answer = await post(body, headers as Record<string, string>);
  expect(answer).toMatchObject({ status, error: expect.stringContaining(error), accepted: 0 });
  expect(stored).toEqual([]);
});

test('answers 401 without a key, before it reads the body', async () => {
  const request = requestOf({ headers: { 'content-type': 'application/json' }, body: 'x' });
  const answer = await run(request, deps);
  expect(answer).toMatchObject({ statusCode: 401, body: expect.stringContaining('no API key') });
});

test('answers 503 with Retry-After if the events are not stored, or the keys cannot be read', async () => {
  deps = { ...deps, sink: { store: () => Promise.reject(new Error('SQS is down')) } };
  expect(await post({ event_name: 'a' })).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
  deps = {
    ...deps,
    keys: new KeyRing(
      () => Promise.reject(new Error('denied')),
      () => AT,
      silentLogger,
    ),
  };
  expect(await post({ event_name: 'a' })).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
});

test('a repeated request is the same events if they have ids, or the request has an idempotency key', async () => {
  const headers = { 'idempotency-key': 'cart-7' };
  const events = [{ event_name: 'a', event_id: 'e1' }, { event_name: 'a' }, { event_name: 'a' }];
  await post(events, headers);
  await post(events, headers);
  const [first = [], second] = stored;
  expect(second).toEqual(first);
  expect(new Set(lines().map((line) => line?.event_id)).size).toBe(3);
  await post({ event_name: 'a' }, { 'idempotency-key': 'cart-8' });
  await post({ event_name: 'a' });
  await post({ event_name: 'a' });
  expect(new Set(lines().map((line) => line?.event_id)).size).toBe(6);
});

test('stores nothing of the address that a request came from', async () => {
  await post({ event_name: 'a' }, { 'x-forwarded-for': '203.0.113.7', forwarded: 'for=203.0.113.7' });
  expect(stored.flat().join()).not.toContain('203.0.113');
});
