import path from 'node:path';
import { quoteLiteral } from '../../engine/duckdb/quote';
import { downloadColumns, joined } from '../../lake/column-download';
import { MemoryBucket } from '../builders/memory-bucket';
import { openTestLake, type TestLake } from '../builders/test-lake';

let opened: TestLake;
let bucket: MemoryBucket;
let fetched: number;
beforeAll(async () => {
  opened = await openTestLake();
});
afterAll(() => opened.close());
beforeEach(() => {
  bucket = new MemoryBucket();
  fetched = 0;
  const getRange = bucket.getRange.bind(bucket);
  bucket.getRange = async (...range) => {
    const bytes = await getRange(...range);
    fetched += bytes?.length ?? 0;
    return bytes;
  };
});

const file = (name: string) => path.join(opened.workDirectory, name);
const lake = () => ({ ...opened, bucket });

/** @param rowGroup rows in a row group: small ones make a long footer */
async function putFile(rows: number, rowGroup: number): Promise<number> {
  const source = `select range as id, 'text ' || hash(range) as words, cast(range % 7 as integer) as n from range(${rows})`;
  await opened.db.run(
    `copy (${source}) to ${quoteLiteral(file('whole'))} (format parquet, row_group_size ${rowGroup})`,
  );
  await bucket.upload('t/file.parquet', file('whole'));
  return (await bucket.head('t/file.parquet'))?.size ?? 0;
}

test.each([
  ['a short footer', 122_880],
  ['a footer longer than was guessed', 2_048],
])('columns are read as of the whole file, with %s', async (_, rowGroup) => {
  const size = await putFile(400_000, rowGroup);
  expect(await downloadColumns(lake(), 't/file.parquet', size, ['n', 'id'], file('some'))).toBe(true);
  const sums = (from: string) =>
    opened.db.rows(`select sum(id) as ids, sum(n) as n, count(*) as rows from ${from}`);
  expect(await sums(`read_parquet(${quoteLiteral(file('some'))})`)).toEqual(
    await sums(`read_parquet(${quoteLiteral(file('whole'))})`),
  );
  expect(bucket.callsOf('download')).toEqual([]);
});

test('the bytes of other columns stay where they are', async () => {
  const size = await putFile(1_000_000, 122_880);
  await downloadColumns(lake(), 't/file.parquet', size, ['n'], file('some'));
  expect(fetched).toBeLessThan(size / 4);
});

test('an object that is gone is told', async () => {
  expect(await downloadColumns(lake(), 't/gone.parquet', 5_000_000, ['id'], file('some'))).toBe(false);
});

test('ranges that are near each other come as one', () => {
  const kB = 1024;
  expect(
    joined([
      { start: 900 * kB, end: 1000 * kB },
      { start: 0, end: 10 * kB },
      { start: 20 * kB, end: 30 * kB },
      { start: 5 * kB, end: 8 * kB },
    ]),
  ).toEqual([
    { start: 0, end: 30 * kB },
    { start: 900 * kB, end: 1000 * kB },
  ]);
});
