import fc from 'fast-check';
import { readSnapshot } from '../../../lake/snapshot';
import { kpiCatalog as catalog } from '../../builders/kpi-catalog';
import { propertyRuns, propertyTimeout } from '../../builders/property-runs';
import { Story, storyStep } from '../../builders/story';
import { TaskPipeline } from '../../builders/task-pipeline';
import { computeKpis, IDENTITIES } from '../../reference/kpis';
import { randomShop, type ShopFile, versionsOf } from '../../reference/random-shop';
import { inTextShop, TEXT_IDENTITIES, TEXT_SHOP } from '../../reference/text-shop';

const shopOf = (files: fc.Arbitrary<ShopFile[]>) =>
  fc.record({
    files,
    // Without bias, which prefers steps in which nothing happens.
    steps: fc.noBias(
      fc.array(fc.oneof(storyStep(), storyStep(undefined, true)), {
        minLength: 2,
        maxLength: 4,
        size: 'max',
      }),
    ),
    timeZone: fc.constantFrom('UTC', 'America/New_York'),
    isWarm: fc.boolean(),
    hasChangeFiles: fc.boolean(),
  });

const SIZE = { maxFiles: 5, maxRows: 5 };
const SHOPS = [
  {
    name: 'numbers as ids',
    catalog,
    identities: IDENTITIES,
    shop: shopOf(randomShop(SIZE)),
  },
  {
    name: 'texts as ids, keys of two columns, version columns and deletions',
    catalog: TEXT_SHOP,
    identities: TEXT_IDENTITIES,
    shop: shopOf(randomShop(SIZE, { catalog: TEXT_SHOP, rowOf: inTextShop })),
  },
];

const asText = (rows: readonly object[]) =>
  rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, String(value)])));

test.each(SHOPS)(
  'with any files in any batches, faults at any write and maintenance at any time, the tables equal a computation from scratch: $name',
  async ({ catalog, identities, shop }) => {
    let faults = 0;
    await fc.assert(
      fc.asyncProperty(shop, async ({ files, steps, timeZone, isWarm, hasChangeFiles }) => {
        const pipeline = new TaskPipeline(timeZone, catalog);
        pipeline.isWarm = isWarm;
        pipeline.hasChangeFiles = hasChangeFiles;
        try {
          const story = new Story(pipeline, files);
          await story.run(steps);
          const expected = computeKpis(versionsOf(files), timeZone, identities);
          expect(pipeline.orders.all).toEqual(asText(expected.order_kpis));
          expect(pipeline.categories.all).toEqual(asText(expected.category_kpis));
          expect(await pipeline.verify()).toMatchObject({
            time_zone: timeZone,
            differences: 0,
            is_current: true,
          });
          faults += story.faults;

          // After compaction, and after the retention of the old files has passed, only live files are left.
          await pipeline.maintain(3000);
          await pipeline.maintain(6000);
          await pipeline.withLake(async (lake) => {
            for (const { location } of catalog.tables) {
              const data = pipeline.bucket.keys(`${location}/`).filter((key) => !key.includes('_delta_log'));
              expect(data).toHaveLength((await readSnapshot(lake, location))?.files.size ?? 0);
            }
          });
        } finally {
          pipeline.close();
        }
      }),
      propertyRuns(4),
    );
    expect(faults).toBeGreaterThan(0);
  },
  propertyTimeout(15),
);
