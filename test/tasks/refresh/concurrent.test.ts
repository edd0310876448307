import { REFRESH_LIFETIME_SECONDS } from '../../../state-machine/timeouts';
import { csv, ORDER_ITEMS, ORDERS } from '../../builders/csv';
import { CutOffError, FaultyProcess } from '../../builders/faulty-process';
import { type PipelineFile, type PipelineTask, TaskPipeline } from '../../builders/task-pipeline';

/**
 * Two concurrent executions: the second one runs completely during a write of the first. This happens after a stop (a
 * function continues until its timeout), after a manual start, or when two orchestrators run.
 */

const file = (key: string, header: string, uploadedAt: number, ...rows: string[]): PipelineFile => ({
  key: `input/${key}-${uploadedAt}.csv`,
  csv: csv(header, ...rows),
  uploadedAt,
});
const order = (id: number, day: string, status = 'sold') => `${id},${id},${status},${day}T10:00:00,,,,1`;
const item = (id: number, ofOrder: number, price: string) =>
  `${id},${ofOrder},7,1,sold,2025-03-01T10:00:00,,,,${price}`;

const HISTORY = [
  file('orders', ORDERS, 1000, order(1, '2025-03-01'), order(2, '2025-03-02'), order(3, '2025-03-03')),
  file('order_items', ORDER_ITEMS, 1001, item(1, 1, '10'), item(2, 2, '20'), item(3, 3, '30')),
];
/** Changes two days, removes the last order of one, and adds one. */
const FIRST = [
  file('orders', ORDERS, 2000, order(1, '2025-03-05', 'returned'), order(2, '2025-03-02', 'returned')),
  file('order_items', ORDER_ITEMS, 2001, item(3, 3, '31')),
];
/** Changes the same rows as the first, and adds an order to the day that the first leaves empty. */
const SECOND = [
  file('orders', ORDERS, 3000, order(2, '2025-03-01', 'sold'), order(4, '2025-03-05')),
  file('order_items', ORDER_ITEMS, 3001, item(3, 3, '32'), item(4, 4, '40')),
];

const kpisOf = ({ orders, categories }: TaskPipeline) => [orders.all, categories.all];

async function runInSequence(history: readonly PipelineFile[]) {
  const pipeline = new TaskPipeline();
  try {
    for (const files of [history, FIRST, SECOND]) if (files.length > 0) await pipeline.process(files);
    return kpisOf(pipeline);
  } finally {
    pipeline.close();
  }
}

/**
 * @param at the write of the first refresh before which the second execution runs; 0: while it reads
 * @returns whether the first refresh reached that write, and the number of its retries
 */
async function runConcurrently(
  at: number,
  history: readonly PipelineFile[],
  expected: unknown,
): Promise<{ hasMet: boolean; retries: number }> {
  const pipeline = new TaskPipeline();
  try {
    if (history.length > 0) await pipeline.process(history);
    for (const one of [...FIRST, ...SECOND]) await pipeline.upload(one);
    let hasMet = false;
    let tries = 0;
    const second = async (n: number) => {
      if (n !== at || hasMet) return;
      hasMet = true;
      pipeline.bucket.before = undefined;
      // The first goes on to compute other marts while it publishes one, so that the second may have to start again.
      await pipeline.execute(SECOND, undefined, 3);
    };
    const processOf = (task: PipelineTask) => {
      if (task !== 'transform') return new FaultyProcess();
      if (tries++ === 0) {
        pipeline.bucket.before = async ({ operation, key }) => {
          if (operation === 'download' && key.startsWith('staging/')) await second(0);
        };
      }
      return new FaultyProcess(undefined, second);
    };
    await pipeline.execute(FIRST, processOf, 3);
    if (!hasMet) return { hasMet, retries: 0 };
    expect(kpisOf(pipeline)).toEqual(expected);
    expect(await pipeline.verify()).toMatchObject({ differences: 0, is_current: true });
    return { hasMet, retries: tries - 1 };
  } finally {
    pipeline.close();
  }
}

/** Tries every fourth of 15 writes; every write if PROPERTY_RUNS is set. */
const STEP = process.env.PROPERTY_RUNS === undefined ? 4 : 1;

test('an execution during any write of refresh gives the same result as two in sequence', async () => {
  const expected = await runInSequence(HISTORY);
  let retries = 0;
  let nth = 2;
  for (; ; nth += STEP) {
    const outcome = await runConcurrently(nth, HISTORY, expected);
    retries += outcome.retries;
    if (!outcome.hasMet) break;
  }
  expect(nth).toBeGreaterThan(14);
  // If both had computed, the second commit was rejected, and its run started again.
  expect(retries).toBeGreaterThan(0);
}, 120_000);

/** On a day of its own, so that no other day is recomputed because of it. */
const THIRD = [file('orders', ORDERS, 4000, order(9, '2025-06-01'))];

test('after a refresh that is overtaken, writes an old item and is killed, the next one corrects it', async () => {
  let wrong = 0;
  for (const at of STEP === 1 ? [1, 2, 3] : [1]) {
    const pipeline = new TaskPipeline();
    try {
      await pipeline.process(HISTORY);
      for (const one of [...FIRST, ...SECOND]) await pipeline.upload(one);
      // The first goes on to compute other marts meanwhile, so that the second may have to start again.
      const second = async (_: number, item?: number) =>
        item === at && (await pipeline.execute(SECOND, undefined, 3));
      const fault = { of: 'items', write: at, isApplied: true, isFatal: true } as const;
      const first = pipeline.execute(FIRST, (task) =>
        task === 'transform' ? new FaultyProcess(fault, second) : new FaultyProcess(),
      );
      await expect(first).rejects.toThrow();
      wrong += (await pipeline.verify()).differences;
      await pipeline.process(THIRD);
      expect({ at, ...(await pipeline.verify()) }).toMatchObject({ at, differences: 0, is_current: true });
    } finally {
      pipeline.close();
    }
  }
  // Otherwise there was nothing to correct.
  expect(wrong).toBeGreaterThan(0);
}, 120_000);

test('the same holds for a refresh that only writes what a much earlier run computed', async () => {
  const pipeline = new TaskPipeline();
  try {
    await pipeline.process(HISTORY);
    for (const one of [...FIRST, ...SECOND]) await pipeline.upload(one);
    // Killed between the commit of its rows and the write of its first item.
    const killed = new FaultyProcess({ of: 'items', write: 1, isApplied: false, isFatal: true });
    const dies = (process: FaultyProcess) => (task: PipelineTask) =>
      task === 'transform' ? process : new FaultyProcess();
    await expect(pipeline.execute(FIRST, dies(killed))).rejects.toThrow(CutOffError);
    pipeline.now += 2000 * REFRESH_LIFETIME_SECONDS;
    // The first goes on to compute other marts meanwhile, so that the second may have to start again.
    const second = async (_: number, item?: number) =>
      item === 1 && (await pipeline.execute(SECOND, undefined, 3));
    const again = new FaultyProcess({ of: 'items', write: 1, isApplied: true, isFatal: true }, second);
    await expect(pipeline.execute(FIRST, dies(again))).rejects.toThrow();
    expect((await pipeline.verify()).differences).toBeGreaterThan(0);
    await pipeline.process(THIRD);
    expect(await pipeline.verify()).toMatchObject({ differences: 0, is_current: true });
  } finally {
    pipeline.close();
  }
}, 60_000);

test('of two refreshes that find no KPI table, one creates it, and the other starts again', async () => {
  const expected = await runInSequence([]);
  // While it reads, so that its merge finds the table; and before its commit, which is then rejected.
  for (const at of [0, 2])
    expect(await runConcurrently(at, [], expected)).toEqual({ hasMet: true, retries: 1 });
}, 60_000);
