import { taskResultKey } from '../../domain/object-keys';
import { csv, ORDER_ITEMS, ORDERS, PRODUCTS } from '../builders/csv';
import { CutOffError, FaultyProcess } from '../builders/faulty-process';
import type { PipelineFile, PipelineTask } from '../builders/task-pipeline';
import { describeWithSpark } from './describe-with-spark';
import { SparkPipeline } from './spark-pipeline';

const AT = Date.UTC(2025, 6, 1);
const at = (hour: number, files: Record<string, string>): PipelineFile[] =>
  Object.entries(files).map(([name, text]) => ({
    key: `input/${name}_${hour}.csv`,
    csv: text,
    uploadedAt: AT + hour * 3_600_000,
  }));

const FIRST = at(0, {
  products: csv(PRODUCTS, '1,s,4.00,Coats,a,b,10.00,Men', '2,s,4.00,Hats,a,b,12.00,'),
  orders: csv(
    ORDERS,
    '1,7,Complete,2025-06-30T10:00:00,,,,1',
    '2,8,Complete,2025-05-30T10:00:00,,,,1',
    '3,8,Complete,2025-05-31T10:00:00,,,,1',
  ),
  order_items: csv(
    ORDER_ITEMS,
    '1,1,7,1,Complete,2025-06-30T10:00:00,,,,9.99',
    '2,2,8,2,Complete,2025-05-30T10:00:00,,,,5.01',
  ),
});
/** Changes rows, moves one to another partition, adds some, and repeats one that is older. */
const SECOND = at(1, {
  products: csv(PRODUCTS, '2,s,4.00,Caps,a,b,12.00,Women'),
  orders: csv(ORDERS, '2,8,Returned,2025-06-01T10:00:00,,,,1', '4,9,Complete,2025-06-30T10:00:00,,,,1'),
  order_items: csv(ORDER_ITEMS, '3,4,9,1,Complete,2025-06-30T10:00:00,,,,20.00'),
});

describeWithSpark('crashes of the tasks around a job', (spark) => {
  let pipeline: SparkPipeline;
  beforeEach(() => {
    pipeline = new SparkPipeline(spark(), 'UTC');
  });
  afterEach(() => pipeline.close());

  test.each<PipelineTask>(['stage', 'transform'])(
    '%s: whichever write fails before or after its job, the next try completes it, and nothing is lost or counted twice',
    async (task) => {
      pipeline.engineOf = () => 'duckdb';
      await pipeline.process(FIRST);
      for (const file of SECOND) await pipeline.upload(file);
      pipeline.engineOf = () => 'spark';
      const tasks: PipelineTask[] = task === 'stage' ? ['validate'] : ['validate', 'stage'];
      const id = await pipeline.execute(SECOND, undefined, 1, tasks);
      const asked = pipeline.state();
      await pipeline.round(task, id);
      await pipeline.runJob(pipeline.planOf(task, id, 1));
      const computed = pipeline.state();
      const rest = task === 'stage' ? (['transform'] as const) : [];
      await finish();
      const expected = await contents();
      expect(expected).toMatchObject({ differences: 0, is_current: true });

      /** @returns the number of writes of a round at which it was cut off */
      async function atEveryWrite(start: typeof asked, check: () => Promise<void>): Promise<number> {
        for (let write = 1; ; write++)
          for (const isApplied of [true, false]) {
            pipeline.restore(start);
            const process = new FaultyProcess({ write, isApplied, isFatal: true });
            const failed = await pipeline.round(task, id, process).catch((error: unknown) => error);
            if (!process.hasFailed) return write - 1;
            expect(failed).toBeInstanceOf(CutOffError);
            await check();
          }
      }
      const planning = await atEveryWrite(asked, async () => {
        await pipeline.round(task, id);
        expect(await pipeline.nextJob(task, id)).toBeDefined();
      });
      // The plan, the step, the result.
      expect(planning).toBe(3);
      const committing = await atEveryWrite(computed, async () => {
        await finish();
        expect(await contents()).toEqual(expected);
      });
      expect(committing).toBeGreaterThan(5);

      async function finish(): Promise<void> {
        await pipeline.round(task, id);
        if ((await pipeline.nextJob(task, id)) !== undefined) throw new Error('a second job is needed');
        pipeline.engineOf = () => 'duckdb';
        for (const next of rest) await pipeline.round(next, id);
        pipeline.engineOf = () => 'spark';
      }
      async function contents() {
        const { differences, is_current } = await pipeline.verify();
        const result = JSON.parse(pipeline.bucket.text(taskResultKey(id, 'stage')) ?? '{}');
        return {
          differences,
          is_current,
          staged: result.tables.map(({ version, ...table }: { version: number }) => table),
          items: pipeline.orders.all,
        };
      }
    },
    600_000,
  );

  test('a table that another writer changed meanwhile is computed again, the others are committed', async () => {
    await pipeline.process(FIRST);
    for (const file of SECOND) await pipeline.upload(file);
    const id = await pipeline.execute(SECOND, undefined, 1, ['validate']);
    await pipeline.round('stage', id);
    await pipeline.runJob(pipeline.planOf('stage', id, 1));
    // Another execution, of a later file, commits orders first.
    const [later] = at(2, { orders: csv(ORDERS, '2,8,Cancelled,2025-06-01T10:00:00,,,,1') });
    if (!later) throw new Error();
    await pipeline.upload(later);
    pipeline.engineOf = (name) => (name === id ? 'spark' : 'duckdb');
    await pipeline.execute([later], undefined, 1, ['validate', 'stage']);
    await pipeline.round('stage', id);
    expect(await pipeline.nextJob('stage', id)).toBe(2);
    const plan = JSON.parse(pipeline.bucket.text(pipeline.planOf('stage', id, 2)) ?? '{}');
    expect(plan.merges.map(({ table }: { table: string }) => table)).toEqual(['orders']);
    await pipeline.runJob(pipeline.planOf('stage', id, 2));
    await pipeline.round('stage', id);
    expect(await pipeline.nextJob('stage', id)).toBeUndefined();
    const result = JSON.parse(pipeline.bucket.text(taskResultKey(id, 'stage')) ?? '{}');
    expect(result.tables.map(({ table }: { table: string }) => table)).toEqual([
      'order_items',
      'orders',
      'products',
    ]);
    expect(result.tables[1]).toMatchObject({ inserted: 1, updated: 0, superseded: 1 });
    pipeline.engineOf = () => 'duckdb';
    await pipeline.round('transform', id);
    expect(await pipeline.verify()).toMatchObject({ differences: 0, is_current: true });
  }, 600_000);
});
