import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { AddFile, Txn } from '../../lake/actions';
import { commitFiles, type FileCommit } from '../../lake/commit';
import { writeParts } from '../../lake/data-file-writer';
import { uploadFiles } from '../../lake/data-files';
import { LakeError } from '../../lake/errors';
import { readSnapshot } from '../../lake/snapshot';
import { commitTxns } from '../../lake/update';
import { failOnce } from '../builders/memory-bucket';
import { readDeltaRows } from '../builders/read-delta';
import { mergeRows, openTestLake, relationOf, type TestLake, THINGS, thing } from '../builders/test-lake';

let lake: TestLake;
beforeEach(async () => {
  lake = await openTestLake();
});
afterEach(() => lake.close());

const snapshotOf = () => readSnapshot(lake, THINGS.location);
const ids = async () =>
  (await readDeltaRows(lake.bucket, THINGS.location)).map(({ id }) => Number(id)).sort();

/** A data file in the bucket that no commit knows, as another engine writes one. */
async function upload(...rowIds: number[]): Promise<AddFile[]> {
  mkdirSync(path.join(lake.workDirectory, 'new'), { recursive: true });
  const cells = rowIds.map((id) => thing(id, 'a', 1));
  const rows = `(select * exclude (place) from ${await relationOf(lake, THINGS, cells)})`;
  const written = await writeParts(lake, THINGS, { place: 'a' }, rows, 1, lake.workDirectory);
  await uploadFiles(lake, THINGS.location, written);
  return written.map(({ add }) => add);
}

const commitOf = (changes: Partial<FileCommit>): FileCommit => ({
  adds: [],
  removes: [],
  txns: [],
  dataChange: true,
  operation: {
    operation: 'WRITE',
    operationParameters: {},
    isolationLevel: 'Serializable',
    operationMetrics: {},
  },
  ...changes,
});

test('files that another engine wrote make a table, and replace others in it', async () => {
  const first = await upload(1, 2);
  expect(await commitFiles(lake, THINGS, undefined, commitOf({ adds: first }))).toEqual({
    outcome: 'committed',
    version: 0,
  });
  const snapshot = await snapshotOf();
  const txns: Txn[] = [{ appId: 'spark', version: 7 }];
  const replacing = commitOf({
    adds: await upload(2, 3),
    removes: [...(snapshot?.files.keys() ?? [])],
    txns,
  });
  expect(await commitFiles(lake, THINGS, snapshot, replacing)).toEqual({ outcome: 'committed', version: 1 });
  expect(await ids()).toEqual([2, 3]);
  expect((await snapshotOf())?.txns.get('spark')).toBe(7);
  // Rows are found in them, and merged.
  expect(await mergeRows(lake, THINGS, [thing(3, 'b', 2), thing(4, 'a', 1)])).toMatchObject({
    updated: 1,
    inserted: 1,
  });
});

test('a conflict is a value that names the version, and nothing is written', async () => {
  await mergeRows(lake, THINGS, [thing(1, 'a', 1)]);
  const snapshot = await snapshotOf();
  await mergeRows(lake, THINGS, [thing(5, 'b', 1)]);
  const result = await commitFiles(lake, THINGS, snapshot, commitOf({ adds: await upload(2) }));
  expect(result).toEqual({ outcome: 'conflict', version: 1 });
  expect(await ids()).toEqual([1, 5]);
});

test('a commit whose answer is lost has committed', async () => {
  lake.bucket.after = failOnce('putIfAbsent', (key) => key.endsWith('.json'));
  const result = await commitFiles(lake, THINGS, undefined, commitOf({ adds: await upload(1) }));
  expect(result).toEqual({ outcome: 'committed', version: 0 });
  expect(await ids()).toEqual([1]);
});

test('a file that is not live cannot be removed: its rows would be there twice', async () => {
  await mergeRows(lake, THINGS, [thing(1, 'a', 1)]);
  const committing = commitFiles(
    lake,
    THINGS,
    await snapshotOf(),
    commitOf({ removes: ['place=a/gone.parquet'] }),
  );
  await expect(committing).rejects.toThrow(LakeError);
  await expect(committing).rejects.toThrow('place=a/gone.parquet cannot be removed');
  expect((await snapshotOf())?.version).toBe(0);
});

test('txns alone are set once, after any commits but those that moved one of them', async () => {
  await mergeRows(lake, THINGS, [thing(1, 'a', 1)], { txns: [{ appId: 'a', version: 1 }] });
  const since = await snapshotOf();
  if (!since) throw new Error('no table');
  await mergeRows(lake, THINGS, [thing(2, 'a', 1)]);
  const txns: Txn[] = [{ appId: 'a', version: 2 }];
  expect(await commitTxns(lake, THINGS, txns, since)).toMatchObject({ outcome: 'committed', version: 2 });
  expect(await commitTxns(lake, THINGS, [{ appId: 'a', version: 3 }], since)).toMatchObject({
    outcome: 'refused',
    moved: { appId: 'a', expected: 1, found: 2 },
  });
  const now = await snapshotOf();
  expect(now && (await commitTxns(lake, THINGS, txns, now))).toMatchObject({
    outcome: 'unchanged',
    version: 2,
  });
});
