import fc from 'fast-check';
import { merge } from '../../lake/merge';
import { MemoryBucket } from '../builders/memory-bucket';
import { propertyRuns } from '../builders/property-runs';
import { readDeltaRows } from '../builders/read-delta';
import {
  type Cells,
  mergeRows,
  openTestLake,
  relationOf,
  type TestLake,
  THINGS,
  TOTALS,
  thing,
} from '../builders/test-lake';

let lake: TestLake;
beforeAll(async () => {
  lake = await openTestLake();
});
afterAll(() => lake.close());

const isData = (key: string) => key.endsWith('.snappy.parquet');

/** Less than the smallest file has: none are combined, and rewritten ones are split. */
const TINY = { targetFileBytes: 700 };

test('only files that may hold a key are downloaded, and only those that hold one are rewritten', async () => {
  lake = { ...lake, bucket: new MemoryBucket() };
  for (const ids of [
    [1, 3],
    [5, 7],
    [9, 11],
  ]) {
    await mergeRows(
      lake,
      THINGS,
      ids.map((id) => thing(id, 'a', 1)),
      TINY,
    );
  }
  lake.bucket.calls.length = 0;
  // Within the first file's range and not in it; in the last one.
  const outcome = await mergeRows(lake, THINGS, [thing(2, 'b', 2), thing(11, 'b', 2)], TINY);
  expect(outcome).toMatchObject({ inserted: 1, updated: 1, filesRemoved: 1 });
  expect(lake.bucket.callsOf('download').filter(isData)).toHaveLength(2);
});

const places = fc.constantFrom(
  null,
  '',
  'a',
  'a/b',
  'x=y',
  '%',
  '%2F',
  '😀',
  ' ',
  `it's "so"`,
  '..',
  '__HIVE_DEFAULT_PARTITION__',
);
const key = fc.oneof(
  fc.integer({ min: 0, max: 12 }).map(String),
  fc.constantFrom('9223372036854775807', '-9223372036854775808'),
);
const thingRow = fc.record({
  id: key,
  place: places,
  price: fc.oneof(
    fc.constant(null),
    fc.integer({ min: -99, max: 99 }).map((n) => `${n}.0000`),
  ),
  version: fc.integer({ min: 0, max: 4 }),
  source: fc.constantFrom('input/a.csv', 'input/B.csv', 'input/é.csv', 'input/😀.csv'),
  line: fc.integer({ min: 2, max: 11 }),
});
type ThingRow = typeof thingRow extends fc.Arbitrary<infer Row> ? Row : never;

const isNewer = (a: ThingRow, b: ThingRow): boolean => {
  const bySource = Buffer.compare(Buffer.from(a.source), Buffer.from(b.source));
  return a.version !== b.version ? a.version > b.version : bySource !== 0 ? bySource > 0 : a.line > b.line;
};

test('after any batches the table holds the greatest version of every key, once, in its partition', async () => {
  const batches = fc.array(fc.record({ rows: fc.array(thingRow, { maxLength: 8 }), tiny: fc.boolean() }), {
    maxLength: 6,
  });
  await fc.assert(
    fc.asyncProperty(batches, async (merges) => {
      const current = { ...lake, bucket: new MemoryBucket() };
      const model = new Map<string, ThingRow>();
      for (const { rows, tiny } of merges) {
        const keysBefore = new Set(model.keys());
        const changed = new Set<string>();
        for (const row of rows) {
          const known = model.get(row.id);
          if (known && !isNewer(row, known)) continue;
          model.set(row.id, row);
          changed.add(row.id);
        }
        const cells = rows.map(({ id, place, price, version, source, line }) =>
          thing(id, place, version, { price, _source_key: source, _source_line: line }),
        );
        const outcome = await mergeRows(current, THINGS, cells, tiny ? TINY : {});
        const updated = [...changed].filter((id) => keysBefore.has(id)).length;
        expect([outcome.inserted, outcome.updated, outcome.superseded]).toEqual([
          changed.size - updated,
          updated,
          rows.length - changed.size,
        ]);
      }
      const found = (await readDeltaRows(current.bucket, THINGS.location)).map((row) => [
        row.id,
        row.place,
        row.price,
        row._source_key,
        row._source_line,
      ]);
      const expected = [...model.values()].map(({ id, place, price, source, line }) => [
        id,
        place || null,
        price,
        source,
        String(line),
      ]);
      expect(found.sort()).toEqual(expected.sort());
    }),
    propertyRuns(12),
  );
});

test('after any batches and deletes a table without versions holds the last row of every key', async () => {
  const totalKey = fc.record({
    category: fc.constantFrom(
      'a',
      'B',
      'é',
      '😀',
      '',
      `${'long '.repeat(20)}1`,
      `${'long '.repeat(20)}2`,
      '\u{10ffff}'.repeat(70),
    ),
    day: fc.constantFrom('2025-07-01', '2025-07-02', '1999-12-31'),
  });
  const id = ({ category, day }: { category: string; day: string }) => JSON.stringify([category, day]);
  const batch = fc.record({
    rows: fc.uniqueArray(
      fc.tuple(totalKey, fc.constantFrom('1.00', '-2.50', null)).map(([k, total]) => ({ ...k, total })),
      { selector: id, maxLength: 8 },
    ),
    deletes: fc.array(totalKey, { maxLength: 4 }),
    tiny: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(batch, { maxLength: 6 }), async (merges) => {
      const current = { ...lake, bucket: new MemoryBucket() };
      const model = new Map<string, Cells>();
      for (const { rows, deletes, tiny } of merges) {
        for (const gone of deletes) model.delete(id(gone));
        for (const row of rows) model.set(id(row), row);
        const source = {
          rows: await relationOf(current, TOTALS, rows),
          deletes: await relationOf(
            current,
            TOTALS,
            deletes.map((gone) => ({ ...gone, total: null })),
          ),
        };
        await merge(current, TOTALS, source, tiny ? TINY : {});
      }
      const found = (await readDeltaRows(current.bucket, TOTALS.location)).map((row) => [
        row.category,
        row.day,
        row.total,
      ]);
      expect(found.sort()).toEqual(
        [...model.values()].map((row) => [row.category, row.day, row.total]).sort(),
      );
    }),
    propertyRuns(12),
  );
});
