import { remove } from 'local-aws/testing';
import { catalog } from '../../catalog/catalog';
import { readFiles } from '../../operations/executions/execution-files';
import { readKpis } from '../../operations/kpis/kpis';
import { changedTemplate, setSmallBatchBytes, type TemplateResource } from '../builders/changed-template';
import { csv, ORDER_ITEMS, ORDERS } from '../builders/csv';
import { pipelineFaults } from '../builders/pipeline-faults';
import { PipelineRun } from '../permissions/pipeline-run';

const directories: string[] = [];
afterAll(() => directories.forEach(remove));

/**
 * What a batch of two files comes to, under the template as `change` leaves it.
 * @param rejections how many calls Lambda rejects because the function is inactive, by task
 */
async function bringIn(
  change: (resources: Record<string, TemplateResource>) => void,
  rejections: Readonly<Record<string, number>> = {},
) {
  const template = changedTemplate(change);
  directories.push(template);
  const faults = pipelineFaults();
  for (const [task, count] of Object.entries(rejections)) {
    const call = { service: 'lambda', operation: 'Invoke', resource: `Pipeline-Task-${task}` };
    for (let nth = 1; nth <= count; nth++)
      faults.plan.put({ ...call, nth, effect: { do: 'refuse', how: 'inactive' } });
  }
  const run = await PipelineRun.start(template, faults);
  try {
    await run.put('input/orders.csv', csv(ORDERS, '1,7,sold,2025-03-01T10:00:00,,,,1'));
    await run.put('input/order_items.csv', csv(ORDER_ITEMS, '1,1,7,1,sold,2025-03-01T10:00:00,,,,12.5'));
    const executionArn = await run.begin();
    const { name, status, report } = await run.ended(executionArn);
    return {
      status,
      services: Object.keys(report?.cost?.by_service ?? {}),
      dollars: report?.cost?.dollars ?? 0,
      engines: await run.enginesOf(executionArn),
      files: (await readFiles(run.deployment, name)).map(({ outcome }) => outcome),
      kpis: await readKpis(run.deployment, catalog.servedMart('order_kpis')),
      refusals: run.local.iam.refusals(),
      rejected: faults.plan.fired.length,
    };
  } finally {
    await run.stop();
  }
}

const KPIS = [
  expect.objectContaining({ order_date: '2025-03-01', total_orders: '1', total_revenue: '12.5' }),
];
const DONE = { status: 'SUCCEEDED', files: ['valid', 'valid'], kpis: KPIS, refusals: [] };

const LAMBDA = ['RunOnLambda'];
const FARGATE = ['RunOnFargate'];
const FELL_BACK = [...LAMBDA, ...FARGATE];

const functionsOf = (resources: Record<string, TemplateResource>, task: string) =>
  Object.values(resources).filter(
    ({ Properties }) =>
      Properties?.PackageType === 'Image' && Properties.ImageConfig.Command[0] === `${task}.cjs`,
  );

test.concurrent('a small batch’s tasks are functions, and its report shows their cost', async () => {
  const outcome = await bringIn(() => {});
  expect(outcome).toMatchObject(DONE);
  expect(outcome.engines).toEqual([LAMBDA, LAMBDA, LAMBDA]);
  expect(outcome.services).toContain('Lambda');
  expect(outcome.services).not.toContain('Fargate');
}, 90_000);

test.concurrent('with a threshold of 0 they run on Fargate, for a minute each at the least', async () => {
  const outcome = await bringIn((resources) => setSmallBatchBytes(resources, 0));
  expect(outcome).toMatchObject(DONE);
  expect(outcome.engines).toEqual([FARGATE, FARGATE, FARGATE]);
  expect(outcome.services[0]).toBe('Fargate');
  expect(outcome.dollars).toBeGreaterThan(0.0027);
}, 90_000);

test.concurrent('what a function has no time for, or what takes it along, goes on to Fargate', async () => {
  const outcome = await bringIn((resources) => {
    for (const { Properties } of functionsOf(resources, 'validate')) Properties.Timeout = 0.2;
    for (const { Properties } of functionsOf(resources, 'stage'))
      Properties.ImageConfig.Command = ['none.cjs'];
  });
  expect(outcome).toMatchObject(DONE);
  expect(outcome.engines).toEqual([FELL_BACK, FELL_BACK, LAMBDA]);
}, 90_000);

test.concurrent('a function that is inactive at first is waited for, and does the task', async () => {
  const outcome = await bringIn(() => {}, { validate: 12, stage: 1 });
  expect(outcome).toMatchObject({ ...DONE, rejected: 13 });
  expect(outcome.engines).toEqual([LAMBDA, LAMBDA, LAMBDA]);
}, 90_000);

test.concurrent('what a function that stays inactive does not do goes on to Fargate', async () => {
  const outcome = await bringIn(() => {}, { stage: 13 });
  expect(outcome).toMatchObject({ ...DONE, rejected: 13 });
  expect(outcome.engines).toEqual([LAMBDA, FELL_BACK, LAMBDA]);
}, 90_000);

test.concurrent('so does what it has no memory for', async () => {
  const outcome = await bringIn((resources) => {
    for (const { Properties } of functionsOf(resources, 'stage')) {
      Object.assign(Properties.Environment.Variables, { MEMORY_LIMIT_MB: '2', SPILL_LIMIT_MB: '1' });
    }
  });
  expect(outcome).toMatchObject(DONE);
  expect(outcome.engines[1]).toEqual(FELL_BACK);
}, 90_000);
