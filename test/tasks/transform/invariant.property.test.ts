import fc from 'fast-check';
import { TaskPipeline } from '../../builders/task-pipeline';
import { computeKpis } from '../../reference/kpis';
import { randomShop, type ShopFile, versionsOf } from '../../reference/random-shop';

/** Files in any order and any batches, some batches sent twice. */
const inBatches = (files: readonly ShopFile[]) =>
  fc
    .tuple(
      fc.shuffledSubarray([...files], { minLength: files.length }),
      fc.array(fc.integer({ min: 1, max: 4 }), { minLength: files.length, maxLength: files.length }),
      fc.array(fc.boolean(), { minLength: files.length, maxLength: files.length }),
    )
    .map(([shuffled, sizes, again]) => {
      const batches: ShopFile[][] = [];
      for (let i = 0; i < shuffled.length; i += batches.at(-1)?.length ?? 1) {
        batches.push(shuffled.slice(i, i + (sizes[batches.length] ?? 1)));
      }
      return batches.flatMap((batch, i) => (again[i] ? [batch, batch] : [batch]));
    });

const shopInBatches = randomShop().chain((files) => fc.tuple(fc.constant(files), inBatches(files)));

const asText = (rows: readonly object[]) =>
  rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, String(value)])));

async function expectReference(
  pipeline: TaskPipeline,
  files: readonly ShopFile[],
  timeZone = 'UTC',
): Promise<void> {
  const expected = computeKpis(versionsOf(files), timeZone);
  expect(pipeline.orders.all).toEqual(asText(expected.order_kpis));
  expect(pipeline.categories.all).toEqual(asText(expected.category_kpis));
}

test('after any files in any batches the tables equal a computation from scratch', async () => {
  await fc.assert(
    fc.asyncProperty(
      shopInBatches,
      fc.constantFrom('UTC', 'America/New_York'),
      async ([files, batches], timeZone) => {
        const pipeline = new TaskPipeline(timeZone);
        try {
          for (const batch of batches) await pipeline.process(batch);
          await expectReference(pipeline, files, timeZone);
        } finally {
          pipeline.close();
        }
      },
    ),
    { numRuns: 15 },
  );
}, 120_000);

test('a fault at any write, and another try, end in the same tables', async () => {
  await fc.assert(
    fc.asyncProperty(
      shopInBatches,
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 4 }),
      fc.boolean(),
      async ([files, batches], faults, isApplied) => {
        const pipeline = new TaskPipeline();
        const waits = [...faults];
        let left = waits.shift() ?? 0;
        const fault = () => {
          left -= 1;
          if (left !== 0) return;
          left = waits.shift() ?? 0;
          throw new Error('cut off');
        };
        const isWrite = (operation: string) => /^(put|putIfAbsent|upload)$/.test(operation);
        pipeline.bucket[isApplied ? 'after' : 'before'] = ({ operation, key }) => {
          if (isWrite(operation) && !key.startsWith('input/')) fault();
        };
        pipeline.orders.before = fault;
        pipeline.categories.before = fault;
        try {
          for (const batch of batches) await untilDone(() => pipeline.process(batch));
          await expectReference(pipeline, files);
        } finally {
          pipeline.close();
        }
      },
    ),
    { numRuns: 12 },
  );
}, 120_000);

async function untilDone(work: () => Promise<unknown>): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await work();
      return;
    } catch (error) {
      if (attempt > 10 || !/cut off/.test(String(error))) throw error;
    }
  }
}
