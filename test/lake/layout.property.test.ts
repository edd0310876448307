import fc from 'fast-check';
import { changedRows } from '../../lake/changes';
import { asStored } from '../../lake/layout';
import { compact } from '../../lake/maintenance/compaction';
import { relayout } from '../../lake/maintenance/relayout';
import { merge } from '../../lake/merge';
import { rewriteRows } from '../../lake/rewrite';
import { scan } from '../../lake/scan';
import { readSnapshot, type Snapshot } from '../../lake/snapshot';
import type { TableSpec } from '../../lake/table-spec';
import { propertyRuns, propertyTimeout } from '../builders/property-runs';
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

const VISITS: TableSpec = {
  ...THINGS,
  name: 'visits',
  location: 'staging/visits',
  columns: [
    ...THINGS.columns,
    { name: 'year', type: 'string' },
    { name: 'month', type: 'string' },
    { name: '_deleted', type: 'boolean' },
  ],
  partitionColumns: ['year', 'month'],
  coarse: { partitionColumns: ['year'], rows: 2 },
  derived: { year: { of: 'seen_at', length: 4 }, month: { of: 'seen_at', skip: 5, length: 2 } },
  deletedColumn: '_deleted',
};
const { location } = VISITS;

/** Months from January 2019 on. */
const at = (month: number): string =>
  `${2019 + Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}-15 10:00:00+00`;

interface Visit {
  readonly id: number;
  readonly month: number;
  readonly version: number;
  readonly isDeleted: boolean;
}

const cells = ({ id, month, version, isDeleted }: Visit): Cells =>
  thing(id, 'a', version, {
    seen_at: at(month),
    year: null,
    month: null,
    _deleted: isDeleted ? 'true' : null,
  });

const visits = (first: number, count: number, monthOf: (n: number) => number, version = 1): Visit[] =>
  Array.from({ length: count }, (_, n) => ({
    id: first + n,
    month: monthOf(n),
    version,
    isDeleted: false,
  }));

let lake: TestLake;
beforeEach(async () => {
  lake = await openTestLake();
});
afterEach(() => lake.close());

const put = (rows: readonly Visit[]) => mergeRows(lake, VISITS, rows.map(cells));
const newest = async (): Promise<Snapshot> => {
  const snapshot = await readSnapshot(lake, location);
  if (!snapshot) throw new Error('expected a table');
  return snapshot;
};
const partitions = async () => (await newest()).metadata.partitionColumns;

/** Rows that are not deleted, as the tasks read them. */
async function rowsOf(snapshot: Snapshot | undefined): Promise<string[]> {
  await scan(lake, snapshot, VISITS, 'visits', ['id', 'year', 'month']);
  const rows = await lake.db.rows('select id, year, month from visits');
  return rows.map(({ id, year, month }) => `${id} ${year}-${month}`).sort();
}

const asTold = (model: Iterable<Visit>): string[] =>
  [...model]
    .filter(({ isDeleted }) => !isDeleted)
    .map(({ id, month }) => `${id} ${at(month).slice(0, 7)}`)
    .sort();

/** Also by a reader that shares no code with the lake, deleted rows among them. */
async function expectRows(model: ReadonlyMap<number, Visit>): Promise<void> {
  expect(await rowsOf(await newest())).toEqual(asTold(model.values()));
  const all = await readDeltaRows(lake.bucket, location);
  expect(all.map(({ id, year, month }) => `${id} ${year}-${month}`).sort()).toEqual(
    asTold([...model.values()].map((visit) => ({ ...visit, isDeleted: false }))),
  );
}

describe('a new table', () => {
  test('has a partition for each month, if there are few or each has many rows', async () => {
    await put(visits(1, 23, (n) => n));
    expect(await partitions()).toEqual(['year', 'month']);
  });

  test('has a partition for each year, if there are many months with few rows', async () => {
    await put(visits(1, 24, (n) => n));
    expect(await partitions()).toEqual(['year']);
    expect((await newest()).files.size).toBe(2);
  });

  test('has a partition for each month, if these have many rows', async () => {
    await put(visits(1, 50, (n) => n % 24));
    expect(await partitions()).toEqual(['year', 'month']);
  });
});

describe('maintenance', () => {
  const byId = (rows: readonly Visit[]) => new Map(rows.map((row) => [row.id, row]));

  test('divides years that have grown, and joins months of which there are many small ones', async () => {
    const small = visits(1, 24, (n) => n);
    await put(small);
    expect(await relayout(lake, VISITS, await newest())).toBeUndefined();
    const more = visits(100, 72, (n) => n % 12);
    await put(more);
    const before = await newest();
    expect(await relayout(lake, VISITS, before)).toMatchObject({
      partitionColumns: ['year', 'month'],
      added: 24,
    });
    const after = await newest();
    expect(after.metadata).toEqual({ ...before.metadata, partitionColumns: ['year', 'month'] });
    expect(after.files.size).toBe(24);
    await expectRows(byId([...small, ...more]));
    // No row changed: nothing that is computed from the table is computed again.
    expect(await changeCount(before.version)).toBe(0);
  });

  test('keeps deleted rows, which a late older version must not bring back', async () => {
    const rows = visits(1, 12, (n) => n);
    await put(rows);
    const later = visits(13, 12, (n) => n + 12).map((row) => ({ ...row, isDeleted: true, version: 5 }));
    await put(later);
    expect(await relayout(lake, VISITS, await newest())).toMatchObject({ partitionColumns: ['year'] });
    await put(later.map((row) => ({ ...row, isDeleted: false, version: 4 })));
    await expectRows(byId([...rows, ...later]));
  });

  test('changes nothing if another writer commits meanwhile, and deletes what it wrote', async () => {
    const rows = visits(1, 24, (n) => n);
    await put(rows.slice(0, 12));
    await put(rows.slice(12));
    const snapshot = await newest();
    lake.bucket.before = async ({ operation }) => {
      if (operation !== 'putIfAbsent') return;
      lake.bucket.before = undefined;
      await put(visits(99, 1, () => 3));
    };
    expect(await relayout(lake, VISITS, snapshot)).toBeUndefined();
    const { metadata, files } = await newest();
    expect(metadata.partitionColumns).toEqual(['year', 'month']);
    const stored = lake.bucket.keys(`${location}/year`);
    // Those of the merge before that combined files may still be there.
    expect(stored.filter((key) => !key.includes('month='))).toEqual([]);
    expect(files.size).toBe(25);
  });

  test('a merge that is overtaken by it is written again in the new partitions', async () => {
    const rows = visits(1, 24, (n) => n);
    await put(rows.slice(0, 12));
    await put(rows.slice(12));
    const relation = await relationOf(lake, VISITS, visits(99, 1, () => 3).map(cells));
    lake.bucket.before = async ({ operation }) => {
      if (operation !== 'putIfAbsent') return;
      lake.bucket.before = undefined;
      expect(await relayout(lake, VISITS, await newest())).toBeDefined();
    };
    expect(await merge(lake, VISITS, { rows: relation })).toMatchObject({ inserted: 1, attempts: 2 });
    const snapshot = await newest();
    for (const { partitionValues } of snapshot.files.values())
      expect(Object.keys(partitionValues)).toEqual(['year']);
    await expectRows(byId([...rows, ...visits(99, 1, () => 3)]));
  });

  test('killed at any write it leaves the table as it was, or with its new partitions', async () => {
    const rows = visits(1, 24, (n) => n);
    await put(rows.slice(0, 12));
    await put(rows.slice(12));
    const isWrite = (operation: string) => ['upload', 'put', 'putIfAbsent'].includes(operation);
    let reached = 0;
    for (let nth = 1; ; nth++) {
      let [writes, isDead] = [0, false];
      lake.bucket.before = ({ operation }) => {
        if (isWrite(operation) && ++writes === nth) isDead = true;
        if (isDead) throw new Error('killed');
      };
      const outcome = await relayout(lake, VISITS, await newest()).catch(() => 'killed');
      lake.bucket.before = undefined;
      await expectRows(byId(rows));
      if (outcome !== 'killed') break;
      expect(await partitions()).toEqual(['year', 'month']);
      reached = nth;
    }
    // Two files and the commit.
    expect(reached).toBe(3);
    expect(await partitions()).toEqual(['year']);
  });
});

/** Changed rows since a version, new and deleted ones each once. */
async function changeCount(version: number): Promise<number> {
  const changed = await changedRows(lake, VISITS, version, await newest());
  const [count] = await lake.db.rows(`select count(*) as rows from ${changed}`);
  return Number(count?.rows);
}

test(
  'whatever is merged, rewritten, compacted and divided, the rows and their changes are the same as without partitions',
  async () => {
    const months = fc.integer({ min: 0, max: 35 });
    const row = fc.record({ id: fc.integer({ min: 1, max: 60 }), month: months, isDeleted: fc.boolean() });
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.record({ some: fc.array(row, { minLength: 1, maxLength: 12 }) }) },
      { weight: 2, arbitrary: fc.record({ spread: fc.integer({ min: 24, max: 36 }) }) },
      { weight: 2, arbitrary: fc.record({ year: fc.integer({ min: 0, max: 2 }) }) },
      { weight: 4, arbitrary: fc.constant('relayout' as const) },
      { weight: 1, arbitrary: fc.constant('compact' as const) },
      { weight: 1, arbitrary: fc.record({ forget: fc.integer({ min: 1, max: 60 }) }) },
    );
    let relaid = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 4, maxLength: 10, size: 'max' }),
        fc.nat(),
        async (steps, chosen) => {
          for (const key of lake.bucket.keys(location)) await lake.bucket.delete(key);
          const model = new Map<number, Visit>();
          /** The model at each version. */
          const history: Visit[][] = [];
          let version = 0;
          let next = 1_000;
          for (const one of steps) {
            version += 1;
            const snapshot = await readSnapshot(lake, location);
            if (one === 'relayout' || one === 'compact') {
              if (!snapshot) continue;
              if (one === 'compact') await compact(lake, VISITS, snapshot);
              else if (await relayout(lake, VISITS, snapshot)) relaid += 1;
            } else if ('forget' in one) {
              const values = `(select cast(${one.forget} as bigint) as id)`;
              await rewriteRows(lake, VISITS, { rows: [{ column: 'id', values }], values: undefined });
              model.delete(one.forget);
            } else {
              const rows =
                'some' in one
                  ? [...new Map(one.some.map((visit) => [visit.id, { ...visit, version }])).values()]
                  : 'spread' in one
                    ? visits(next, one.spread, (n) => n, version)
                    : visits(next, 72, (n) => one.year * 12 + (n % 12), version);
              next += 100;
              await put(rows);
              for (const visit of rows) model.set(visit.id, visit);
            }
            const now = await readSnapshot(lake, location);
            if (now) history[now.version] = [...model.values()];
          }
          const snapshot = await readSnapshot(lake, location);
          if (!snapshot) return;
          const { partitionColumns } = asStored(VISITS, snapshot);
          for (const { partitionValues } of snapshot.files.values())
            expect(Object.keys(partitionValues)).toEqual(partitionColumns);
          await expectRows(model);

          const since = chosen % (snapshot.version + 1);
          const before = asTold(history[since] ?? []);
          const changed = await changedRows(lake, VISITS, since, snapshot, ['id', 'year', 'month']);
          const found = await lake.db.rows(`select _change, id, year, month from ${changed}`);
          const changes = (change: string) =>
            found
              .filter(({ _change }) => _change === change)
              .map(({ id, year, month }) => `${id} ${year}-${month}`)
              .sort();
          const after = asTold(model.values());
          expect(changes('before')).toEqual(before.filter((visit) => !after.includes(visit)));
          expect(changes('after')).toEqual(after.filter((visit) => !before.includes(visit)));
        },
      ),
      propertyRuns(25),
    );
    expect(relaid).toBeGreaterThan(0);
  },
  propertyTimeout(30),
);
