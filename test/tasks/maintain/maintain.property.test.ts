import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { DuckDb } from '../../../lake/duckdb';
import { readSnapshot } from '../../../lake/snapshot';
import { STAGING_TABLES } from '../../../lake/tables';
import { scatter } from '../../builders/scatter';
import { TaskPipeline } from '../../builders/task-pipeline';
import { computeKpis } from '../../reference/kpis';
import { randomShop, versionsOf } from '../../reference/random-shop';

/** What comes after a batch. */
const between = fc.record({
  /** Another writer leaves files for the compaction. */
  scattered: fc.boolean(),
  /** After years, when nothing is kept that is not needed, or at once. */
  daysLater: fc.constantFrom(0, 0, 8, 3000),
  /** Writes until it is killed; 0: it is not. */
  killedAfter: fc.integer({ min: 0, max: 12 }),
  killedWhen: fc.constantFrom('before' as const, 'after' as const),
});

const asText = (rows: readonly object[]) =>
  rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, String(value)])));

test('with maintenance between the batches, killed anywhere, the tables equal a computation from scratch', async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'daybook-maintain-'));
  const db = await DuckDb.open({ tempDirectory: path.join(directory, 'duckdb'), threads: 1 });
  let compactions = 0;
  try {
    await fc.assert(
      fc.asyncProperty(
        randomShop({ maxFiles: 5 }),
        fc.array(between, { minLength: 4, maxLength: 4 }),
        async (files, betweens) => {
          const pipeline = new TaskPipeline();
          const { bucket } = pipeline;
          const lake = { bucket, db, workDirectory: directory, clock: () => new Date() };
          try {
            for (let i = 0; i < files.length; i += 2) {
              await pipeline.process(files.slice(i, i + 2));
              const { scattered, daysLater, killedAfter, killedWhen } = betweens[i / 2] ?? {};
              if (scattered) for (const spec of Object.values(STAGING_TABLES)) await scatter(lake, spec);
              let writes = 0;
              bucket[killedWhen ?? 'before'] = ({ operation }) => {
                const isWrite = /^(put|putIfAbsent|upload|delete)$/.test(operation);
                if (isWrite && ++writes === killedAfter) throw new Error('killed');
              };
              const result = await pipeline.maintain(daysLater).catch((error: unknown) => {
                if (!/killed/.test(String(error))) throw error;
              });
              bucket.before = bucket.after = undefined;
              compactions +=
                result?.tables.filter(({ compaction }) => compaction.files_added > 0).length ?? 0;
            }
            const expected = computeKpis(versionsOf(files), 'UTC');
            expect(pipeline.orders.all).toEqual(asText(expected.order_kpis));
            expect(pipeline.categories.all).toEqual(asText(expected.category_kpis));

            // Once it has compacted what there is, and the retention of that is over, only live files are left.
            await pipeline.maintain(3000);
            await pipeline.maintain(6000);
            for (const { location } of Object.values(STAGING_TABLES)) {
              const snapshot = await readSnapshot(lake, location);
              const data = bucket.keys(`${location}/`).filter((key) => !key.includes('_delta_log'));
              expect(data).toHaveLength(snapshot?.files.size ?? 0);
            }
          } finally {
            pipeline.close();
          }
        },
      ),
      { numRuns: 5 },
    );
  } finally {
    db.close();
    rmSync(directory, { recursive: true, force: true });
  }
  expect(compactions).toBeGreaterThan(0);
}, 120_000);
