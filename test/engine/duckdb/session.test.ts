import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DuckDb } from '../../../engine/duckdb/session';

const directory = mkdtempSync(path.join(tmpdir(), 'daybook-duckdb-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** 24 MB of text that does not pack well. */
const LARGE =
  'create temp table large as select md5(i::varchar) || md5((-i)::varchar) as t from range(400000) r(i)';

test('a text that begins with a byte order mark is read whole, short or long', async () => {
  const db = await DuckDb.open({ tempDirectory: path.join(directory, 'texts') });
  for (const text of ['\ufeff', '\ufeffa', `\ufeff${'long '.repeat(5)}`]) {
    expect(await db.rows('select $text as t, [$text] as l', { text })).toEqual([{ t: text, l: [text] }]);
  }
  db.close();
});

test('pages hold every row once, a few thousand at a time', async () => {
  const db = await DuckDb.open({ tempDirectory: path.join(directory, 'pages') });
  const pages: number[][] = [];
  for await (const page of db.pages<{ i: string }>('select i from range(50_000) r(i)'))
    pages.push(page.map(({ i }) => Number(i)));
  expect(pages.flat().toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50_000 }, (_, i) => i));
  expect(Math.max(...pages.map(({ length }) => length))).toBeLessThan(10_000);
  for await (const page of db.pages('select 1 where false')) throw new Error(`a page of ${page.length}`);
  db.close();
});

describe('a session whose memory is too small for its tables', () => {
  test('spills into its directory, and reads back what it wrote', async () => {
    const db = await DuckDb.open({
      tempDirectory: path.join(directory, 'a'),
      memoryLimit: '12MB',
      threads: 1,
    });
    await db.run(LARGE);
    const [files] = await db.rows('select sum(size) as bytes from duckdb_temporary_files()');
    expect(Number(files?.bytes)).toBeGreaterThan(5_000_000);
    const query = 'select count(*) as rows, bit_xor(hash(t))::varchar as content from ';
    const [stored] = await db.rows(`${query} large`);
    const [made] = await db.rows(
      `${query} (select md5(i::varchar) || md5((-i)::varchar) as t from range(400000) r(i))`,
    );
    expect(stored).toEqual(made);
    db.close();
  });

  test('stops at the limit of its spill files, and names it', async () => {
    const options = { tempDirectory: path.join(directory, 'b'), memoryLimit: '12MB', threads: 1 };
    const db = await DuckDb.open({ ...options, spillLimit: 2_000_000 });
    await expect(db.run(LARGE)).rejects.toThrow(/max_temp_directory_size/);
    db.close();
  });
});
