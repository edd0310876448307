import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { catalog } from '../../catalog/catalog';
import { batchManifestKey } from '../../domain/object-keys';
import { merge } from '../../lake/merge';
import { withLake } from '../../operations/lake/session';
import { csv, ORDERS } from '../builders/csv';
import { daybook } from '../cli/run-daybook';
import { LocalPipeline, until } from './local-pipeline';

/** Longer than the second between two scheduled invocations. */
const LIST_LAG_MS = 1500;

let pipeline: LocalPipeline;
afterEach(() => pipeline.stop());

const order = (id: number, day: number, status = 'sold') =>
  `${id},${id},${status},2025-03-0${day}T10:00:00,,,,1`;
const totals = async () =>
  (await pipeline.orderKpis()).map((kpi) => `${kpi.order_date} ${kpi.total_orders} ${kpi.return_rate}`);

async function orchestrate(): Promise<{ status: number; body: string }> {
  const url = `${pipeline.ready.endpoint}/2015-03-31/functions/Pipeline-Orchestrator/invocations`;
  const credential = 'k/20250101/us-east-1/lambda/aws4_request';
  const Authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=0`;
  const answer = await fetch(url, { method: 'POST', body: '{}', headers: { Authorization } });
  return { status: answer.status, body: await answer.text() };
}

/** The batch of an execution once more, by hand, beside it. */
async function startAgain(name: string, again: string): Promise<void> {
  const { sfn, stateMachineArn } = pipeline.deployment;
  const manifest = JSON.parse(await pipeline.text(batchManifestKey(name)));
  await pipeline.put(batchManifestKey(again), JSON.stringify({ ...manifest, execution_id: again }));
  const input = JSON.stringify({ files: manifest.files.length, bytes: 1000, messages: 1 });
  await sfn.send(new StartExecutionCommand({ stateMachineArn, name: again, input }));
}

/** Another program's commit to the table that a batch is merged into. */
const addForeignOrder = () =>
  withLake(pipeline.deployment, (lake) => {
    const at = `timestamptz '2025-03-09 10:00:00Z'`;
    const rows = `(select 99::bigint as order_id, 9::bigint as user_id, 'sold' as status, ${at} as created_at,
      null::timestamptz as returned_at, null::timestamptz as shipped_at, null::timestamptz as delivered_at,
      1::bigint as num_of_item, null::varchar as currency, 'foreign' as _source_key, ${at} as _source_modified_at, 1::bigint as _source_line,
      null::boolean as _deleted)`;
    return merge(lake, catalog.stagingTable('orders'), { rows });
  });

/** Executions that were not started by hand and ran while another one did. */
async function overlapping(): Promise<string[]> {
  const own = (await pipeline.executions()).filter(({ name }) => !name.startsWith('by-hand')).reverse();
  return own.flatMap(({ name, started }, index) => {
    const before = own[index - 1]?.ended;
    return started && before && started < before ? [name] : [];
  });
}

test('orchestrators, executions, maintenance and a foreign writer at once: the outcome is as if one after the other', async () => {
  pipeline = await LocalPipeline.start({ listLag: LIST_LAG_MS });
  await pipeline.put('input/orders_1.csv', csv(ORDERS, order(1, 1), order(2, 2)));
  await pipeline.put('input/orders_2.csv', csv(ORDERS, order(3, 3)));
  const answers = await Promise.all([orchestrate(), orchestrate(), orchestrate()]);
  // Those that could run found nothing left, or an execution; the others were not let.
  expect(answers.filter(({ body }) => body.includes('"started":true')).length).toBeLessThanOrEqual(1);
  for (const { status } of answers) expect([200, 429]).toContain(status);

  const first = (await pipeline.untilEntered('ValidateFiles')).split(':').at(-1) ?? '';
  // The same batch three times at once, where there is no table yet, with maintenance beside it.
  await Promise.all([startAgain(first, 'by-hand-1'), startAgain(first, 'by-hand-2')]);
  const maintained = daybook(['maintain'], { AWS_ENDPOINT_URL: pipeline.ready.endpoint });
  await pipeline.put('input/orders_3.csv', csv(ORDERS, order(2, 2, 'returned'), order(4, 3)));
  await pipeline.untilQuiet();
  expect(await maintained).toMatchObject({ code: 0 });

  await pipeline.put('input/orders_4.csv', csv(ORDERS, order(5, 5)));
  await pipeline.untilEntered('StageFiles').then(addForeignOrder);
  await pipeline.untilQuiet();
  // Whichever was first: the next batch brings along what the other writer added.
  await pipeline.put('input/orders_5.csv', csv(ORDERS, order(6, 6)));
  await pipeline.untilQuiet();

  expect(await totals()).toEqual([
    '2025-03-01 1 0',
    '2025-03-02 1 100',
    '2025-03-03 2 0',
    '2025-03-05 1 0',
    '2025-03-06 1 0',
    '2025-03-09 1 0',
  ]);
  expect(await daybook(['verify'], { AWS_ENDPOINT_URL: pipeline.ready.endpoint })).toMatchObject({ code: 0 });
  expect(await pipeline.keys('input/')).toEqual([]);
  const archived = (await pipeline.keys('archive/')).map((key) => key.split('/').at(-1));
  // The ledger does not know those that were started by hand: two that move a file at the same moment both keep a copy.
  expect([...new Set(archived)].sort()).toEqual([1, 2, 3, 4, 5].map((n) => `orders_${n}.csv`));
  expect(await overlapping()).toEqual([]);
}, 120_000);

test('the end of an execution starts the next one, without a schedule and although it is still listed as running', async () => {
  pipeline = await LocalPipeline.start({ every: 0, listLag: LIST_LAG_MS });
  await pipeline.put('input/orders_1.csv', csv(ORDERS, order(1, 1)));
  expect((await orchestrate()).body).toContain('"started":true');
  await pipeline.put('input/orders_2.csv', csv(ORDERS, order(2, 2)));
  // It is not listed yet, and counts.
  expect((await orchestrate()).body).toContain('"reason":"running"');
  await until(async () => (await pipeline.keys('archive/')).length === 2, 60_000);
  expect(await totals()).toEqual(['2025-03-01 1 0', '2025-03-02 1 0']);
}, 120_000);
