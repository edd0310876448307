import fc from 'fast-check';
import { deliverInOrder } from '../../src/lambda/event-sources/ordered-delivery';

/** Records that always fail, fail once, or are older than the limit. */
const item = fc.record({ bad: fc.boolean(), flaky: fc.boolean() });

test('every record is processed or given up once, in order; with bisecting, only bad records are given up', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(item, { minLength: 1, maxLength: 12 }),
      fc.boolean(),
      fc.boolean(),
      fc.integer({ min: 0, max: 2 }),
      async (kinds, reports, bisects, maxRetries) => {
        const items = kinds.map((kind, index) => ({ ...kind, index, failures: 0 }));
        const checkpoints: number[] = [];
        const given: number[] = [];
        await deliverInOrder(
          items,
          { bisects, maxRetries, maxAgeMs: undefined },
          {
            async invoke(batch) {
              expect(batch[0]?.index).toBe(checkpoints.length);
              const failed = batch.findIndex((one) => one.bad || (one.flaky && one.failures++ === 0));
              if (failed < 0) return { failedAt: undefined, hasRun: true };
              return { failedAt: reports ? failed : 0, hasRun: true };
            },
            checkpoint: (batch) => void checkpoints.push(...batch.map(({ index }) => index)),
            discard: async (batch) => void given.push(...batch.map(({ index }) => index)),
            ageOf: () => 0,
          },
          new AbortController().signal,
          0,
        );
        expect(checkpoints).toEqual(items.map(({ index }) => index));
        if (bisects && maxRetries > 0)
          expect(given).toEqual(items.filter(({ bad }) => bad).map(({ index }) => index));
      },
    ),
    { numRuns: 100 },
  );
});
