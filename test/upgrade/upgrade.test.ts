import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { directoryOf, remove } from 'local-aws/testing';
import { csv, ORDERS } from '../builders/csv';
import { daybook as run } from '../cli/run-daybook';
import { LocalPipeline } from '../e2e/local-pipeline';

/** `daybook local` of version 0.1.0 after three executions over fixtures/days, stopped. */
const SAVED = path.join(__dirname, 'state-0.1.0.tgz');

const parent = directoryOf();
let pipeline: LocalPipeline;

beforeAll(async () => {
  execFileSync('tar', ['-xzf', SAVED, '-C', parent]);
  pipeline = await LocalPipeline.start({ directory: path.join(parent, 'oldstate') });
}, 60_000);
afterAll(async () => {
  await pipeline.stop();
  remove(parent);
});

const daybook = (...args: string[]) => run(args, { AWS_ENDPOINT_URL: pipeline.ready.endpoint });

test('the state of the previous version is read: executions, files and KPIs', async () => {
  expect((await pipeline.executions()).map(({ status }) => status)).toEqual(Array(3).fill('SUCCEEDED'));
  expect(await pipeline.files()).toHaveLength(11);
  expect((await pipeline.orderKpis()).map(({ total_revenue }) => total_revenue)).toEqual([
    '33.76',
    '92.51',
    '53.89',
  ]);
  const [latest] = await pipeline.executions();
  expect(await daybook('status')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining(latest?.name ?? '-'),
  });
});

test('its next batch upgrades every row of the KPI tables', async () => {
  await pipeline.put('input/orders_new.csv', csv(ORDERS, '990001,7,returned,2025-03-11T10:00:00,,,,1'));
  await pipeline.untilQuiet();
  const days = await pipeline.orderKpis();
  expect(days.map(({ order_date }) => order_date)).toEqual([
    '2025-03-08',
    '2025-03-09',
    '2025-03-10',
    '2025-03-11',
  ]);
  expect(days.map(({ returned_orders }) => returned_orders)).toEqual(['1', '1', '1', '1']);
  for (const { orders, items, returned_items } of await pipeline.categoryKpis()) {
    expect([orders, items, returned_items]).not.toContain('');
  }
  expect(await daybook('verify')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('no differences'),
  });
});
