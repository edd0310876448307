import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { RawEvent } from '../../domain/events/envelope';
import { EVENTS } from '../../domain/object-keys';
import { COMMAND, daybook } from '../cli/run-daybook';
import { LocalPipeline, until } from './local-pipeline';

/** The orchestrator has no schedule, so that the files stay where ingest writes them. */
let pipeline: LocalPipeline;
beforeAll(async () => {
  pipeline = await LocalPipeline.start({ every: 0 });
}, 60_000);
afterAll(() => pipeline.stop());

const send = (...args: string[]) => daybook(['events', 'send', '--data', pipeline.directory, ...args]);

/** The events in the bucket. */
async function rawEvents(): Promise<RawEvent[]> {
  const found: RawEvent[] = [];
  for (const key of await pipeline.keys(EVENTS)) {
    const lines = gunzipSync((await pipeline.bytes(key)) ?? '')
      .toString()
      .trim()
      .split('\n');
    found.push(...lines.map((line) => JSON.parse(line)));
  }
  return found;
}

test('events send: every event is in a raw file once, and happened while the command ran', async () => {
  const started = Date.now();
  const { code, stdout, stderr } = await send('--count', '300', '--rate', '150', '--bots', '0.1', '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(stdout)).toMatchObject({ sent: 300, accepted: 300, rejected: 0, unconfirmed: 0 });
  await until(async () => (await rawEvents()).length >= 300);
  const events = await rawEvents();
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
  const before = (await rawEvents()).length;
  await until(async () => (await rawEvents()).length > before);
  child.kill('SIGINT');
  const [code] = await once(child, 'close');
  expect(code).toBe(0);
  const { sent, accepted } = JSON.parse(stdout);
  expect(sent).toBeGreaterThan(0);
  expect(accepted).toBe(sent);
}, 60_000);

test('events send: without a local pipeline it says what to start', async () => {
  const { code, stderr } = await daybook(['events', 'send', '--data', '/nowhere']);
  expect(code).toBe(1);
  expect(stderr).toBe(
    'daybook: no local pipeline with events runs on /nowhere: start it with daybook local --data /nowhere, or give --url and --key\n',
  );
});
