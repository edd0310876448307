import fc from 'fast-check';
import { propertyRuns, propertyTimeout } from '../builders/property-runs';
import { readMarts, sortedRows } from '../builders/read-marts';
import { Story, storyStep } from '../builders/story';
import { IDENTITIES } from '../reference/kpis';
import { inMartShop, MART_SHOP } from '../reference/mart-shop';
import { computeMarts } from '../reference/marts';
import { randomShopWithStock, versionsOf } from '../reference/random-shop';
import { describeWithSpark } from './describe-with-spark';
import { type JobFate, SparkPipeline } from './spark-pipeline';

const history = fc.record({
  files: randomShopWithStock({ maxFiles: 4, maxRows: 5 }, { catalog: MART_SHOP, rowOf: inMartShop }),
  steps: fc.noBias(
    fc.array(storyStep({ validate: 1, stage: 8, transform: 20, maintain: 16 }), {
      minLength: 1,
      maxLength: 2,
      size: 'max',
    }),
  ),
  timeZone: fc.constantFrom('UTC', 'America/New_York', 'Pacific/Kiritimati', 'Asia/Kolkata'),
  engines: fc.array(fc.constantFrom<'duckdb' | 'spark'>('spark', 'spark', 'duckdb'), {
    minLength: 8,
    maxLength: 8,
  }),
  fates: fc.array(fc.constantFrom<JobFate>('done', 'done', 'done', 'done', 'killed', 'manifest lost'), {
    minLength: 12,
    maxLength: 12,
  }),
});

describeWithSpark('batches on either engine', (spark) => {
  test(
    'after any batches on Spark and DuckDB in turn, with faults, every table and mart equals a computation from scratch',
    async () => {
      const jobs = { done: 0, failed: 0 };
      await fc.assert(
        fc.asyncProperty(history, async ({ files, steps, timeZone, engines, fates }) => {
          const pipeline = new SparkPipeline(spark(), timeZone, MART_SHOP);
          let next = 0;
          pipeline.engineOf = (id) => engines[Number(id.split('-')[1]) % engines.length] ?? 'spark';
          pipeline.fateOf = () => fates[next++ % fates.length] ?? 'done';
          try {
            const story = new Story(pipeline, files, async (inLake) => {
              expect(await pipeline.verify()).toMatchObject({ differences: 0, is_current: true });
              if (!inLake) return;
              const found = await pipeline.withLake((lake) => readMarts(lake, pipeline.catalog));
              const expected = computeMarts(versionsOf(inLake), timeZone, IDENTITIES);
              for (const { name } of pipeline.catalog.marts)
                expect({ name, rows: sortedRows(found[name] ?? []) }).toEqual({
                  name,
                  rows: sortedRows(expected[name] ?? []),
                });
            });
            await story.run(steps);
          } finally {
            jobs.done += pipeline.jobs.done;
            jobs.failed += pipeline.jobs.failed;
            pipeline.close();
          }
        }),
        propertyRuns(2),
      );
      expect(jobs.done).toBeGreaterThan(0);
    },
    propertyTimeout(60),
  );
});
