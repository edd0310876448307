import fc from 'fast-check';
import { writeCheckpoint } from '../../../lake/checkpoint';
import { entryKey } from '../../../lake/log';
import { removeUnneededFiles } from '../../../lake/maintenance/file-clean-up';
import { cleanUpLog } from '../../../lake/maintenance/log-clean-up';
import { readSnapshot } from '../../../lake/snapshot';
import { propertyRuns } from '../../builders/property-runs';
import { THINGS } from '../../builders/test-lake';
import { DAY, History, HOUR } from './history';

const FILES_KEPT = 7 * DAY;
const LOG_KEPT = 30 * DAY;

/** What happens next, and how many hours after the last. */
const step = fc.record({
  hours: fc.oneof(
    { weight: 3, arbitrary: fc.integer({ min: 0, max: 30 }) },
    fc.integer({ min: 100, max: 1000 }),
  ),
  what: fc.oneof(
    fc.record({
      commit: fc.record({
        /** Files uploaded for it, and of those before, whose writer takes its time. */
        added: fc.integer({ min: 0, max: 3 }),
        pending: fc.boolean(),
        removed: fc.array(fc.nat(), { maxLength: 3 }),
        skewHours: fc.constantFrom(0, 0, 0, -400, 5),
      }),
    }),
    fc.constant({ upload: true } as const),
    fc.constant({ checkpoint: true } as const),
    fc.constant({ maintain: true } as const),
    fc.record({ killedAfter: fc.integer({ min: 0, max: 4 }) }),
  ),
});

test('whatever happened before, no version of the retention loses a file or the log it is read from, and the rest goes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 25 }), async (steps) => {
      const history = await History.open();
      try {
        await history.commit([await history.upload('f0.parquet')], []);
        let pending: { path: string; at: number }[] = [];
        let files = 1;
        let isSkewed = false;
        const uploadOne = () => history.upload(`f${files++}.parquet`);
        for (const { hours, what } of [...steps, { hours: 1, what: { maintain: true } as const }]) {
          history.now += hours * HOUR;
          if ('commit' in what) {
            const { added, removed, skewHours } = what.commit;
            const fresh: string[] = [];
            for (let n = 0; n < added; n++) fresh.push(await uploadOne());
            const taken = what.commit.pending
              ? pending.filter(({ at }) => at > history.now - FILES_KEPT + DAY)
              : [];
            pending = pending.filter((file) => !taken.includes(file));
            const live = [...history.live];
            const gone = new Set(
              removed.map((n) => live[n % live.length]).filter((path) => path !== undefined),
            );
            await history.commit([...fresh, ...taken.map(({ path }) => path)], [...gone], skewHours * HOUR);
            isSkewed ||= skewHours !== 0;
          } else if ('upload' in what) {
            pending.push({ path: await uploadOne(), at: history.now });
          } else if ('checkpoint' in what) {
            const snapshot = await readSnapshot(history.lake, THINGS.location);
            if (snapshot) await writeCheckpoint(history.lake, snapshot);
          } else {
            let left = 'killedAfter' in what ? what.killedAfter : Number.POSITIVE_INFINITY;
            history.bucket.before = ({ operation }) => {
              if (operation === 'delete' && left-- <= 0) throw new Error('killed');
            };
            const before = new Date(history.now - FILES_KEPT);
            const done = await removeUnneededFiles(history.lake, THINGS, before)
              .then(() => cleanUpLog(history.lake, THINGS.location, new Date(history.now - LOG_KEPT)))
              .catch((error: Error) => error.message);
            history.bucket.before = undefined;
            if (done !== 'killed') await expectClean(history, isSkewed);
          }
          await expectWhole(history);
        }
      } finally {
        history.close();
      }
    }),
    propertyRuns(15),
  );
}, 60_000);

/** Every file that a version within the retention needs, and the log of those within its own. */
async function expectWhole(history: History): Promise<void> {
  const needed = history.versionsSince(history.now - FILES_KEPT).flatMap(({ live }) => [...live]);
  expect(needed.filter((path) => !history.has(path))).toEqual([]);

  const snapshot = await readSnapshot(history.lake, THINGS.location);
  expect(new Set(snapshot?.files.keys())).toEqual(history.live);
  const first = history.versions.length - history.versionsSince(history.now - LOG_KEPT).length;
  const has = (version: number) => history.bucket.objects.has(entryKey(THINGS.location, version));
  let start = first;
  while (start >= 0 && !history.bucket.objects.has(checkpointOf(start))) start--;
  const entries = Array.from({ length: history.versions.length }, (_, version) => version);
  expect(entries.filter((version) => version > start && !has(version))).toEqual([]);
}

const checkpointOf = (version: number) =>
  entryKey(THINGS.location, version).replace('.json', '.checkpoint.parquet');

/** A file that nobody needs and that lies there since before the retention is gone. */
async function expectClean(history: History, isSkewed: boolean): Promise<void> {
  // A writer whose clock is ahead keeps its files for longer.
  if (isSkewed) return;
  const needed = new Set(history.versionsSince(history.now - FILES_KEPT).flatMap(({ live }) => [...live]));
  const old = [...history.uploads].filter(([, at]) => at < history.now - FILES_KEPT).map(([path]) => path);
  expect(old.filter((path) => !needed.has(path) && history.has(path))).toEqual([]);
}
