import { changedRows } from '../../../lake/changes';
import { compact } from '../../../lake/maintenance/compaction';
import { filesThatMayHold } from '../../../lake/pruning';
import { readSnapshot, type Snapshot } from '../../../lake/snapshot';
import type { MemoryBucket } from '../../builders/memory-bucket';
import { readDelta, readDeltaRows } from '../../builders/read-delta';
import { type Cells, mergeRows, openTestLake, type TestLake, THINGS, thing } from '../../builders/test-lake';

let lake: TestLake;
beforeEach(async () => {
  lake = await openTestLake();
});
afterEach(() => lake.close());

/** Merges that leave a file each: their target is too small for a second row. */
async function mergeApart(...batches: Cells[][]): Promise<void> {
  for (const rows of batches) await mergeRows(lake, THINGS, rows, { targetFileBytes: 40 * rows.length });
}

async function latest(): Promise<Snapshot> {
  const snapshot = await readSnapshot(lake, THINGS.location);
  if (!snapshot) throw new Error('no table');
  return snapshot;
}

const compactAll = async (target?: number) => compact(lake, THINGS, await latest(), target);

const rowsOf = async (bucket: MemoryBucket = lake.bucket) =>
  (await readDeltaRows(bucket, THINGS.location)).map((row) => JSON.stringify(row)).sort();

const isData = (key: string) => key.endsWith('.snappy.parquet');
const dataKeys = () => lake.bucket.keys('staging/things/').filter(isData);

const entry = (version: number) =>
  (lake.bucket.text(`staging/things/_delta_log/${String(version).padStart(20, '0')}.json`) ?? '')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

/** Lets another writer commit right before our next commit. */
function compete(write: () => Promise<unknown>): void {
  lake.bucket.before = async ({ operation, key }) => {
    if (operation !== 'putIfAbsent' || !key.includes('_delta_log')) return;
    lake.bucket.before = undefined;
    await write();
  };
}

test('small files of a partition become one, with the same rows, in a commit that changes no data', async () => {
  await mergeApart(
    [thing(3, 'a', 1)],
    [thing(1, 'a', 1), thing(7, 'b', 1)],
    [thing(2, 'a', 1, { price: null })],
  );
  const before = await rowsOf();
  expect((await latest()).files.size).toBe(4);

  expect(await compactAll()).toMatchObject({ removed: 3, added: 1, givenUp: 0 });
  expect(await rowsOf()).toEqual(before);
  const [info, ...actions] = entry(3);
  expect(info.commitInfo).toMatchObject({
    operation: 'OPTIMIZE',
    readVersion: 2,
    operationMetrics: { numRemovedFiles: '3', numAddedFiles: '1' },
  });
  expect(actions.map((action) => Object.keys(action)[0])).toEqual(['remove', 'remove', 'remove', 'add']);
  expect(actions.map(({ add, remove }) => (add ?? remove).dataChange)).toEqual([false, false, false, false]);

  const [file] = (await readDelta(lake.bucket, THINGS.location)).filter(({ rows }) => rows.length === 3);
  expect(file?.rows.map(({ id }) => id)).toEqual(['1', '2', '3']);
  expect(JSON.parse(file?.stats ?? '')).toMatchObject({
    numRecords: 3,
    minValues: { id: 1 },
    maxValues: { id: 3 },
  });
});

test('a second run finds nothing to do and commits nothing', async () => {
  await mergeApart([thing(1, 'a', 1)], [thing(2, 'a', 1)]);
  await compactAll();
  const keys = lake.bucket.keys();
  expect(await compactAll()).toEqual({ removed: 0, added: 0, bytes: 0, givenUp: 0 });
  expect(lake.bucket.keys()).toEqual(keys);
});

test('what fills several files is split by key, so that a key is looked for in one of them', async () => {
  const every4th = (first: number) => Array.from({ length: 500 }, (_, i) => thing(4 * i + first, 'a', 1));
  await mergeApart(every4th(0), every4th(1), every4th(2), every4th(3));
  const before = await rowsOf();
  const wanted = '(select 777::bigint as id)';
  const { files } = await latest();
  expect(await filesThatMayHold(lake, THINGS, files, wanted)).toHaveLength(4);

  const size = Math.max(...[...files.values()].map((file) => file.size));
  expect(await compactAll(2 * size)).toMatchObject({ removed: 4, added: 2 });
  expect(await rowsOf()).toEqual(before);
  expect(await filesThatMayHold(lake, THINGS, (await latest()).files, wanted)).toHaveLength(1);
});

test('what changed since a version is told without reading what compaction wrote', async () => {
  await mergeApart([thing(1, 'a', 1)], [thing(2, 'a', 1)]);
  const { version } = await latest();
  await mergeApart([thing(3, 'a', 1)]);
  await compactAll();
  const compacted = [...(await latest()).files.keys()];
  lake.bucket.calls.length = 0;
  const changed = await changedRows(lake, THINGS, version, await latest());
  expect(await lake.db.rows(`select _change, id from ${changed}`)).toEqual([{ _change: 'after', id: '3' }]);
  const read = lake.bucket.callsOf('download').map((key) => key.slice('staging/things/'.length));
  expect(read).toHaveLength(1);
  expect(compacted).not.toContain(read[0]);

  // And after the compacted file was rewritten in its turn.
  await mergeRows(lake, THINGS, [thing(2, 'a', 2, { price: '2.0000' })]);
  const again = await changedRows(lake, THINGS, version, await latest());
  const rows = await lake.db.rows(`select _change, id, price from ${again} order by id, _change desc`);
  expect(rows).toEqual([
    { _change: 'before', id: '2', price: '1.5000' },
    { _change: 'after', id: '2', price: '2.0000' },
    { _change: 'after', id: '3', price: '1.5000' },
  ]);
});

describe('where another writer commits first', () => {
  beforeEach(() => mergeApart([thing(1, 'a', 1), thing(10, 'b', 1)], [thing(2, 'a', 1), thing(11, 'b', 1)]));

  test('a partition whose files it changed is given up, the others are compacted', async () => {
    compete(() => mergeRows(lake, THINGS, [thing(1, 'a', 2, { price: '9.0000' })], { targetFileBytes: 40 }));
    expect(await compactAll()).toMatchObject({ removed: 2, added: 1, givenUp: 1 });
    const files = await readDelta(lake.bucket, THINGS.location);
    const told = files.map(({ rows }) => rows.map(({ id, price }) => `${id} ${price}`).sort());
    expect(told.sort()).toEqual([['1 9.0000'], ['10 1.5000', '11 1.5000'], ['2 1.5000']]);
    // Nothing lies there that neither the table nor its tombstones name.
    const { files: live, tombstones } = await latest();
    expect(dataKeys()).toHaveLength(live.size + tombstones.size);
  });

  test('rows that it added to a partition do not matter', async () => {
    compete(() => mergeApart([thing(3, 'a', 1)]));
    expect(await compactAll()).toMatchObject({ removed: 4, added: 2, givenUp: 0 });
    const files = await readDelta(lake.bucket, THINGS.location);
    expect(files.map(({ rows }) => rows.map(({ id }) => id)).sort()).toEqual([
      ['1', '2'],
      ['10', '11'],
      ['3'],
    ]);
  });

  test('another compaction of the same files wins, and no row is there twice', async () => {
    const before = await rowsOf();
    const snapshot = await latest();
    compete(() => compact(lake, THINGS, snapshot));
    expect(await compact(lake, THINGS, snapshot)).toEqual({ removed: 0, added: 0, bytes: 0, givenUp: 2 });
    expect(await rowsOf()).toEqual(before);
    expect((await latest()).version).toBe(2);
  });

  test('a table that takes only appends by now is left alone', async () => {
    const { metadata } = await latest();
    const metaData = { ...metadata, configuration: { 'delta.appendOnly': 'true' } };
    compete(() =>
      lake.bucket.put(
        'staging/things/_delta_log/00000000000000000002.json',
        `${JSON.stringify({ metaData })}\n`,
      ),
    );
    await expect(compactAll()).rejects.toThrow('delta.appendOnly is set');
    expect((await latest()).files.size).toBe(4);
  });
});

test('a merge that loses the race to a compaction follows it', async () => {
  await mergeApart([thing(1, 'a', 1)], [thing(2, 'a', 1)]);
  compete(compactAll);
  const outcome = await mergeRows(lake, THINGS, [thing(1, 'a', 2, { price: '3.0000' }), thing(5, 'a', 1)]);
  expect(outcome).toMatchObject({ version: 3, updated: 1, inserted: 1, attempts: 2 });
  const rows = await readDeltaRows(lake.bucket, THINGS.location);
  expect(rows.map(({ id, price }) => `${id} ${price}`).sort()).toEqual(['1 3.0000', '2 1.5000', '5 1.5000']);
});

test('killed at any write, before or after it took effect, it leaves the same rows, and the next run finishes', async () => {
  await mergeApart([thing(1, 'a', 1), thing(10, 'b', 1)], [thing(2, 'a', 1), thing(11, 'b', 1)]);
  const before = await rowsOf();
  const start = new Map(lake.bucket.objects);
  for (const when of ['before', 'after'] as const) {
    for (let fatal = 1; ; fatal++) {
      lake.bucket.objects.clear();
      for (const [key, object] of start) lake.bucket.objects.set(key, object);
      let writes = 0;
      lake.bucket[when] = ({ operation }) => {
        if (/^(upload|put|putIfAbsent|delete)$/.test(operation) && ++writes >= fatal)
          throw new Error('killed');
      };
      const outcome = await compactAll().catch((error: Error) => error.message);
      lake.bucket[when] = undefined;
      expect(await rowsOf()).toEqual(before);
      if (outcome !== 'killed') {
        expect(fatal).toBeGreaterThan(2);
        break;
      }
      await compactAll();
      expect(await rowsOf()).toEqual(before);
      expect((await latest()).files.size).toBe(2);
    }
  }
});

test('a file that is gone from the bucket leaves its partition as it is', async () => {
  await mergeApart([thing(1, 'a', 1), thing(10, 'b', 1)], [thing(2, 'a', 1), thing(11, 'b', 1)]);
  const [gone = ''] = lake.bucket.keys('staging/things/place=a/');
  lake.bucket.objects.delete(gone);
  expect(await compactAll()).toMatchObject({ removed: 2, added: 1, givenUp: 1 });
  expect(lake.warnings).toEqual([expect.stringContaining(gone)]);
  expect((await latest()).files.has(gone.slice('staging/things/'.length))).toBe(true);
});
