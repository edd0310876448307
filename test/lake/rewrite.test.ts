import { rewriteRows, selectedRows } from '../../lake/rewrite';
import { readSnapshot } from '../../lake/snapshot';
import { readDeltaRows } from '../builders/read-delta';
import { mergeRows, openTestLake, type TestLake, THINGS, thing } from '../builders/test-lake';

let lake: TestLake;
beforeEach(async () => {
  lake = await openTestLake();
});
afterEach(() => lake.close());

const things = async () =>
  (await readDeltaRows(lake.bucket, THINGS.location))
    .map(({ id, place, price }) => [id, place, price])
    .sort((a, b) => Number(a[0]) - Number(b[0]));

const withId = (id: number) => ({ column: 'id', values: `(select cast(${id} as bigint) as id)` });

/** Two files, of the places a and b. */
const twoPlaces = () =>
  mergeRows(lake, THINGS, [thing(1, 'a', 1), thing(2, 'a', 1), thing(3, 'b', 1, { price: '9.0000' })]);

describe('a rewrite of rows', () => {
  test('changes values, whatever the version of the row, and only in the files that have it', async () => {
    await twoPlaces();
    const before = await readSnapshot(lake, THINGS.location);
    const outcome = await rewriteRows(lake, THINGS, { rows: [withId(1)], values: { price: 'null' } });
    expect(outcome).toEqual({ rows: 1, removed: [expect.stringContaining('place=a/')], version: 1 });
    expect(await things()).toEqual([
      ['1', 'a', null],
      ['2', 'a', '1.5000'],
      ['3', 'b', '9.0000'],
    ]);
    const after = await readSnapshot(lake, THINGS.location);
    const ofB = (snapshot: typeof before) =>
      [...(snapshot?.files.keys() ?? [])].filter((key) => key.includes('=b'));
    expect(ofB(after)).toEqual(ofB(before));
  });

  test('removes rows, and a file of which no row is left', async () => {
    await twoPlaces();
    const outcome = await rewriteRows(lake, THINGS, { rows: [withId(3), withId(2)], values: undefined });
    expect(outcome.rows).toBe(2);
    expect(await things()).toEqual([['1', 'a', '1.5000']]);
    expect((await readSnapshot(lake, THINGS.location))?.files.size).toBe(1);
  });

  test('takes a row if one of several selections with their conditions does', async () => {
    await twoPlaces();
    const rows = [{ ...withId(1), condition: 't.price > 5' }, withId(3)];
    expect((await rewriteRows(lake, THINGS, { rows, values: undefined })).rows).toBe(1);
    expect((await things()).map(([id]) => id)).toEqual(['1', '2']);
  });

  test('commits nothing if no row is selected, also of a table that does not exist', async () => {
    const rewrite = { rows: [withId(7)], values: undefined };
    expect(await rewriteRows(lake, THINGS, rewrite)).toEqual({ rows: 0, removed: [], version: null });
    await twoPlaces();
    expect(await rewriteRows(lake, THINGS, rewrite)).toEqual({ rows: 0, removed: [], version: 0 });
  });

  test('looks through the files of a writer that commits first, and leaves no file behind that nothing refers to', async () => {
    await twoPlaces();
    let armed = true;
    lake.bucket.before = async ({ operation, key }) => {
      if (!armed || operation !== 'putIfAbsent' || !key.includes('_delta_log')) return;
      armed = false;
      await mergeRows(lake, THINGS, [thing(1, 'b', 5), thing(4, 'a', 1)]);
    };
    const outcome = await rewriteRows(lake, THINGS, { rows: [withId(1)], values: { price: '0' } });
    expect(outcome).toMatchObject({ rows: 1, version: 2 });
    expect(await things()).toEqual([
      ['1', 'b', '0.0000'],
      ['2', 'a', '1.5000'],
      ['3', 'b', '9.0000'],
      ['4', 'a', '1.5000'],
    ]);
    const named = lake.bucket
      .keys('staging/things/_delta_log/')
      .map((key) => lake.bucket.text(key))
      .join('');
    const stored = lake.bucket.keys('staging/things/place').map((key) => key.split('/').at(-1) ?? '');
    for (const name of stored) expect(named).toContain(name);
  });

  test('gives the selected rows', async () => {
    await twoPlaces();
    const relation = await selectedRows(lake, THINGS, [withId(3)], ['id', 'price']);
    expect(await lake.db.rows(`from ${relation}`)).toEqual([{ id: '3', price: '9.0000' }]);
  });
});
