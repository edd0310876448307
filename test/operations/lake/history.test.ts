import { entryKey } from '../../../lake/log';
import { compact } from '../../../lake/maintenance/compaction';
import { readSnapshot } from '../../../lake/snapshot';
import { readCommit, readCommits } from '../../../operations/lake/history';
import { Snapshots } from '../../../operations/lake/snapshots';
import { mergeRows, openTestLake, type TestLake, THINGS, thing } from '../../builders/test-lake';

const { location } = THINGS;

let lake: TestLake;
beforeEach(async () => {
  lake = await openTestLake();
  lake.bucket.calls.length = 0;
});
afterEach(() => lake.close());

const merge = (version: number, ...ids: number[]) =>
  mergeRows(
    { ...lake, userMetadata: `execution-${version}` },
    THINGS,
    ids.map((id) => thing(id, 'a', version)),
  );

test('a page of commits reads only its own entries, and says where the next begins', async () => {
  for (let version = 0; version < 5; version++) await merge(version, version);
  lake.bucket.calls.length = 0;
  const first = await readCommits(lake, location, 5, 2);
  expect(first.commits.map(({ version }) => version)).toEqual([4, 3]);
  expect(first).toMatchObject({ before: 3, oldest: null });
  expect(lake.bucket.calls.map(({ operation, key }) => [operation, key])).toEqual([
    ['get', entryKey(location, 4)],
    ['get', entryKey(location, 3)],
  ]);
  const last = await readCommits(lake, location, 3, 10);
  expect(last.commits.map(({ version }) => version)).toEqual([2, 1, 0]);
  expect(last).toMatchObject({ before: null, oldest: 0 });
});

test('a page ends where the log was cleaned up, with the oldest version', async () => {
  for (let version = 0; version < 4; version++) await merge(version, version);
  await lake.bucket.delete(entryKey(location, 0));
  await lake.bucket.delete(entryKey(location, 1));
  const page = await readCommits(lake, location, 4, 50);
  expect(page.commits.map(({ version }) => version)).toEqual([3, 2]);
  expect(page).toMatchObject({ before: null, oldest: 2 });
  expect(await readCommit(lake, location, 1)).toBeUndefined();
});

test('a commit has its execution, its rows, and the files it added and removed with their sizes', async () => {
  await merge(0, 1, 2);
  await merge(1, 2, 3);
  const commit = await readCommit(lake, location, 1);
  expect(commit).toMatchObject({
    operation: 'MERGE',
    at: '2025-07-01T12:00:00.000Z',
    inserted: 1,
    updated: 1,
    deleted: 0,
    execution: 'execution-1',
    engine: 'daybook',
    read_version: 0,
    files_removed: 1,
  });
  expect(commit?.added).toHaveLength(commit?.files_added ?? 0);
  expect(commit?.bytes_added).toBe(commit?.added.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0));
  expect(commit?.bytes_removed).toBe(commit?.removed[0]?.bytes);
  expect(commit?.added[0]).toMatchObject({ partition: { place: 'a' }, rows: expect.any(Number) });
});

test('a compaction has no execution', async () => {
  await merge(0, 1);
  await merge(1, 2);
  const snapshot = await readSnapshot(lake, location);
  if (snapshot) await compact({ ...lake, userMetadata: 'not to be told' }, THINGS, snapshot, 1e6);
  expect(await readCommit(lake, location, 2)).toMatchObject({
    operation: 'OPTIMIZE',
    execution: null,
    inserted: null,
    files_added: 1,
    files_removed: 2,
  });
});

describe('cached snapshots', () => {
  const operations = () => lake.bucket.calls.splice(0).map(({ operation }) => operation);

  test('cost small requests at once while nothing changes, else only the new entries', async () => {
    const snapshots = new Snapshots(lake);
    expect(await snapshots.newest(location)).toBeUndefined();
    await merge(0, 1);
    expect((await snapshots.newest(location))?.version).toBe(0);
    operations();
    expect((await snapshots.newest(location))?.version).toBe(0);
    expect(operations()).toEqual(['get', 'get', 'get', 'get', 'get']);
    await merge(1, 2);
    await merge(2, 3);
    operations();
    const newest = await snapshots.newest(location);
    expect(operations()).not.toContain('list');
    const { replayed: _, ...read } = (await readSnapshot(lake, location)) ?? {};
    expect(newest).toMatchObject(read);
  });

  test('are read from scratch if the table was deleted and created again', async () => {
    const snapshots = new Snapshots(lake);
    await merge(0, 1);
    const first = await snapshots.newest(location);
    for (const key of lake.bucket.keys(location)) await lake.bucket.delete(key);
    expect(await snapshots.newest(location)).toBeUndefined();
    await merge(5, 7);
    const second = await snapshots.newest(location);
    expect(second?.version).toBe(0);
    expect(second?.metadata.id).not.toBe(first?.metadata.id);
  });
});
