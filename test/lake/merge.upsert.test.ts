import { LakeError } from '../../lake/errors';
import { merge } from '../../lake/merge';
import { readDelta, readDeltaRows } from '../builders/read-delta';
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

const things = async () =>
  (await readDeltaRows(lake.bucket, THINGS.location))
    .map(({ id, place, price }) => [id, place, price])
    .sort((a, b) => Number(a[0]) - Number(b[0]));

describe('a table with versions', () => {
  test('is made by its first merge, with protocol, metaData and adds in version 0', async () => {
    const outcome = await mergeRows(lake, THINGS, [thing(1, 'a', 1), thing(2, 'b', 1)]);
    expect(outcome).toEqual({
      version: 0,
      inserted: 2,
      updated: 0,
      deleted: 0,
      superseded: 0,
      filesAdded: 2,
      filesRemoved: 0,
      attempts: 1,
    });
    const lines = lake.bucket.text('staging/things/_delta_log/00000000000000000000.json') ?? '';
    const actions = lines
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(actions.map((action) => Object.keys(action)[0])).toEqual([
      'commitInfo',
      'protocol',
      'metaData',
      'add',
      'add',
    ]);
    expect(actions[1].protocol).toEqual({ minReaderVersion: 1, minWriterVersion: 2 });
    expect(actions[2].metaData.partitionColumns).toEqual(['place']);
    expect(actions[3].add).toMatchObject({ partitionValues: { place: 'a' }, dataChange: true });
  });

  test('takes the greatest version within a batch: by time, then key in bytes, then line', async () => {
    const outcome = await mergeRows(lake, THINGS, [
      thing(1, 'a', 1, { price: '1.0000' }),
      thing(1, 'a', 2, { price: '2.0000', _source_key: 'input/a' }),
      thing(2, 'a', 2, { price: '1.0000', _source_key: 'input/B', _source_line: 9 }),
      thing(2, 'a', 2, { price: '2.0000', _source_key: 'input/a' }),
      thing(3, 'a', 2, { price: '1.0000', _source_line: 9 }),
      thing(3, 'a', 2, { price: '2.0000', _source_line: 10 }),
    ]);
    expect(outcome).toMatchObject({ inserted: 3, superseded: 3 });
    expect(await things()).toEqual([
      ['1', 'a', '2.0000'],
      ['2', 'a', '2.0000'],
      ['3', 'a', '2.0000'],
    ]);
  });

  test('replaces an older row and supersedes one that is older or the same', async () => {
    await mergeRows(lake, THINGS, [thing(1, 'a', 5), thing(2, 'a', 5), thing(3, 'a', 5), thing(4, 'a', 5)]);
    const outcome = await mergeRows(lake, THINGS, [
      thing(1, 'a', 6, { price: '6.0000' }),
      thing(2, 'a', 4, { price: '4.0000' }),
      thing(3, 'a', 5, { price: '5.0000' }),
      thing(5, 'a', 1, { price: '7.0000' }),
    ]);
    expect(outcome).toMatchObject({ version: 1, inserted: 1, updated: 1, superseded: 2 });
    expect(await things()).toEqual([
      ['1', 'a', '6.0000'],
      ['2', 'a', '1.5000'],
      ['3', 'a', '1.5000'],
      ['4', 'a', '1.5000'],
      ['5', 'a', '7.0000'],
    ]);
  });

  test('takes a newer version even where its cells are the same, so that a late older one cannot win', async () => {
    await mergeRows(lake, THINGS, [thing(1, 'a', 1, { price: '1.0000' })]);
    await mergeRows(lake, THINGS, [thing(1, 'a', 3, { price: '1.0000' })]);
    await mergeRows(lake, THINGS, [thing(1, 'a', 2, { price: '2.0000' })]);
    expect(await things()).toEqual([['1', 'a', '1.0000']]);
  });

  test('tells versions apart to the microsecond', async () => {
    const at = (fraction: string) => ({ _source_modified_at: `2025-07-01 10:00:00.${fraction}+00` });
    await mergeRows(lake, THINGS, [thing(1, 'a', 0, { ...at('000002'), price: '2.0000' })]);
    await mergeRows(lake, THINGS, [thing(1, 'a', 0, { ...at('000001'), price: '1.0000' })]);
    expect(await things()).toEqual([['1', 'a', '2.0000']]);
  });

  test('keeps the extremes of every type', async () => {
    const extremes = [
      thing('9223372036854775807', '😀', 1, { price: '99999999999999.9999', seen_at: null }),
      thing('-9223372036854775808', "it's", 1, {
        price: '-99999999999999.9999',
        seen_at: '1969-12-31 23:59:59.999999+00',
      }),
      thing('0', 'x', 1, {
        price: null,
        seen_at: '2025-07-01 12:00:00.000001+02',
        _source_key: 'input/😀"\\\n.csv',
      }),
    ];
    await mergeRows(lake, THINGS, extremes);
    const rows = await readDeltaRows(lake.bucket, THINGS.location);
    expect(rows.find(({ id }) => id === '9223372036854775807')).toMatchObject({
      price: '99999999999999.9999',
      seen_at: null,
    });
    expect(rows.find(({ id }) => id === '-9223372036854775808')).toMatchObject({
      price: '-99999999999999.9999',
      seen_at: '1969-12-31T23:59:59.999999Z',
    });
    expect(rows.find(({ id }) => id === '0')).toMatchObject({
      price: null,
      seen_at: '2025-07-01T10:00:00.000001Z',
      _source_key: 'input/😀"\\\n.csv',
    });
  });

  test('holds each file’s rows in the order of the key, and its stats describe them', async () => {
    await mergeRows(
      lake,
      THINGS,
      [7, 3, 9, 1, 8, 2].map((id) => thing(id, 'a', 1)),
    );
    const [file] = await readDelta(lake.bucket, THINGS.location);
    expect(file?.rows.map(({ id }) => id)).toEqual(['1', '2', '3', '7', '8', '9']);
    expect(JSON.parse(file?.stats ?? '')).toMatchObject({
      numRecords: 6,
      minValues: { id: 1, price: 1.5, seen_at: '2025-07-01T10:00:00.123Z' },
      maxValues: { id: 9, price: 1.5, seen_at: '2025-07-01T10:00:00.124Z' },
      nullCount: { id: 0 },
    });
    expect(file?.stats).not.toContain('"place"');
  });

  test('refuses a row without a key', async () => {
    const rows = await relationOf(lake, THINGS, [{ ...thing(1, 'a', 1), id: null }]);
    await expect(merge(lake, THINGS, { rows })).rejects.toThrow(
      /staging\/things: a row came without a value for id/,
    );
    expect(lake.bucket.keys()).toEqual([]);
  });
});

describe('a table without versions', () => {
  const total = (category: string, day: string, amount: string | null) => ({ category, day, total: amount });
  const totals = async () =>
    (await readDeltaRows(lake.bucket, TOTALS.location)).map((row) => Object.values(row).join(' ')).sort();

  test('takes the row that comes where any column differs, null and all', async () => {
    await mergeRows(lake, TOTALS, [
      total('a', '2025-07-01', '1.00'),
      total('a', '2025-07-02', '2.00'),
      total('b', '2025-07-01', null),
    ]);
    const outcome = await mergeRows(lake, TOTALS, [
      total('a', '2025-07-01', '1.00'),
      total('a', '2025-07-02', null),
      total('b', '2025-07-01', null),
      total('c', '2025-07-01', '123456789012345678901234567890123456.78'),
    ]);
    expect(outcome).toMatchObject({ inserted: 1, updated: 1, superseded: 2, deleted: 0 });
    expect(await totals()).toEqual([
      'a 2025-07-01 1.00',
      'a 2025-07-02 ',
      'b 2025-07-01 ',
      'c 2025-07-01 123456789012345678901234567890123456.78',
    ]);
  });

  test('deletes keys that are there, except those that come with a row', async () => {
    await mergeRows(lake, TOTALS, [total('a', '2025-07-01', '1.00'), total('b', '2025-07-01', '2.00')]);
    const rows = await relationOf(lake, TOTALS, [total('b', '2025-07-01', '3.00')]);
    const deletes = `(select * from (values ('a', date '2025-07-01'), ('b', date '2025-07-01'), ('x', date '2025-07-01')) t(category, day))`;
    const outcome = await merge(lake, TOTALS, { rows, deletes });
    expect(outcome).toMatchObject({ version: 1, inserted: 0, updated: 1, deleted: 1 });
    expect(await totals()).toEqual(['b 2025-07-01 3.00']);
  });

  test('may lose its last row, and take one again', async () => {
    await mergeRows(lake, TOTALS, [total('a', '2025-07-01', '1.00')]);
    const none = await relationOf(lake, TOTALS, []);
    const outcome = await merge(lake, TOTALS, {
      rows: none,
      deletes: `(select 'a' as category, date '2025-07-01' as day)`,
    });
    expect(outcome).toMatchObject({ version: 1, deleted: 1, filesAdded: 0, filesRemoved: 1 });
    expect(await totals()).toEqual([]);
    expect(await mergeRows(lake, TOTALS, [total('a', '2025-07-01', '1.00')])).toMatchObject({
      version: 2,
      inserted: 1,
    });
  });

  test('refuses two rows for one key', async () => {
    const twice = mergeRows(lake, TOTALS, [
      total('a', '2025-07-01', '1.00'),
      total('a', '2025-07-01', '2.00'),
    ]);
    await expect(twice).rejects.toThrow(LakeError);
    await expect(twice).rejects.toThrow(/2 rows came for one category, day/);
  });
});
