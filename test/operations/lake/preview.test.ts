import path from 'node:path';
import { readSnapshot } from '../../../lake/snapshot';
import { Downloads } from '../../../operations/lake/downloads';
import { type PreviewChoice, previewRows, VersionGoneError } from '../../../operations/lake/preview';
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

test('rows are those of the version, by key, every digit kept', async () => {
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

test('a partition or a file alone can be asked for, a file only by a name that the version has', async () => {
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

test('no more files are read than hold enough rows', async () => {
  const one = await preview(1, { limit: 1 });
  expect(one.rows).toHaveLength(1);
  expect(one.files_read).toBeLessThan(one.files);
});

test('a version says so whose files were deleted, even where the rows that are asked for are in others', async () => {
  const old = await readSnapshot(lake, THINGS.location, 0);
  const live = (await readSnapshot(lake, THINGS.location))?.files;
  for (const file of old?.files.keys() ?? []) {
    if (!live?.has(file)) await lake.bucket.delete(`${THINGS.location}/${file}`);
  }
  await expect(preview(0)).rejects.toThrow(VersionGoneError);
  await expect(preview(0, { partition: { place: 'b' } })).rejects.toThrow(
    'version 0 of things cannot be read any more: maintenance deleted 1 of its 2 data files',
  );
  expect((await preview(1)).rows).toHaveLength(3);
});

test('a live file that is missing is another matter: the table is broken', async () => {
  for (const file of (await readSnapshot(lake, THINGS.location))?.files.keys() ?? []) {
    await lake.bucket.delete(`${THINGS.location}/${file}`);
  }
  await expect(preview(1)).rejects.toThrow('though it is live');
});
