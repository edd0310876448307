import { changedKeys, changedRows } from '../../lake/changes';
import { entryKey } from '../../lake/log';
import { merge } from '../../lake/merge';
import { readSnapshot, type Snapshot } from '../../lake/snapshot';
import type { TableSpec } from '../../lake/table-spec';
import {
  mergeRows,
  openTestLake,
  relationOf,
  type TestLake,
  THINGS,
  TOTALS,
  thing,
} from '../builders/test-lake';

let lake: TestLake;
beforeEach(async () => {
  lake = await openTestLake();
});
afterEach(() => lake.close());

async function latest(spec: TableSpec): Promise<Snapshot> {
  const snapshot = await readSnapshot(lake, spec.location);
  if (!snapshot) throw new Error(`no table at ${spec.location}`);
  return snapshot;
}

const rowsSince = async (version: number) => {
  const changed = await changedRows(lake, THINGS, version, await latest(THINGS));
  return (await lake.db.rows(`select * from ${changed} order by id, _change desc`)).map(
    ({ _change, id, place, price }) => `${_change} ${id} ${place} ${price}`,
  );
};

test('tells each changed row as it was and as it is, and none that was merely rewritten', async () => {
  await mergeRows(lake, THINGS, [thing(1, 'a', 1), thing(2, 'a', 1), thing(3, 'a', 1), thing(4, 'b', 1)]);
  await mergeRows(lake, THINGS, [
    thing(1, 'b', 2),
    thing(2, 'a', 2, { price: '2.0000' }),
    thing(4, 'b', 2),
    thing(5, 'a', 1),
  ]);
  expect(await rowsSince(0)).toEqual([
    'before 1 a 1.5000',
    'after 1 b 1.5000',
    'before 2 a 1.5000',
    'after 2 a 2.0000',
    'after 5 a 1.5000',
  ]);
});

test('over several versions tells the first and the last image', async () => {
  await mergeRows(lake, THINGS, [thing(1, 'a', 1), thing(2, 'a', 1)]);
  await mergeRows(lake, THINGS, [thing(1, 'b', 2, { price: '2.0000' })]);
  await mergeRows(lake, THINGS, [thing(1, 'c', 3, { price: '3.0000' }), thing(2, 'd', 3)]);
  await mergeRows(lake, THINGS, [thing(2, 'a', 4)]);
  expect(await rowsSince(0)).toEqual(['before 1 a 1.5000', 'after 1 c 3.0000']);
  expect(await rowsSince(2)).toEqual(['before 2 d 1.5000', 'after 2 a 1.5000']);
  expect(await rowsSince(3)).toEqual([]);
});

test('needs no file that came and went in between', async () => {
  for (const version of [1, 2, 3])
    await mergeRows(lake, THINGS, [thing(1, 'a', version, { price: `${version}` })]);
  const [first, between, ...others] = [...(await latest(THINGS)).tombstones.keys()];
  expect([first, between, others]).toEqual([expect.any(String), expect.any(String), []]);
  lake.bucket.objects.delete(`staging/things/${between}`);
  expect(await rowsSince(0)).toEqual(['before 1 a 1.0000', 'after 1 a 3.0000']);
});

test('follows another writer that only rearranged files in between', async () => {
  await mergeRows(lake, THINGS, [thing(1, 'a', 1)]);
  await mergeRows(lake, THINGS, [thing(2, 'a', 1)]);
  const [file] = [...(await latest(THINGS)).files.values()];
  if (!file) throw new Error('no file');
  const copy = file.path.replace('part-', 'compacted-');
  const body = lake.bucket.objects.get(`staging/things/${file.path}`)?.body ?? new Uint8Array();
  await lake.bucket.put(`staging/things/${copy}`, body);
  await lake.bucket.put(
    entryKey(THINGS.location, 2),
    `${JSON.stringify({ remove: { path: file.path, dataChange: false, partitionValues: { place: 'a' } } })}\n${JSON.stringify({ add: { ...file, path: copy, dataChange: false } })}\n`,
  );
  expect(await rowsSince(0)).toEqual(['after 2 a 1.5000']);
  expect(await rowsSince(1)).toEqual([]);
});

test('tells the keys, those that were deleted too', async () => {
  const day = (n: number, total: string) => ({ category: 'a', day: `2025-07-0${n}`, total });
  await mergeRows(lake, TOTALS, [day(1, '1.00'), day(2, '2.00'), day(3, '3.00')]);
  const rows = await relationOf(lake, TOTALS, [day(2, '2.00'), day(3, '4.00'), day(4, '4.00')]);
  await merge(lake, TOTALS, { rows, deletes: `(select 'a' as category, date '2025-07-01' as day)` });
  const keys = await changedKeys(lake, TOTALS, 0, await latest(TOTALS));
  expect(await lake.db.rows(`from ${keys} order by day`)).toEqual(
    ['2025-07-01', '2025-07-03', '2025-07-04'].map((found) => ({ category: 'a', day: found })),
  );
});

describe('where the past is no longer there, nothing is told, so that all may differ', () => {
  beforeEach(async () => {
    for (const version of [1, 2, 3])
      await mergeRows(lake, THINGS, [thing(1, 'a', version, { price: `${version}` })]);
  });

  test('an entry was cleaned up', async () => {
    const snapshot = await latest(THINGS);
    lake.bucket.objects.delete(entryKey(THINGS.location, 1));
    expect(await changedKeys(lake, THINGS, 0, snapshot)).toBeUndefined();
    expect(await changedKeys(lake, THINGS, 1, snapshot)).toBeDefined();
  });

  test('a removed data file was cleaned up', async () => {
    const snapshot = await latest(THINGS);
    for (const path of snapshot.tombstones.keys()) lake.bucket.objects.delete(`staging/things/${path}`);
    expect(await changedKeys(lake, THINGS, 1, snapshot)).toBeUndefined();
  });

  test('the version is of another table, later than this one', async () => {
    expect(await changedKeys(lake, THINGS, 9, await latest(THINGS))).toBeUndefined();
  });
});
