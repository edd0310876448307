import fc from 'fast-check';
import { writeCheckpoint } from '../../lake/checkpoint';
import type { KnownTables } from '../../lake/lake';
import { entryKey, lastCheckpointKey } from '../../lake/log';
import { readSnapshot, type Snapshot } from '../../lake/snapshot';
import { propertyRuns, propertyTimeout } from '../builders/property-runs';
import { mergeRows, openTestLake, type TestLake, THINGS, thing } from '../builders/test-lake';

const { location } = THINGS;

let lake: TestLake;
beforeEach(async () => {
  lake = await openTestLake();
});
afterEach(() => lake.close());

let version = 0;
/** Other processes commit. */
const commit = (id: number) => mergeRows(lake, THINGS, [thing(id, 'a', ++version)]);

/** The entries before a checkpoint are deleted, and that of the checkpoint too, as time goes by. */
async function cleanUp(): Promise<void> {
  const snapshot = await readSnapshot(lake, location);
  if (!snapshot) return;
  await writeCheckpoint(lake, snapshot);
  for (let entry = 0; entry <= snapshot.version; entry++) await lake.bucket.delete(entryKey(location, entry));
}

async function deleteTable(): Promise<void> {
  for (const key of lake.bucket.keys(location)) await lake.bucket.delete(key);
}

/** How a snapshot was read does not matter, nor `dataChange`, which a checkpoint does not keep. */
const comparable = (snapshot: Snapshot | undefined) =>
  JSON.parse(
    JSON.stringify(snapshot ?? null, (name, value) =>
      name === 'replayed' || name === 'dataChange'
        ? undefined
        : value instanceof Map
          ? [...value].sort()
          : value,
    ),
  );

test(
  'a table that was read before is read as one that was not, whatever happened meanwhile',
  async () => {
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.record({ commits: fc.integer({ min: 1, max: 6 }) }) },
      { weight: 1, arbitrary: fc.record({ commits: fc.integer({ min: 19, max: 25 }) }) },
      { weight: 2, arbitrary: fc.constant('clean up' as const) },
      { weight: 2, arbitrary: fc.constant('delete' as const) },
      { weight: 6, arbitrary: fc.constant('read' as const) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
        await deleteTable();
        const known: KnownTables = new Map();
        for (const one of [...steps, 'read' as const]) {
          if (one === 'clean up') await cleanUp();
          else if (one === 'delete') await deleteTable();
          else if (one === 'read') {
            const read = await readSnapshot({ ...lake, known }, location);
            const fresh = await readSnapshot(lake, location);
            expect(comparable(read)).toEqual(comparable(fresh));
          } else for (let id = 0; id < one.commits; id++) await commit(id);
        }
      }),
      propertyRuns(15),
    );
  },
  propertyTimeout(20),
);

test('of a table that was read before, all is asked for at once', async () => {
  const known: KnownTables = new Map();
  await commit(1);
  await readSnapshot({ ...lake, known }, location);
  await commit(2);
  await commit(3);
  lake.bucket.calls.length = 0;
  const reading = readSnapshot({ ...lake, known }, location);
  const keys = () => lake.bucket.calls.map(({ key }) => key).sort();
  expect(keys()).toEqual([
    ...[0, 1, 2, 3].map((entry) => entryKey(location, entry)),
    lastCheckpointKey(location),
  ]);
  expect((await reading)?.version).toBe(2);
  expect(keys()).toHaveLength(5);
});

test('a table that did not exist is looked for with one request', async () => {
  const known: KnownTables = new Map();
  expect(await readSnapshot({ ...lake, known }, location)).toBeUndefined();
  lake.bucket.calls.length = 0;
  expect(await readSnapshot({ ...lake, known }, location)).toBeUndefined();
  expect(lake.bucket.calls.map(({ operation }) => operation)).toEqual(['list']);
});

test('checkpoints are as rare as if the table were read from its log each time', async () => {
  const known: KnownTables = new Map();
  for (let id = 0; id < 35; id++) {
    const snapshot = await readSnapshot({ ...lake, known }, location);
    await mergeRows(lake, THINGS, [thing(id, 'a', ++version)], { since: snapshot ?? null });
  }
  const checkpoints = lake.bucket.keys(location).filter((key) => key.includes('.checkpoint.'));
  expect(checkpoints).toHaveLength(3);
});
