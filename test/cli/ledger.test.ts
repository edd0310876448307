import { SendMessageCommand } from '@aws-sdk/client-sqs';
import type { FileView } from '../../operations/files/ledger';
import { replay } from '../../operations/files/replay';
import { readQueueDepth } from '../../operations/queue';
import { csv, ORDERS } from '../builders/csv';
import { LocalPipeline, until } from '../e2e/local-pipeline';
import { daybookHere } from './run-daybook';

const order = (id: number, status: string) => csv(ORDERS, `${id},7,${status},2025-03-0${id}T10:00:00,,,,1`);

let pipeline: LocalPipeline;
beforeAll(async () => {
  pipeline = await LocalPipeline.start();
  await pipeline.put('input/eu/orders.csv', order(1, 'delivered'));
  await pipeline.put('input/notes.txt', 'hello');
  await pipeline.untilQuiet();
}, 60_000);
afterAll(() => pipeline.stop());

const run = (...args: string[]) => daybookHere(args, { AWS_ENDPOINT_URL: pipeline.ready.endpoint });
const files = async (...args: string[]): Promise<FileView[]> =>
  JSON.parse((await run('files', '--json', ...args)).stdout);
const outcomes = async (...args: string[]) =>
  (await files(...args)).map(({ key, outcome }) => [key, outcome]);
const returnRates = async () => (await pipeline.orderKpis()).map(({ return_rate }) => return_rate);

test('files lists the outcome of every file, with rows, reason and execution', async () => {
  const told = await files();
  const [{ name: execution } = { name: '' }] = await pipeline.executions();
  expect(told).toHaveLength(2);
  expect(told).toContainEqual(
    expect.objectContaining({
      key: 'input/eu/orders.csv',
      outcome: 'archived',
      kind: 'orders',
      rows: 1,
      rows_rejected: 0,
      execution,
      destination: `archive/${execution}/eu/orders.csv`,
    }),
  );
  expect(await outcomes('--status', 'rejected')).toEqual([['input/notes.txt', 'rejected']]);
  const { stdout } = await run('files', '--key', 'notes.txt');
  expect(stdout).toMatch(
    /^ {2}key +uploaded +size +outcome +rows +rejected +left out +deleting +execution +reason\n/,
  );
  expect(stdout).toMatch(/input\/notes\.txt .* 5 B {2}rejected .*the kind of file is unknown/);
  expect((await files('--limit', '1')).length).toBe(1);
});

test('a replayed file keeps the time of its first upload, so newer rows stay', async () => {
  const key = 'input/eu/orders.csv';
  const [first] = await files('--key', key);
  await pipeline.put('input/later/orders.csv', order(1, 'returned'));
  await pipeline.untilQuiet();
  expect(await returnRates()).toEqual(['100']);

  const { code, stdout } = await run('replay', 'eu/orders.csv');
  expect([code, stdout]).toEqual([
    0,
    `${key}  from ${first?.destination}, as uploaded ${first?.uploaded_at}\n`,
  ]);
  await pipeline.untilQuiet();
  const [replay, original] = await files('--key', key);
  expect(replay).toMatchObject({ outcome: 'archived', replay_of: first?.uploaded_at, rows: 1 });
  expect(original).toEqual(first);
  expect(await returnRates()).toEqual(['100']);

  // A replay of the replay, by its execution, is as old as the first.
  expect((await run('replay', replay?.execution ?? '')).code).toBe(0);
  await pipeline.untilQuiet();
  expect((await files('--key', key))[0]).toMatchObject({
    outcome: 'archived',
    replay_of: first?.uploaded_at,
  });
  expect(await returnRates()).toEqual(['100']);
  expect(await pipeline.keys('input/')).toEqual([]);
}, 60_000);

test('the same content again is a duplicate: archived, but not merged', async () => {
  const key = 'input/dup/orders.csv';
  await pipeline.put(key, order(3, 'delivered'));
  await pipeline.untilQuiet();
  const log = await pipeline.keys('staging/orders/_delta_log/');
  await pipeline.put(key, order(3, 'delivered'));
  await pipeline.untilQuiet();
  const [again, first] = await files('--key', key);
  expect(again).toMatchObject({ outcome: 'duplicate', duplicate_of: first?.upload, kind: 'orders' });
  expect(await pipeline.text(again?.destination ?? '')).toBe(order(3, 'delivered'));
  expect(await pipeline.keys('staging/orders/_delta_log/')).toEqual(log);
  expect(await pipeline.keys(`results/${again?.execution}/stage.json`)).toEqual([]);
  expect(await pipeline.keys('input/')).toEqual([]);
}, 60_000);

test('only archived files can be replayed; a key with a waiting upload is skipped', async () => {
  const missing = await run('replay', 'input/nothing.csv');
  expect([missing.code, missing.stderr]).toEqual([
    1,
    expect.stringMatching(/^daybook: input\/nothing\.csv: no upload of it was archived/),
  ]);
  const execution = await run('replay', '20250330T161426Z-0123456789ab');
  expect([execution.code, execution.stderr]).toEqual([1, expect.stringMatching(/no archived files found/)]);

  await pipeline.put('input/eu/orders.csv', order(1, 'delivered'));
  const [left] = await replay(pipeline.deployment, 'input/eu/orders.csv');
  expect(left?.outcome).toBe('left');
  await pipeline.untilQuiet();
}, 60_000);

test('redrive counts the dead letters and moves them back', async () => {
  const none = await run('redrive');
  expect(none).toEqual({ code: 0, stdout: 'no dead letters\n', stderr: '' });
  const { sqs } = pipeline.deployment;
  // A message that cannot be read is a dead letter after five looks at it.
  await sqs.send(new SendMessageCommand({ QueueUrl: pipeline.ready.queueUrl, MessageBody: 'hello' }));
  await until(async () => (await readQueueDepth(pipeline.deployment)).dead_letters === 1, 30_000);
  expect((await run('redrive', '--dry-run', '--json')).stdout).toBe('{"dead_letters":1,"moved":0}\n');
  expect((await run('redrive', '--dry-run')).stdout).toBe('1 dead letter; none moved\n');
  expect((await run('redrive')).stdout).toBe('1 dead letter moved back to the queue\n');
}, 60_000);
