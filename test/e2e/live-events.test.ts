import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { runInNewContext } from 'node:vm';
import type { LiveNumbers } from '../../operations/live/views';
import { COMMAND, daybook } from '../cli/run-daybook';
import { environmentOf, runNodeSnippet, snippets } from './event-docs';
import { LocalPipeline, until } from './local-pipeline';

/** The orchestrator has no schedule, so that the files stay where ingest writes them. */
let pipeline: LocalPipeline;
beforeAll(async () => {
  pipeline = await LocalPipeline.start({ every: 0 });
}, 60_000);
afterAll(() => pipeline.stop());

const send = (...args: string[]) => daybook(['events', 'send', '--data', pipeline.directory, ...args]);

test('events send: every event is in a raw file once, and happened while the command ran', async () => {
  const started = Date.now();
  const { code, stdout, stderr } = await send('--count', '300', '--rate', '150', '--bots', '0.1', '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(stdout)).toMatchObject({ sent: 300, accepted: 300, rejected: 0, unconfirmed: 0 });
  await until(async () => (await pipeline.rawEvents()).length >= 300);
  const events = await pipeline.rawEvents();
  expect(events).toHaveLength(300);
  expect(new Set(events.map(({ event_id }) => event_id)).size).toBe(300);
  const times = events.map(({ event }) => Date.parse((event as { event_time: string }).event_time));
  expect(Math.min(...times)).toBeGreaterThanOrEqual(started);
  expect(Math.max(...times)).toBeLessThanOrEqual(Date.now());
}, 60_000);

test('events send: only this user can read the key of the local pipeline, and a wrong one ends with exit code 1', async () => {
  expect(statSync(path.join(pipeline.directory, 'events-endpoint')).mode & 0o777).toBe(0o600);
  const { code, stdout, stderr } = await send('--count', '5', '--rate', '5', '--key', 'wrong');
  expect(code).toBe(1);
  expect(stdout).toMatch(/^5 sent, 0 accepted, 5 rejected, 0 retries, /);
  expect(stderr).toMatch(/^daybook: 5 of 5 events were not accepted: 401: unknown API key/);
});

test('events send: Ctrl-C ends with the summary', async () => {
  const child = spawn(process.execPath, [
    ...[COMMAND, 'events', 'send', '--data', pipeline.directory, '--rate', '100', '--batch', '10', '--json'],
  ]);
  let stdout = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  const before = (await pipeline.rawEvents()).length;
  await until(async () => (await pipeline.rawEvents()).length > before);
  child.kill('SIGINT');
  const [code] = await once(child, 'close');
  expect(code).toBe(0);
  const { sent, accepted } = JSON.parse(stdout);
  expect(sent).toBeGreaterThan(0);
  expect(accepted).toBe(sent);
  await until(async () => (await pipeline.rawEvents()).length >= before + sent);
}, 60_000);

test('events send: without a local pipeline it says what to start', async () => {
  const { code, stderr } = await daybook(['events', 'send', '--data', '/nowhere']);
  expect(code).toBe(1);
  expect(stderr).toBe(
    'daybook: no local pipeline with events runs on /nowhere: start it with daybook local --data /nowhere, or give --url and --key\n',
  );
});

test('live --once: the distinct events of the raw files, those of bots left out', async () => {
  const raw = await pipeline.rawEvents();
  const here = { AWS_ENDPOINT_URL: pipeline.ready.endpoint };
  const { code, stdout, stderr } = await daybook(['live', '--once', '--json'], here);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const { received, windows }: LiveNumbers = JSON.parse(stdout);
  const { lines, events, duplicates, bots, rejected } = received;
  expect({ lines, duplicates, rejected }).toEqual({ lines: raw.length, duplicates: 0, rejected: 0 });
  expect(events + bots).toBe(new Set(raw.map(({ event_id }) => event_id)).size);
  expect(bots).toBeGreaterThan(0);
  expect(windows.map((window) => [window.minutes, window.events])).toEqual([
    [5, events],
    [60, events],
    [1440, events],
  ]);
  const shown = await daybook(['live', '--once'], here);
  expect(shown.stdout).toMatch(/^ {2}5 minutes +\d+ +\d+ /m);
  expect(shown.stdout).toContain(`${lines} lines of ${received.files} files: ${events} events`);
}, 60_000);

test('live: every event that is accepted becomes visible', async () => {
  const child = spawn(process.execPath, [COMMAND, 'live', '--json'], {
    env: { PATH: process.env.PATH, AWS_ENDPOINT_URL: pipeline.ready.endpoint },
  });
  try {
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const next = async (): Promise<LiveNumbers> => JSON.parse((await lines.next()).value);
    let { events } = (await next()).received;
    for (let round = 0; round < 3; round += 1) {
      const answer = await fetch(pipeline.ready.eventsUrl ?? '', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-api-key': pipeline.ready.eventsKey ?? '' },
        body: JSON.stringify({ event_id: `live-${round}`, event_name: 'page_view', client_id: 'c1' }),
      });
      expect(answer.status).toBe(202);
      for (let numbers = await next(); numbers.received.events === events; ) numbers = await next();
      events += 1;
    }
  } finally {
    child.kill('SIGINT');
  }
  expect((await once(child, 'close'))[0]).toBe(0);
}, 180_000);

describe('docs/events.md', () => {
  const withId = async (isWanted: (id: string) => boolean) =>
    (await pipeline.rawEvents()).filter(({ event_id }) => isWanted(event_id));

  test('its script sends the events of a page, again after a refusal, and the rest when the page is left', async () => {
    const [, script = ''] = /<script type="module">(.*)<\/script>/s.exec(snippets('html')[0] ?? '') ?? [];
    const given = script
      .replace('https://API.execute-api.REGION.amazonaws.com/events', pipeline.ready.eventsUrl ?? '')
      .replace('YOUR_KEY', pipeline.ready.eventsKey ?? '');
    const stored = new Map<string, string>();
    const intervals: (() => Promise<void>)[] = [];
    const listeners: (() => void)[] = [];
    const bodies: string[] = [];
    const beacons: Promise<Response>[] = [];
    let isRefused = true;
    const browser = {
      crypto,
      Date,
      JSON,
      encodeURIComponent,
      location: { href: 'https://shop.example/p/1' },
      document: { title: 'Mug', referrer: 'https://www.google.com/', visibilityState: 'visible' },
      localStorage: {
        getItem: (name: string) => stored.get(name) ?? null,
        setItem: (name: string, value: string) => void stored.set(name, value),
      },
      setInterval: (work: () => Promise<void>) => void intervals.push(work),
      addEventListener: (_: string, listener: () => void) => void listeners.push(listener),
      navigator: {
        sendBeacon: (url: string, body: string) => beacons.push(fetch(url, { method: 'POST', body })) > 0,
      },
      fetch: async (url: string, init: RequestInit) => {
        bodies.push(String(init.body));
        if (!isRefused) return fetch(url, init);
        isRefused = false;
        return new Response('', { status: 503 });
      },
    };
    const window: Record<string, (name: string, properties?: object) => void> = {};
    Object.assign(browser, { window, track: (...args: [string, object?]) => window.track?.(...args) });
    runInNewContext(given, browser);
    const sendNow = () => Promise.all(intervals.map((work) => work()));
    await sendNow();
    await sendNow();
    expect(bodies).toHaveLength(2);
    expect(bodies[1]).toBe(bodies[0]);

    window.track?.('view_item', { items: [{ product_id: '1' }] });
    browser.document.visibilityState = 'hidden';
    for (const listener of listeners) listener();
    const answers = await Promise.all(beacons);
    expect(answers.map(({ status }) => status)).toEqual([202]);

    const client = stored.get('daybook_client');
    const ofPage = async () =>
      (await pipeline.rawEvents()).filter(
        ({ event }) => (event as { client_id?: string }).client_id === client,
      );
    await until(async () => (await ofPage()).length === 2);
    expect(await ofPage()).toMatchObject([
      { event: { event_name: 'page_view', session_id: stored.get('daybook_session'), page_title: 'Mug' } },
      { event: { event_name: 'view_item', session_id: stored.get('daybook_session') } },
    ]);
  }, 30_000);

  test('its request with curl and its program for the queue send events', async () => {
    const env = environmentOf(pipeline);
    const [curl = ''] = snippets('sh').filter((text) => text.startsWith('curl '));
    const { stdout } = await promisify(execFile)('bash', ['-c', curl], { env });
    expect(JSON.parse(stdout)).toEqual({ accepted: 1, rejected: [] });

    await runNodeSnippet('client-sqs', env);
    await until(async () => (await withId((id) => id === 'e1' || id === 'sqs-1')).length === 2);
    expect(await withId((id) => id === 'sqs-1')).toMatchObject([
      { source: 'sqs', event: { event_name: 'purchase', transaction_id: '1001' } },
    ]);
  }, 30_000);
});
