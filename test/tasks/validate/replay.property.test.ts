import fc from 'fast-check';
import { REPLAYED_UPLOAD } from '../../../domain/replay';
import { propertyRuns, propertyTimeout } from '../../builders/property-runs';
import { type PipelineFile, TaskPipeline } from '../../builders/task-pipeline';
import { computeKpis } from '../../reference/kpis';
import { randomShop, versionsOf } from '../../reference/random-shop';

/** `replayed`: the processed files that are replayed after each batch, together with the new files of the next batch. */
const story = fc.record({
  files: randomShop({ maxFiles: 6, maxRows: 5 }),
  batches: fc.noBias(
    fc.array(
      fc.record({
        size: fc.integer({ min: 1, max: 3 }),
        replayed: fc.array(fc.nat({ max: 8 }), { maxLength: 3 }),
      }),
      { minLength: 3, maxLength: 3 },
    ),
  ),
});

const asText = (rows: readonly object[]) =>
  rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, String(value)])));

test(
  'replays of any archived files at any time do not change the tables',
  async () => {
    let replays = 0;
    await fc.assert(
      fc.asyncProperty(story, async ({ files, batches }) => {
        const pipeline = new TaskPipeline();
        try {
          const remaining: PipelineFile[] = [...files];
          const processed: PipelineFile[] = [];
          let again: PipelineFile[] = [];
          for (const { size, replayed } of [...batches, { size: files.length, replayed: [] }]) {
            const fresh = remaining.splice(0, size);
            for (const file of fresh) await pipeline.upload(file);
            pipeline.now += 60_000;
            for (const file of again) await pipeline.upload({ ...file, uploadedAt: pipeline.now });
            const batch = [...fresh, ...again.map((file) => ({ ...file, uploadedAt: pipeline.now }))];
            if (batch.length > 0) await pipeline.execute(batch);
            processed.push(...fresh);
            replays += again.length;
            const chosen = new Set(replayed.flatMap((at) => processed[at % processed.length] ?? []));
            again = [...chosen].map((file) => ({
              ...file,
              metadata: { [REPLAYED_UPLOAD]: new Date(file.uploadedAt).toISOString() },
            }));
          }
          const expected = computeKpis(versionsOf(files));
          expect(pipeline.orders.all).toEqual(asText(expected.order_kpis));
          expect(pipeline.categories.all).toEqual(asText(expected.category_kpis));
        } finally {
          pipeline.close();
        }
      }),
      propertyRuns(3),
    );
    expect(replays).toBeGreaterThan(0);
  },
  propertyTimeout(10),
);
