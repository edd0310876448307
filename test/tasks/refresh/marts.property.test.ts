import fc from 'fast-check';
import { propertyRuns, propertyTimeout } from '../../builders/property-runs';
import { readMarts, sortedRows } from '../../builders/read-marts';
import { KPI_WRITES, Story, storyStep } from '../../builders/story';
import { TaskPipeline } from '../../builders/task-pipeline';
import { IDENTITIES } from '../../reference/kpis';
import type { MartRow } from '../../reference/mart-row';
import { inMartShop, MART_SHOP } from '../../reference/mart-shop';
import { computeMarts } from '../../reference/marts';
import { randomShopWithStock, versionsOf } from '../../reference/random-shop';

async function expectMarts(
  pipeline: TaskPipeline,
  expected: Readonly<Record<string, readonly MartRow[]>>,
): Promise<void> {
  const { catalog } = pipeline;
  const found = await pipeline.withLake((lake) => readMarts(lake, catalog));
  for (const { name } of catalog.marts)
    expect({ name, rows: sortedRows(found[name] ?? []) }).toEqual({
      name,
      rows: sortedRows(expected[name] ?? []),
    });
}

const shop = fc.record({
  files: randomShopWithStock({ maxFiles: 6, maxRows: 5 }, { catalog: MART_SHOP, rowOf: inMartShop }),
  // The first has a fault at a write that its task comes to, if there is anything to write.
  first: storyStep({ validate: 1, stage: 3, transform: 8, maintain: 16 }, true),
  // Without bias, which prefers steps in which nothing happens.
  steps: fc.noBias(
    fc.array(storyStep({ ...KPI_WRITES, transform: 40 }), { minLength: 2, maxLength: 3, size: 'max' }),
  ),
  timeZone: fc.constantFrom('UTC', 'America/New_York', 'Pacific/Kiritimati', 'Asia/Kolkata'),
  isWarm: fc.boolean(),
  hasChangeFiles: fc.boolean(),
});

test(
  'after any batch of any files, with faults and other executions at any write, every mart equals a computation from scratch',
  async () => {
    let [checks, runs, crashed] = [0, 0, 0];
    await fc.assert(
      fc.asyncProperty(shop, async ({ files, first, steps, timeZone, isWarm, hasChangeFiles }) => {
        const pipeline = new TaskPipeline(timeZone, MART_SHOP);
        pipeline.isWarm = isWarm;
        pipeline.hasChangeFiles = hasChangeFiles;
        try {
          const story = new Story(pipeline, files, async (inLake) => {
            expect(await pipeline.verify()).toMatchObject({ differences: 0, is_current: true });
            if (!inLake) return;
            await expectMarts(pipeline, computeMarts(versionsOf(inLake), timeZone, IDENTITIES));
            checks += 1;
          });
          await story.run([first, ...steps]);
          runs += 1;
          crashed += Number(story.faults > 0);
        } finally {
          pipeline.close();
        }
      }),
      propertyRuns(2),
    );
    expect(checks).toBeGreaterThan(2);
    // Not in a run whose first files have no valid row.
    expect(crashed).toBeGreaterThanOrEqual(runs / 2);
  },
  propertyTimeout(20),
);
