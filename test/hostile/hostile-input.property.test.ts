import fc from 'fast-check';
import { propertyRuns, propertyTimeout } from '../builders/property-runs';
import { keptSeeds, TARGETS } from './targets';

describe.each(Object.entries(TARGETS))('%s', (name, { promise, everyDay, open }) => {
  let target: Awaited<ReturnType<typeof open>>;
  beforeAll(async () => {
    target = await open();
  });
  afterAll(() => target.close());

  test(
    promise,
    async () => {
      for (const { seed, path } of keptSeeds(name)) {
        await fc.assert(target.property, { seed, numRuns: 10, ...(path && { path, endOnFailure: true }) });
      }
      await fc.assert(target.property, propertyRuns(everyDay));
    },
    propertyTimeout(4),
  );
});
