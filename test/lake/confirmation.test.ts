import fc from 'fast-check';
import { changedRows, differences } from '../../lake/changes';
import { writeCheckpoint } from '../../lake/checkpoint';
import { readEntry } from '../../lake/log-entry';
import { compact } from '../../lake/maintenance/compaction';
import type { MergeOptions } from '../../lake/merge';
import { rewriteRows } from '../../lake/rewrite';
import { scan } from '../../lake/scan';
import { readSnapshot } from '../../lake/snapshot';
import type { TableSpec } from '../../lake/table-spec';
import { propertyRuns } from '../builders/property-runs';
import { readDeltaRows } from '../builders/read-delta';
import {
  type Cells,
  mergeRows,
  openTestLake,
  relationOf,
  type TestLake,
  THINGS,
  thing,
} from '../builders/test-lake';

const TABLE: TableSpec = {
  ...THINGS,
  columns: [...THINGS.columns, { name: '_deleted', type: 'boolean' }],
  deletedColumn: '_deleted',
  origin: THINGS.versionOrder,
};

let lake: TestLake;
beforeEach(async () => {
  lake = await openTestLake();
});
afterEach(() => lake.close());

/** All rows as one upload has them. */
const upload = (
  version: number,
  rows: readonly (readonly [id: number, place: string, price: string])[],
  key = 'input/all.csv',
) =>
  rows.map(([id, place, price], at) =>
    thing(id, place, version, { price, _source_key: key, _source_line: at + 2 }),
  );

const ROWS = [
  [1, 'a', '1.0000'],
  [2, 'a', '2.0000'],
  [3, 'b', '3.0000'],
] as const;

const put = (rows: readonly Cells[], options?: MergeOptions) =>
  mergeRows(
    lake,
    TABLE,
    rows.map((row) => ({ _deleted: null, ...row })),
    options,
  );

const dataFiles = () => lake.bucket.callsOf('upload').filter((key) => key.endsWith('.parquet'));

interface Shown {
  readonly id: string;
  readonly place: string | null;
  readonly price: string;
  readonly at: string;
  readonly key: string;
  readonly line: string | null;
}

/** The rows as Daybook reads them, with their origin. */
async function shown(): Promise<Shown[]> {
  const { deletedColumn: _, ...withDeletedRows } = TABLE;
  const snapshot = await readSnapshot(lake, TABLE.location);
  await scan(lake, snapshot, withDeletedRows, 'shown');
  return lake.db.rows<Shown & Record<string, unknown>>(
    `select id, place, price, epoch(_source_modified_at)::bigint - ${Date.UTC(2025, 0, 1) / 1000} as at, _source_key as key, _source_line as line from shown order by id`,
  );
}

const inBrief = async () =>
  (await shown()).map(({ id, price, at, key, line }) => [id, price, Number(at), key, line]);

test('an upload with all rows of the files unchanged writes none of them again, and says from where the rows came last', async () => {
  await put(upload(1, ROWS));
  const written = dataFiles().length;
  const outcome = await put(upload(5, ROWS, 'input/again.csv'));
  expect(outcome).toMatchObject({
    version: 1,
    inserted: 0,
    updated: 0,
    superseded: 3,
    filesAdded: 0,
    filesRemoved: 0,
  });
  expect(dataFiles()).toHaveLength(written);
  expect(await inBrief()).toEqual(
    ROWS.map(([id, , price]) => [String(id), price, 5, 'input/again.csv', null]),
  );
  const actions = (await readEntry(lake, TABLE.location, 1)) ?? [];
  expect(actions.filter(({ add }) => add)).toHaveLength(2);
  expect(actions.every(({ add }) => !add || add.dataChange === false)).toBe(true);
  // Nothing differs for those who follow the log.
  const changed = await differences(
    lake,
    TABLE,
    actions.filter(({ add }) => add?.dataChange),
  );
  expect(await lake.db.rows(`select * from ${changed}`)).toEqual([]);
  // A retry has nothing to say.
  expect(await put(upload(5, ROWS, 'input/again.csv'))).toMatchObject({ version: 1, attempts: 0 });
});

test('a file of the time in between that comes later loses, one that was uploaded later wins', async () => {
  await put(upload(1, ROWS));
  await put(upload(5, ROWS, 'input/again.csv'));
  expect(await put(upload(3, [[1, 'a', '9.0000']]))).toMatchObject({ superseded: 1, updated: 0 });
  // Of the same second, by its key.
  expect(await put(upload(5, [[2, 'a', '9.0000']], 'input/aaa.csv'))).toMatchObject({
    superseded: 1,
    updated: 0,
  });
  expect(await put(upload(5, [[2, 'a', '7.0000']], 'input/zzz.csv'))).toMatchObject({ updated: 1 });
  expect(await put(upload(6, [[3, 'b', '8.0000']]))).toMatchObject({ updated: 1 });
  expect((await inBrief()).map(([id, price]) => [id, price])).toEqual([
    ['1', '1.0000'],
    ['2', '7.0000'],
    ['3', '8.0000'],
  ]);
});

test('a file with one changed row is written again, and the others stay', async () => {
  await put(upload(1, ROWS));
  const written = dataFiles().length;
  const changed = ROWS.map(([id, place, price]) => [id, place, id === 1 ? '1.5000' : price] as const);
  expect(await put(upload(5, changed, 'input/again.csv'))).toMatchObject({
    updated: 2,
    superseded: 1,
    filesAdded: 1,
  });
  expect(dataFiles()).toHaveLength(written + 1);
  expect(await inBrief()).toEqual([
    ['1', '1.5000', 5, 'input/again.csv', '2'],
    ['2', '2.0000', 5, 'input/again.csv', '3'],
    ['3', '3.0000', 5, 'input/again.csv', null],
  ]);
});

test('a file whose rows come from several uploads, or not all of them, is written again', async () => {
  await put(upload(1, ROWS));
  const mixed = [...upload(5, ROWS.slice(0, 1), 'input/x.csv'), ...upload(5, ROWS.slice(1), 'input/y.csv')];
  expect(await put(mixed)).toMatchObject({ updated: 2, superseded: 1 });
  expect(await put(upload(6, ROWS.slice(0, 1)))).toMatchObject({ updated: 1, superseded: 0 });
});

test('files that are combined with new rows in the same merge have the newest origin', async () => {
  const ids = [1, 2, 3, 4, 5];
  const row = (id: number) => [id, 'a', '1.0000'] as const;
  for (const id of ids) await put(upload(1, [row(id)]));
  const outcome = await put(upload(5, [...ids, 6].map(row), 'input/again.csv'));
  expect(outcome).toMatchObject({ inserted: 1, updated: 0, superseded: 5, filesAdded: 1, filesRemoved: 5 });
  expect(await put(upload(3, [[1, 'a', '9.0000']]))).toMatchObject({ superseded: 1 });
});

test('who follows the log sees the rows that changed, not those of files that were confirmed with them', async () => {
  await put(upload(1, ROWS));
  const changed = ROWS.map(([id, place, price]) => [id, place, id === 3 ? '9.0000' : price] as const);
  await put(upload(5, changed, 'input/again.csv'));
  const snapshot = await readSnapshot(lake, TABLE.location);
  const rows = snapshot && (await changedRows(lake, TABLE, 0, snapshot));
  expect(await lake.db.rows(`select _change, id, price from ${rows} order by _change desc`)).toEqual([
    { _change: 'before', id: '3', price: '3.0000' },
    { _change: 'after', id: '3', price: '9.0000' },
  ]);
});

test('rows that are rewritten for others keep the newest origin, also through a compaction and a checkpoint', async () => {
  await put(upload(1, ROWS));
  await put(upload(5, ROWS, 'input/again.csv'));
  await put(upload(6, [[4, 'a', '4.0000']]));
  const before = await readSnapshot(lake, TABLE.location);
  if (!before) throw new Error('there is no table');
  await writeCheckpoint(lake, before);
  await compact(lake, TABLE, before);
  await put(upload(7, [[2, 'a', '2.5000']]));
  expect(await put(upload(3, [[1, 'a', '9.0000']]))).toMatchObject({ superseded: 1 });
  expect(await inBrief()).toEqual([
    ['1', '1.0000', 5, 'input/again.csv', null],
    ['2', '2.5000', 7, 'input/all.csv', '2'],
    ['3', '3.0000', 5, 'input/again.csv', null],
    ['4', '4.0000', 6, 'input/all.csv', '2'],
  ]);
});

test('rows are found by the origin that they have, not by that of the file', async () => {
  await put(upload(1, ROWS));
  await put(upload(5, ROWS, 'input/again.csv'));
  const remove = async (key: string) => {
    const values = await relationOf(lake, TABLE, [thing(1, 'a', 1, { _source_key: key })]);
    return rewriteRows(lake, TABLE, { rows: [{ column: '_source_key', values }], values: undefined });
  };
  expect(await remove('input/all.csv')).toMatchObject({ rows: 0 });
  expect(await remove('input/again.csv')).toMatchObject({ rows: 3 });
});

/** Another writer commits right before our next commit. */
function compete(write: () => Promise<unknown>): void {
  lake.bucket.before = async ({ operation, key }) => {
    if (operation !== 'putIfAbsent' || !key.includes('_delta_log')) return;
    lake.bucket.before = undefined;
    await write();
  };
}

test.each([
  ['a merge that would replace a row', () => put(upload(3, [[1, 'a', '9.0000']]))],
  [
    'a compaction',
    async () => {
      const snapshot = await readSnapshot(lake, TABLE.location);
      if (snapshot) await compact(lake, TABLE, snapshot);
    },
  ],
  [
    'a rewrite',
    async () => {
      const values = await relationOf(lake, TABLE, [thing(2, 'a', 1)]);
      await rewriteRows(lake, TABLE, { rows: [{ column: 'id', values }], values: { seen_at: 'null' } });
    },
  ],
])('%s that loses its commit to a confirmation is done again on what that says', async (_, work) => {
  await put(upload(1, ROWS));
  await put(upload(1, [[9, 'a', '9.0000']], 'input/nine.csv'));
  await put(upload(1, [[8, 'b', '8.0000']], 'input/nine.csv'));
  const all = [...ROWS, [9, 'a', '9.0000'], [8, 'b', '8.0000']] as const;
  compete(() => put(upload(5, all, 'input/again.csv')));
  await work();
  expect(lake.bucket.before).toBeUndefined();
  expect((await shown()).map(({ id, at, key, price }) => [id, price, Number(at), key])).toEqual(
    all.toSorted(([a], [b]) => a - b).map(([id, , price]) => [String(id), price, 5, 'input/again.csv']),
  );
});

test('a rewrite looks again at a file whose rows got the origin that it selects meanwhile', async () => {
  const [one, two] = [[1, 'a', '1.0000'] as const, [2, 'a', '2.0000'] as const];
  await put([...upload(1, [one], 'input/a.csv'), ...upload(1, [two], 'input/c.csv')]);
  await put(upload(1, [[9, 'b', '9.0000']], 'input/b.csv'));
  const values = await relationOf(lake, TABLE, [thing(1, 'a', 1, { _source_key: 'input/b.csv' })]);
  compete(() => put(upload(5, [one, two], 'input/b.csv')));
  const rows = [{ column: '_source_key', values }];
  expect(await rewriteRows(lake, TABLE, { rows, values: undefined })).toMatchObject({ rows: 3 });
  expect(await shown()).toEqual([]);
});

test('a confirmation that loses its commit to a change of a row is computed again', async () => {
  await put(upload(1, ROWS));
  compete(() => put(upload(3, [[1, 'a', '9.0000']])));
  await put(upload(5, ROWS, 'input/again.csv'));
  expect((await inBrief()).map(([id, price, at]) => [id, price, at])).toEqual(
    ROWS.map(([id, , price]) => [String(id), price, 5]),
  );
});

/** A file of a shop: some of its rows, or all that it has; prices are few, so that rows often come again unchanged. */
const uploads = fc.array(
  fc.record({
    /** The second of the upload: few, in any order. */
    at: fc.integer({ min: 1, max: 6 }),
    key: fc.constantFrom('input/a.csv', 'input/b.csv', 'input/c.csv'),
    rows: fc.oneof(
      fc.constant('all' as const),
      fc.array(
        fc.record({
          id: fc.integer({ min: 1, max: 6 }),
          price: fc.constantFrom('1.0000', '2.0000'),
          isDeleted: fc.boolean(),
        }),
        { minLength: 1, maxLength: 4 },
      ),
    ),
    after: fc.constantFrom('nothing', 'nothing', 'compact', 'checkpoint', 'retry'),
  }),
  { minLength: 2, maxLength: 9 },
);

interface Known {
  readonly price: string;
  readonly isDeleted: boolean;
  readonly at: number;
  readonly key: string;
  readonly line: number;
}

const isNewer = (one: Known, other: Known | undefined): boolean =>
  !other ||
  one.at > other.at ||
  (one.at === other.at && (one.key > other.key || (one.key === other.key && one.line > other.line)));

test('whatever is uploaded when, and comes in which order, each row is the newest upload of its key', async () => {
  await fc.assert(
    fc.asyncProperty(uploads, async (files) => {
      lake.close();
      lake = await openTestLake();
      /** What the shop has, and every version of a row that was uploaded. */
      const newest = new Map<number, Known>();
      const contents = new Map<string, readonly Cells[]>();
      for (const { at, key, rows, after } of files) {
        // One second has one content of a name.
        const content =
          contents.get(`${at} ${key}`) ??
          (rows === 'all'
            ? [...newest].map(([id, { price, isDeleted }]) => ({ id, price, isDeleted }))
            : rows
          ).map(({ id, price, isDeleted }, line) => ({
            ...thing(id, id % 2 === 0 ? 'even' : 'odd', at, {
              price,
              _source_key: key,
              _source_line: line + 2,
            }),
            _deleted: isDeleted ? 'true' : null,
          }));
        if (content.length === 0) continue;
        contents.set(`${at} ${key}`, content);
        for (const {
          id = null,
          price = null,
          _deleted,
          _source_line = null,
        } of content as readonly Cells[]) {
          const known = {
            price: String(price),
            isDeleted: _deleted === 'true',
            at,
            key,
            line: Number(_source_line),
          };
          if (isNewer(known, newest.get(Number(id)))) newest.set(Number(id), known);
        }
        await put(content);
        const snapshot = await readSnapshot(lake, TABLE.location);
        if (after === 'retry') await put(content);
        if (after === 'compact' && snapshot) await compact(lake, TABLE, snapshot);
        if (after === 'checkpoint' && snapshot) await writeCheckpoint(lake, snapshot);
      }
      const expected = [...newest].toSorted(([a], [b]) => a - b);
      const found = await shown();
      expect(found.map(({ id, price, at, key }) => [Number(id), price, Number(at), key])).toEqual(
        expected.map(([id, { price, at, key }]) => [id, price, at, key]),
      );
      for (const [index, { line }] of found.entries())
        if (line !== null) expect(Number(line)).toBe(expected[index]?.[1].line);
      // Another reader sees the same values.
      const foreign = await readDeltaRows(lake.bucket, TABLE.location);
      expect(
        foreign
          .map(({ id, price, _deleted }) => [Number(id), price, _deleted === 'true'])
          .sort(([a], [b]) => Number(a) - Number(b)),
      ).toEqual(expected.map(([id, { price, isDeleted }]) => [id, price, isDeleted]));
    }),
    propertyRuns(40),
  );
}, 120_000);
