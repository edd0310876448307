import { execFileSync } from 'node:child_process';
import { csv, LocalPipeline, ORDERS, until } from './local-pipeline';

/** Processes whose command line names the directory. */
function processesOf(directory: string): string[] {
  const listed = execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' });
  return listed.split('\n').filter((line) => line.includes(directory));
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
    await until(async () => (await pipeline.executions())[0]?.status === 'RUNNING', 20_000);
    await pipeline.end('SIGKILL');
    await until(async () => processesOf(directory).length === 0, 10_000);

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
    await until(async () => (await pipeline.executions())[0]?.status === 'RUNNING', 20_000);
    expect(await pipeline.end('SIGINT')).toBe(0);
    await until(async () => processesOf(pipeline.directory).length === 0, 5_000);
  } finally {
    await pipeline.stop();
  }
}, 60_000);
