import fc from 'fast-check';
import { propertyRuns, propertyTimeout } from '../../builders/property-runs';
import { readMarts } from '../../builders/read-marts';
import { KPI_WRITES, Story, storyStep } from '../../builders/story';
import { TaskPipeline } from '../../builders/task-pipeline';
import { IDENTITIES } from '../../reference/kpis';
import type { MartRow } from '../../reference/mart-row';
import { inMartShop, MART_SHOP } from '../../reference/mart-shop';
import { computeMarts } from '../../reference/marts';
import { randomShopWithStock, versionsOf } from '../../reference/random-shop';

/** Rows in an order that depends only on them. */
const sorted = (rows: readonly object[]): unknown[] =>
  rows.map((row) => JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)))).sort();

async function expectMarts(
  pipeline: TaskPipeline,
  expected: Readonly<Record<string, readonly MartRow[]>>,
): Promise<void> {
  const { catalog } = pipeline;
  const found = await pipeline.withLake((lake) => readMarts(lake, catalog));
  for (const { name } of catalog.marts)
    expect({ name, rows: sorted(found[name] ?? []) }).toEqual({ name, rows: sorted(expected[name] ?? []) });
}

const shop = fc.record({
  files: randomShopWithStock({ maxFiles: 6, maxRows: 5 }, { catalog: MART_SHOP, rowOf: inMartShop }),
  // Without bias, which prefers steps in which nothing happens.
  steps: fc.noBias(
    fc.array(storyStep({ ...KPI_WRITES, transform: 40 }), { minLength: 2, maxLength: 4, size: 'max' }),
  ),
  timeZone: fc.constantFrom('UTC', 'America/New_York', 'Pacific/Kiritimati', 'Asia/Kolkata'),
});

test(
  'after any batch of any files, with faults and other executions at any write, every mart equals a computation from scratch',
  async () => {
    let [checks, faults] = [0, 0];
    await fc.assert(
      fc.asyncProperty(shop, async ({ files, steps, timeZone }) => {
        const pipeline = new TaskPipeline(timeZone, MART_SHOP);
        try {
          const story = new Story(pipeline, files, async (inLake) => {
            expect(await pipeline.verify()).toMatchObject({ differences: 0, is_current: true });
            if (!inLake) return;
            await expectMarts(pipeline, computeMarts(versionsOf(inLake), timeZone, IDENTITIES));
            checks += 1;
          });
          await story.run(steps);
          faults += story.faults;
        } finally {
          pipeline.close();
        }
      }),
      propertyRuns(2),
    );
    expect(checks).toBeGreaterThan(2);
    expect(faults).toBeGreaterThanOrEqual(0);
  },
  propertyTimeout(20),
);
