import { isAlive } from 'local-aws/testing';
import { csv, ORDERS } from '../builders/csv';
import { processesBelow } from '../builders/processes-below';
import { LocalPipeline, until } from './local-pipeline';

/** Waits for a task of an execution, and gives every process below it: a function's process alone may be a warm one. */
async function untilTaskRuns(pipeline: LocalPipeline): Promise<number[]> {
  let pids: number[] = [];
  await until(async () => {
    const [latest] = await pipeline.executions();
    if (latest?.status !== 'RUNNING') return false;
    const below = processesBelow(pipeline.process.pid);
    pids = below.map(({ pid }) => pid);
    return below.some(({ command }) => command.includes('validate.cjs'));
  }, 20_000);
  return pids;
}

const orders = (id: number) => csv(ORDERS, `${id},7,delivered,2025-03-0${id}T10:00:00,,,,1`);

test('a pipeline that is killed takes up where it was: files, tables, messages, executions', async () => {
  let pipeline = await LocalPipeline.start();
  const { directory } = pipeline;
  try {
    await pipeline.put('input/orders_1.csv', orders(1));
    await pipeline.untilQuiet();
    const before = await pipeline.executions();

    // Killed in the middle of an execution, its task with it.
    await pipeline.put('input/orders_2.csv', orders(2));
    const pids = await untilTaskRuns(pipeline);
    await pipeline.end('SIGKILL');
    await until(async () => !pids.some(isAlive), 10_000);

    pipeline = await LocalPipeline.start({ directory });
    await pipeline.untilQuiet();
    expect((await pipeline.orderKpis()).map(({ order_date }) => order_date)).toEqual([
      '2025-03-01',
      '2025-03-02',
    ]);
    expect(await pipeline.keys('input/')).toEqual([]);
    const after = await pipeline.executions();
    expect(after.map(({ name }) => name)).toEqual(expect.arrayContaining(before.map(({ name }) => name)));
    expect(after[0]?.status).toBe('SUCCEEDED');
    expect(after.some(({ status }) => status === 'ABORTED')).toBe(true);
  } finally {
    await pipeline.stop();
  }
}, 120_000);

test('Ctrl-C ends it with exit code 0 and leaves no process, even while a task runs', async () => {
  const pipeline = await LocalPipeline.start();
  try {
    await pipeline.put('input/orders_1.csv', orders(1));
    const pids = await untilTaskRuns(pipeline);
    expect(await pipeline.end('SIGINT')).toBe(0);
    expect(pids.filter(isAlive)).toEqual([]);
  } finally {
    await pipeline.stop();
  }
}, 60_000);
