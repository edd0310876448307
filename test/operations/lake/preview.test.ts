import path from 'node:path';
import { readSnapshot } from '../../../lake/snapshot';
import { Downloads } from '../../../operations/lake/downloads';
import { type PreviewChoice, previewRows, VersionExpiredError } from '../../../operations/lake/preview';
import { mergeRows, openTestLake, type TestLake, THINGS, thing } from '../../builders/test-lake';

let lake: TestLake;
let downloads: Downloads;
beforeEach(async () => {
  lake = await openTestLake();
  downloads = new Downloads(path.join(lake.workDirectory, 'query-files'));
  await mergeRows(lake, THINGS, [thing(2, 'a', 0), thing(1, 'a', 0), thing(10, 'b', 0)]);
  await mergeRows(lake, THINGS, [thing(2, 'a', 1, { price: '99999999999999.1234' })]);
});
afterEach(() => lake.close());

async function preview(version: number, choice: Partial<PreviewChoice> = {}) {
  const snapshot = await readSnapshot(lake, THINGS.location, version);
  const newest = await readSnapshot(lake, THINGS.location);
  if (!snapshot || !newest) throw new Error(`no version ${version}`);
  return previewRows({ lake, downloads }, THINGS, snapshot, newest, { limit: 100, ...choice });
}

test('returns the rows of the version, ordered by key, with every digit', async () => {
  const old = await preview(0);
  const now = await preview(1);
  const cells = ({ rows }: Awaited<ReturnType<typeof preview>>) => rows.map((row) => row.slice(0, 3));
  expect(cells(old)).toEqual([
    ['1', 'a', '1.5000'],
    ['2', 'a', '1.5000'],
    ['10', 'b', '1.5000'],
  ]);
  expect(cells(now)[1]).toEqual(['2', 'a', '99999999999999.1234']);
  expect(now).toMatchObject({ rows_in_all: 3, files_read: now.files });
});

test('a preview can be limited to a partition or a file of the version', async () => {
  const ofB = await preview(1, { partition: { place: 'b' } });
  expect(ofB.rows.map(([id]) => id)).toEqual(['10']);
  expect(ofB.files).toBe(1);
  const files = [...((await readSnapshot(lake, THINGS.location))?.files.keys() ?? [])];
  const [first = ''] = files;
  expect(await preview(1, { file: first })).toMatchObject({ files: 1 });
  await expect(preview(1, { file: '../../input/secret.csv' })).rejects.toThrow(
    'version 1 of things has no data file',
  );
});

test('reads only as many files as needed for enough rows', async () => {
  const one = await preview(1, { limit: 1 });
  expect(one.rows).toHaveLength(1);
  expect(one.files_read).toBeLessThan(one.files);
});

test('a version with deleted files is reported as expired, even if the requested rows are in other files', async () => {
  const old = await readSnapshot(lake, THINGS.location, 0);
  const live = (await readSnapshot(lake, THINGS.location))?.files;
  for (const file of old?.files.keys() ?? []) {
    if (!live?.has(file)) await lake.bucket.delete(`${THINGS.location}/${file}`);
  }
  await expect(preview(0)).rejects.toThrow(VersionExpiredError);
  await expect(preview(0, { partition: { place: 'b' } })).rejects.toThrow(
    'version 0 of things can no longer be read: maintenance deleted 1 of its 2 data files',
  );
  expect((await preview(1)).rows).toHaveLength(3);
});

test('a missing live file is reported as a broken table', async () => {
  for (const file of (await readSnapshot(lake, THINGS.location))?.files.keys() ?? []) {
    await lake.bucket.delete(`${THINGS.location}/${file}`);
  }
  await expect(preview(1)).rejects.toThrow('though it is live');
});
