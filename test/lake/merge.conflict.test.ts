import { CommitContentionError, TransactionMovedError } from '../../lake/errors';
import { readSnapshot } from '../../lake/snapshot';
import { readDeltaRows } from '../builders/read-delta';
import { mergeRows, openTestLake, type TestLake, THINGS, thing } from '../builders/test-lake';

let lake: TestLake;
beforeEach(async () => {
  lake = await openTestLake();
});
afterEach(() => lake.close());

const isData = (key: string) => key.endsWith('.snappy.parquet');
const uploads = () => lake.bucket.callsOf('upload').filter(isData);
const prices = async () =>
  (await readDeltaRows(lake.bucket, THINGS.location))
    .map(({ id, place, price }) => `${id} ${place} ${price}`)
    .sort();

/** Lets another writer commit right before our next commits, once for each given write. */
function compete(...writes: (() => Promise<unknown>)[]): void {
  lake.bucket.before = async ({ operation, key }) => {
    if (operation !== 'putIfAbsent' || !key.includes('_delta_log')) return;
    const hook = lake.bucket.before;
    lake.bucket.before = undefined;
    const write = writes.shift();
    if (write) await write();
    lake.bucket.before = hook;
  };
}

test('two first merges: one makes the table, the other adds to it', async () => {
  compete(() => mergeRows(lake, THINGS, [thing(1, 'a', 1)]));
  const outcome = await mergeRows(lake, THINGS, [thing(2, 'b', 1)]);
  expect(outcome).toMatchObject({ version: 1, inserted: 1, attempts: 2 });
  expect(await prices()).toEqual(['1 a 1.5000', '2 b 1.5000']);
  expect(lake.bucket.text('staging/things/_delta_log/00000000000000000001.json')).not.toContain('metaData');
});

test('a commit that concerns none of our keys or files: ours follows without writing its data files again', async () => {
  await mergeRows(lake, THINGS, [thing(1, 'a', 1), thing(2, 'b', 1)]);
  compete(() => mergeRows(lake, THINGS, [thing(5, 'b', 1)]));
  const before = uploads().length;
  const outcome = await mergeRows(lake, THINGS, [thing(1, 'a', 2, { price: '2.0000' })]);
  expect(outcome).toMatchObject({ version: 2, updated: 1, attempts: 2, filesAdded: 1, filesRemoved: 1 });
  expect(uploads().length - before).toBe(2);
  expect(await prices()).toEqual(['1 a 2.0000', '2 b 1.5000', '5 b 1.5000']);
});

test('a commit that rewrote a file of ours: the merge is redone on what it left, and the first data file goes', async () => {
  await mergeRows(lake, THINGS, [thing(1, 'a', 1), thing(2, 'a', 1)]);
  compete(() => mergeRows(lake, THINGS, [thing(2, 'a', 2, { price: '2.0000' })]));
  const outcome = await mergeRows(lake, THINGS, [thing(1, 'a', 2, { price: '1.0000' })]);
  expect(outcome).toMatchObject({ version: 2, updated: 1, attempts: 2 });
  expect(await prices()).toEqual(['1 a 1.0000', '2 a 2.0000']);
  expect(lake.bucket.callsOf('delete').filter(isData)).toHaveLength(1);
  const snapshot = await readSnapshot(lake, THINGS.location);
  const known = [...(snapshot?.files.keys() ?? []), ...(snapshot?.tombstones.keys() ?? [])];
  expect(lake.bucket.keys('staging/things/').filter(isData)).toHaveLength(known.length);
});

test('a commit that rewrote files of one partition: only the data files of that partition are written again', async () => {
  const all = (version: number) => ['a', 'b', 'c'].map((place, at) => thing(at + 1, place, version));
  await mergeRows(lake, THINGS, [...all(1), thing(9, 'b', 1)]);
  compete(() => mergeRows(lake, THINGS, [thing(9, 'b', 2, { price: '9.0000' })]));
  const before = uploads().length;
  expect(await mergeRows(lake, THINGS, all(2))).toMatchObject({ version: 2, updated: 3, filesAdded: 3 });
  const places = uploads()
    .slice(before)
    .map((key) => /place=(.)/.exec(key)?.[1]);
  // Three partitions; b by the other writer; b again.
  expect(places.sort()).toEqual(['a', 'b', 'b', 'b', 'c']);
  expect(await prices()).toEqual(['1 a 1.5000', '2 b 1.5000', '3 c 1.5000', '9 b 9.0000']);
});

test('a commit that moved a newer row of ours to another partition: it is left out there, and the rest is kept', async () => {
  await mergeRows(lake, THINGS, [thing(1, 'a', 1), thing(2, 'b', 1), thing(8, 'b', 1)]);
  compete(() => mergeRows(lake, THINGS, [thing(2, 'c', 3, { price: '3.0000' })]));
  const ours = [thing(1, 'a', 2, { price: '2.0000' }), thing(2, 'd', 2), thing(7, 'd', 2)];
  expect(await mergeRows(lake, THINGS, ours)).toMatchObject({ inserted: 1, updated: 1, superseded: 1 });
  expect(await prices()).toEqual(['1 a 2.0000', '2 c 3.0000', '7 d 1.5000', '8 b 1.5000']);
  const snapshot = await readSnapshot(lake, THINGS.location);
  const known = [...(snapshot?.files.keys() ?? []), ...(snapshot?.tombstones.keys() ?? [])];
  expect(lake.bucket.keys('staging/things/').filter(isData)).toHaveLength(known.length);
});

test('a commit that brought a newer row of our key elsewhere: ours is superseded', async () => {
  await mergeRows(lake, THINGS, [thing(9, 'z', 1)]);
  compete(() => mergeRows(lake, THINGS, [thing(1, 'b', 3, { price: '3.0000' })]));
  const outcome = await mergeRows(lake, THINGS, [thing(1, 'a', 2, { price: '2.0000' })]);
  expect(outcome).toMatchObject({ version: 1, inserted: 0, superseded: 1 });
  expect(await prices()).toEqual(['1 b 3.0000', '9 z 1.5000']);
});

test('a commit that brought an older row of our key elsewhere: ours replaces it', async () => {
  await mergeRows(lake, THINGS, [thing(9, 'z', 1)]);
  compete(() => mergeRows(lake, THINGS, [thing(1, 'b', 1)]));
  const outcome = await mergeRows(lake, THINGS, [thing(1, 'a', 2, { price: '2.0000' })]);
  expect(outcome).toMatchObject({ version: 2, inserted: 0, updated: 1 });
  expect(await prices()).toEqual(['1 a 2.0000', '9 z 1.5000']);
});

test('after a lost race the entries that came are read, and the log not again: another writer has the less time', async () => {
  for (let id = 1; id <= 4; id++) await mergeRows(lake, THINGS, [thing(id, 'a', 1)]);
  let since = 0;
  compete(async () => {
    await mergeRows(lake, THINGS, [thing(5, 'b', 1)]);
    since = lake.bucket.calls.length;
  });
  expect(await mergeRows(lake, THINGS, [thing(6, 'b', 1)])).toMatchObject({ version: 5, attempts: 2 });
  const read = lake.bucket.calls.slice(since).filter(({ key }) => key.includes('_delta_log'));
  expect(read.filter(({ operation }) => operation === 'list')).toEqual([]);
  const entries = read.filter(({ operation }) => operation === 'get').map(({ key }) => key.slice(-7));
  // Whose the entry is in our place; what it says, and at once whether there are others.
  expect(entries).toEqual(['04.json', '04.json', '05.json', '06.json']);
});

test('more entries than are read one by one: the table is read anew', async () => {
  await mergeRows(lake, THINGS, [thing(1, 'a', 1)]);
  compete(async () => {
    for (let id = 2; id <= 24; id++) await mergeRows(lake, THINGS, [thing(id, 'b', 1)]);
  });
  expect(await mergeRows(lake, THINGS, [thing(30, 'a', 1)])).toMatchObject({ version: 24, attempts: 2 });
  expect(await prices()).toHaveLength(25);
});

test('several lost races in a row lose no row of anyone', async () => {
  const others = [1, 2, 3].map((id) => () => mergeRows(lake, THINGS, [thing(id, 'a', 1)]));
  compete(...others);
  expect(await mergeRows(lake, THINGS, [thing(4, 'a', 1)])).toMatchObject({ version: 3, attempts: 4 });
  expect(await prices()).toEqual([1, 2, 3, 4].map((id) => `${id} a 1.5000`));
});

test('writers that are always faster: an error that names the table and the versions, and leaves nothing behind', async () => {
  compete(...[1, 2, 3].map((id) => () => mergeRows(lake, THINGS, [thing(id, 'a', 1)])));
  const merging = mergeRows(lake, THINGS, [thing(4, 'a', 1)], { attempts: 2 });
  await expect(merging).rejects.toThrow(CommitContentionError);
  await expect(merging).rejects.toThrow(
    'table staging/things: other writers committed first in all of 2 attempts (versions 0, 1)',
  );
  const snapshot = await readSnapshot(lake, THINGS.location);
  const known = [...(snapshot?.files.keys() ?? []), ...(snapshot?.tombstones.keys() ?? [])];
  expect(lake.bucket.keys('staging/things/').filter(isData)).toHaveLength(known.length);
});

test('concurrent merges from several machines: every row arrives', async () => {
  const machines = await Promise.all([1, 2, 3].map(() => openTestLake()));
  try {
    let ids = 0;
    const lakes = machines.map((machine) => ({
      ...machine,
      bucket: lake.bucket,
      newId: () => `00000000-0000-4000-9000-${String(++ids).padStart(12, '0')}`,
    }));
    await Promise.all(
      lakes.map(async (machine, n) => {
        for (let round = 0; round < 3; round++)
          await mergeRows(machine, THINGS, [thing(10 * n + round, 'a', 1)]);
      }),
    );
    const rows = await readDeltaRows(lake.bucket, THINGS.location);
    expect(rows.map(({ id }) => Number(id)).sort((a, b) => a - b)).toEqual([0, 1, 2, 10, 11, 12, 20, 21, 22]);
  } finally {
    for (const machine of machines) machine.close();
  }
});

describe('a txn', () => {
  const txns = (version: number) => ({ txns: [{ appId: 'kpis', version }] });

  test('that another run moved while we merged stops the merge', async () => {
    await mergeRows(lake, THINGS, [thing(1, 'a', 1)], txns(1));
    compete(() => mergeRows(lake, THINGS, [thing(1, 'a', 3)], txns(3)));
    const merging = mergeRows(lake, THINGS, [thing(2, 'a', 2)], txns(2));
    await expect(merging).rejects.toThrow(TransactionMovedError);
    await expect(merging).rejects.toThrow('table staging/things: expected txn kpis at 1, found 3');
  });

  test('that another run moved since the snapshot we computed from stops the merge', async () => {
    await mergeRows(lake, THINGS, [thing(1, 'a', 1)], txns(1));
    const since = await readSnapshot(lake, THINGS.location);
    await mergeRows(lake, THINGS, [thing(1, 'a', 3)], txns(3));
    if (!since) throw new Error('no table');
    await expect(mergeRows(lake, THINGS, [thing(2, 'a', 2)], { ...txns(2), since })).rejects.toThrow(
      TransactionMovedError,
    );
  });

  test('that another run set in a table that we did not find stops the merge', async () => {
    await mergeRows(lake, THINGS, [thing(1, 'a', 3)], txns(3));
    await expect(mergeRows(lake, THINGS, [thing(2, 'a', 2)], { ...txns(2), since: null })).rejects.toThrow(
      'expected txn kpis at no version, found 3',
    );
  });

  test('of another application may move', async () => {
    await mergeRows(lake, THINGS, [thing(1, 'a', 1)], txns(1));
    compete(() => mergeRows(lake, THINGS, [], { txns: [{ appId: 'other', version: 5 }] }));
    expect(await mergeRows(lake, THINGS, [thing(2, 'a', 2)], txns(2))).toMatchObject({
      version: 2,
      attempts: 2,
    });
    expect([...((await readSnapshot(lake, THINGS.location))?.txns ?? [])].sort()).toEqual([
      ['kpis', 2],
      ['other', 5],
    ]);
  });
});

test('an upload that fails leaves the table as it was, and no data file', async () => {
  await mergeRows(lake, THINGS, [thing(1, 'a', 1)]);
  lake.bucket.before = ({ operation, key }) => {
    if (operation === 'upload' && key.includes('place=c')) throw new Error('slow down');
  };
  await expect(mergeRows(lake, THINGS, [thing(2, 'b', 1), thing(3, 'c', 1)])).rejects.toThrow('slow down');
  lake.bucket.before = undefined;
  expect(await prices()).toEqual(['1 a 1.5000']);
  expect(lake.bucket.keys('staging/things/').filter(isData)).toHaveLength(1);
});
