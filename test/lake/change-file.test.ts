import fc from 'fast-check';
import type { ChangeFiles } from '../../lake/change-file';
import { changedRows } from '../../lake/changes';
import { emptyCache } from '../../lake/lake';
import { compact } from '../../lake/maintenance/compaction';
import { removeUnneededFiles } from '../../lake/maintenance/file-clean-up';
import { merge } from '../../lake/merge';
import { rewriteRows } from '../../lake/rewrite';
import { readSnapshot, type Snapshot } from '../../lake/snapshot';
import type { TableSpec } from '../../lake/table-spec';
import { propertyRuns, propertyTimeout } from '../builders/property-runs';
import { readDeltaRows } from '../builders/read-delta';
import {
  ALL_CHANGE_FILES,
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
};

let lake: TestLake;
beforeEach(async () => {
  lake = await openTestLake();
});
afterEach(() => lake.close());

const put = (rows: readonly Cells[], keepsChanges: ChangeFiles | undefined = ALL_CHANGE_FILES) =>
  mergeRows(
    lake,
    TABLE,
    rows.map((row) => ({ _deleted: null, ...row })),
    { keepsChanges },
  );

const isChangeFile = (key: string) => key.includes('/changes-');
const changeFiles = () => lake.bucket.keys(`${TABLE.location}/`).filter(isChangeFile);

async function latest(): Promise<Snapshot> {
  const snapshot = await readSnapshot(lake, TABLE.location);
  if (!snapshot) throw new Error('no table');
  return snapshot;
}

async function rowsSince(version: number, columns?: readonly string[]): Promise<string[]> {
  const changed = await changedRows(lake, TABLE, version, await latest(), columns);
  const rows = await lake.db.rows(`select * from ${changed} order by id, _change desc`);
  return rows.map(({ _change, id, place, price }) => `${_change} ${id} ${place} ${price}`);
}

const ROWS = [thing(1, 'a', 1), thing(2, 'a', 1), thing(3, 'a', 1), thing(4, 'b', 1)];
const CHANGE = [
  thing(1, 'b', 2),
  thing(2, 'a', 2, { price: '2.0000' }),
  thing(3, 'a', 2),
  thing(4, 'b', 2, { _deleted: 'true' }),
  thing(5, 'c', 2),
];
const CHANGED = [
  'before 1 a 1.5000',
  'after 1 b 1.5000',
  'before 2 a 1.5000',
  'after 2 a 2.0000',
  'before 4 b 1.5000',
  'after 5 c 1.5000',
];

/** What is read of a table besides its log. */
async function readsOf<Result>(work: () => Promise<Result>): Promise<string[]> {
  const before = lake.bucket.callsOf('download').length;
  await work();
  return lake.bucket.callsOf('download').slice(before);
}

test('who follows the log reads the change file of a commit, and no data file', async () => {
  await put(ROWS);
  expect(changeFiles()).toEqual([]);
  await put(CHANGE);
  const [file = ''] = changeFiles();
  expect(lake.bucket.text(`${TABLE.location}/_delta_log/00000000000000000001.json`)).toContain(
    file.slice(TABLE.location.length + 1),
  );
  expect(await readsOf(async () => expect(await rowsSince(0)).toEqual(CHANGED))).toEqual([file]);
});

test('without its change file, or for columns that are not in it, the data files say the same', async () => {
  await put(ROWS);
  await put(CHANGE);
  const read = await readsOf(async () =>
    expect(await rowsSince(0, ['id', 'place', 'price', '_source_key'])).toEqual(CHANGED),
  );
  expect(read.filter(isChangeFile)).toEqual([]);
  for (const key of changeFiles()) lake.bucket.objects.delete(key);
  expect(await rowsSince(0)).toEqual(CHANGED);
});

test('a column that is younger than a change file is null in its rows', async () => {
  await put(ROWS);
  await put(CHANGE);
  const younger: TableSpec = { ...TABLE, columns: [...TABLE.columns, { name: 'note', type: 'string' }] };
  const changed = await changedRows(lake, younger, 0, await latest());
  expect(await lake.db.rows(`select count(*) as rows, count(note) as notes from ${changed}`)).toEqual([
    { rows: String(CHANGED.length), notes: '0' },
  ]);
});

test('a change file is written for few changes in many rows only', async () => {
  const many = Array.from({ length: 20 }, (_, id) => thing(id, 'a', 1));
  await put(many);
  const policy = { minRewrittenRows: 20, maxShare: 1 / 4 };
  await put([thing(50, 'c', 1)], policy);
  await put(
    many.slice(0, 3).map((row) => ({ ...row, ...thing(Number(row.id), 'a', 2) })),
    policy,
  );
  expect(changeFiles()).toEqual([]);
  await put([thing(3, 'a', 2, { price: '3.0000' }), thing(4, 'a', 2)], policy);
  expect(changeFiles()).toHaveLength(1);
  await put([thing(5, 'a', 2)], { ...policy, minRewrittenRows: 21 });
  expect(changeFiles()).toHaveLength(1);
});

const parquetFiles = () => lake.bucket.keys(`${TABLE.location}/`).filter((key) => key.endsWith('.parquet'));

test.each([
  ['its change file', (key: string) => isChangeFile(key)],
  ['a data file, after its change file,', (key: string) => !isChangeFile(key)],
])('a merge that cannot upload %s leaves neither', async (_, isBroken) => {
  await put(ROWS);
  const before = parquetFiles();
  let isChangeFileThere = () => {};
  const changeFileIsThere = new Promise<void>((resolve) => {
    isChangeFileThere = resolve;
  });
  let broken = 0;
  lake.bucket.before = async ({ operation, key }) => {
    if (operation !== 'upload') return;
    if (!isBroken(key)) return isChangeFile(key) ? isChangeFileThere() : undefined;
    if (broken++ > 0) return;
    if (!isChangeFile(key)) await changeFileIsThere;
    throw new Error('no network');
  };
  await expect(put(CHANGE)).rejects.toThrow('no network');
  lake.bucket.before = undefined;
  expect(parquetFiles()).toEqual(before);
  await put(CHANGE);
  expect(await rowsSince(0)).toEqual(CHANGED);
});

test('a merge that loses its commit names the change file of what it commits then, and no other stays', async () => {
  await put(ROWS);
  lake.bucket.before = async ({ operation, key }) => {
    if (operation !== 'putIfAbsent' || !key.includes('_delta_log')) return;
    lake.bucket.before = undefined;
    await put([thing(2, 'a', 3, { price: '9.0000' })]);
  };
  await put(CHANGE);
  const entries = [1, 2].map((version) =>
    lake.bucket.text(`${TABLE.location}/_delta_log/0000000000000000000${version}.json`),
  );
  const named = changeFiles().filter((key) =>
    entries.some((entry) => entry?.includes(key.slice(TABLE.location.length + 1))),
  );
  expect(named).toHaveLength(2);
  expect(changeFiles()).toEqual(named);
  expect(await rowsSince(1)).toEqual(CHANGED.filter((row) => !row.includes(' 2 a')));
  expect(await rowsSince(0)).toEqual(CHANGED.map((row) => row.replace('after 2 a 2', 'after 2 a 9')));
});

test('a change file is cleaned up like a data file that the table no longer needs', async () => {
  await put(ROWS);
  await put(CHANGE);
  const [file = ''] = changeFiles();
  const at = lake.bucket.objects.get(file)?.lastModified.getTime() ?? 0;
  await removeUnneededFiles(lake, TABLE, new Date(at));
  expect(changeFiles()).toEqual([file]);
  await removeUnneededFiles(lake, TABLE, new Date(Date.now() + 3_600_000));
  expect(changeFiles()).toEqual([]);
});

test('a mart that is read in the same task keeps its changes there', async () => {
  lake = { ...lake, cache: emptyCache() };
  const rows = async (cells: readonly Cells[]) => ({
    rows: await relationOf(
      lake,
      TABLE,
      cells.map((row) => ({ _deleted: null, ...row })),
    ),
  });
  await merge(lake, TABLE, await rows(ROWS));
  await merge(lake, TABLE, await rows(CHANGE), { keepsChanges: 'cache' });
  expect(await readsOf(async () => expect(await rowsSince(0)).toEqual(CHANGED))).toEqual([]);
  expect(changeFiles()).toEqual([]);
});

const steps = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        does: fc.constant('merge' as const),
        rows: fc.uniqueArray(
          fc.record({
            id: fc.integer({ min: 1, max: 6 }),
            place: fc.constantFrom('a', 'b'),
            price: fc.constantFrom('1.0000', '2.0000', null),
            version: fc.integer({ min: 1, max: 9 }),
            isDeleted: fc.boolean(),
          }),
          { minLength: 1, maxLength: 4, selector: ({ id }) => id },
        ),
        keeps: fc.constantFrom('file', 'file', 'cache', 'nothing'),
      }),
    },
    fc.constant({ does: 'compact' as const }),
    fc.record({ does: fc.constant('rewrite' as const), id: fc.integer({ min: 1, max: 6 }) }),
    fc.constant({ does: 'lose change files' as const }),
  ),
  { minLength: 2, maxLength: 8 },
);

test(
  'whichever commits have change files, the changes are the difference between two versions',
  async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        lake.close();
        lake = { ...(await openTestLake()), cache: emptyCache() };
        /** The rows of each version, as another reader sees them. */
        const versions = new Map<number, string[]>();
        for (const step of all) {
          const snapshot = await readSnapshot(lake, TABLE.location);
          if (step.does === 'merge') {
            const rows = step.rows.map(({ id, place, price, version, isDeleted }) =>
              thing(id, place, version, { price, _deleted: isDeleted ? 'true' : null }),
            );
            const keepsChanges = { file: ALL_CHANGE_FILES, cache: 'cache' as const, nothing: undefined }[
              step.keeps
            ];
            await mergeRows(lake, TABLE, rows, { keepsChanges });
          } else if (step.does === 'compact') {
            if (snapshot) await compact(lake, TABLE, snapshot);
          } else if (step.does === 'rewrite') {
            const values = await relationOf(lake, TABLE, [thing(step.id, 'a', 1)]);
            await rewriteRows(lake, TABLE, { rows: [{ column: 'id', values }], values: { price: '7' } });
          } else for (const key of changeFiles()) lake.bucket.objects.delete(key);
          const now = await readSnapshot(lake, TABLE.location);
          if (!now) continue;
          const rows = await readDeltaRows(lake.bucket, TABLE.location);
          versions.set(
            now.version,
            rows
              .filter(({ _deleted }) => !_deleted)
              .map(({ id, place, price }) => `${id} ${place} ${price}`)
              .sort(),
          );
        }
        const newest = Math.max(...versions.keys());
        for (const [version, rows] of versions) {
          const now = versions.get(newest) ?? [];
          expect((await rowsSince(version)).sort()).toEqual(
            [
              ...rows.filter((row) => !now.includes(row)).map((row) => `before ${row}`),
              ...now.filter((row) => !rows.includes(row)).map((row) => `after ${row}`),
            ].sort(),
          );
        }
      }),
      propertyRuns(15),
    );
  },
  propertyTimeout(5),
);
