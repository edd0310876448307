import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inLocked, TimeLimitError, withTimeLimit } from '../../../engine/duckdb/locked';
import { requireRepeatableSelect } from '../../../engine/duckdb/repeatable-select';
import type { DuckDb } from '../../../engine/duckdb/session';
import { addTextFunction } from '../../../engine/duckdb/text-function';

const directory = mkdtempSync(path.join(tmpdir(), 'daybook-locked-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const locked = <T>(work: (db: DuckDb) => Promise<T>, memoryLimit = '200MB') =>
  inLocked({ directory: path.join(directory, 'spill'), memoryLimit }, work);

test.each([
  ['a file', "select * from read_text('FILE')"],
  ['a file without a function', "select * from 'FILE'"],
  ['a list of files', "select * from glob('FILE')"],
  ['the network', "select * from read_csv('https://localhost/a.csv')"],
  ['a written file', "copy (select 1) to 'FILE.out'"],
  ['another database', "attach 'FILE.db'"],
  ['a setting', 'set enable_external_access = true'],
  ['an extension', 'install httpfs'],
])('refuses %s', async (_, sql) => {
  const file = path.join(directory, 'secret.csv');
  writeFileSync(file, 'a\n1\n');
  await locked(async (db) => {
    await expect(db.rows(sql.replace('FILE', file))).rejects.toThrow();
  });
  expect(readdirSync(directory)).toEqual(['secret.csv']);
});

test('spills what does not fit into memory, and leaves nothing behind', async () => {
  const spilled = await locked(async (db) => {
    await db.run('create temp table large as select md5(i::varchar) as t from range(1000000) r(i)');
    const [files] = await db.rows('select sum(size) as bytes from duckdb_temporary_files()');
    return Number(files?.bytes);
  }, '20MB');
  expect(spilled).toBeGreaterThan(1_000_000);
  expect(existsSync(path.join(directory, 'spill'))).toBe(false);
});

test('interrupts a statement that takes too long, and runs the next one', async () => {
  await locked(async (db) => {
    const endless = 'select count(*) from range(10000000) a, range(10000000) b where a.range * b.range = 7';
    await expect(withTimeLimit(db, 100, () => db.rows(endless))).rejects.toThrow(TimeLimitError);
    expect(await withTimeLimit(db, 10_000, () => db.rows('select 1 as one'))).toEqual([{ one: 1 }]);
  });
});

describe('a repeatable SELECT', () => {
  const check = (sql: string) =>
    locked(async (db) => {
      await db.run('create temp table rows as select 1::bigint as _line, \'x\' as "A b"');
      await requireRepeatableSelect(db, sql, ['rows']);
    });

  test.each([
    'select * from rows',
    'with first as (select * from rows) select "A b", row_number() over (order by _line) from first',
    "select _line, unnest(range(2)) from rows where \"A b\" like 'x%' and coalesce(\"A b\", '') <> ''",
    'select r._line, n from rows r, range(3) t(n) union all select 1, sum(2) from (values (1)) v(a)',
  ])('is accepted: %s', async (sql) => {
    await expect(check(sql)).resolves.toBeUndefined();
  });

  test.each([
    ['', 'expected one SELECT'],
    ['select 1; select 2', 'expected one statement, got 2'],
    ['delete from rows', 'expected a SELECT, got DELETE'],
    ['select $1', 'parameters are not supported'],
    ['select random() from rows', 'random is not allowed'],
    ['select list_transform([1], lambda x: random()) from rows', 'random is not allowed'],
    ['select now() from rows', 'now is not allowed'],
    ['select current_timestamp from rows', 'current_timestamp is not allowed'],
    ["select current_setting('temp_directory')", 'current_setting is not allowed'],
    ['select * from rows using sample 1 rows', 'a sample differs each time'],
    ['select * from duckdb_settings()', 'duckdb_settings is not allowed'],
    ["select * from query('select 1')", 'query is not allowed'],
    ['select * from (describe rows)', 'DESCRIBE, SHOW and SUMMARIZE are not allowed'],
    ['select * from duckdb_tables', 'the relation duckdb_tables is not available: expected rows'],
    ['select * from information_schema.tables', 'the relation tables is not available'],
    ['select "missing" from rows', 'missing'],
  ])('is not: %s', async (sql, reason) => {
    await expect(check(sql)).rejects.toThrow(reason);
  });
});

describe('a function of a text', () => {
  const upper = (db: DuckDb) =>
    addTextFunction(db, 'number_after', 'bigint', (text) => {
      if (text === 'bad') throw new RangeError('expected a number, got "bad"');
      return text === '' ? null : text.slice(1);
    });

  test('gives typed values, over more rows than a chunk has', async () => {
    await locked(async (db) => {
      await upper(db);
      expect(
        await db.rows(
          "select typeof(any_value(n)) as type, sum(n)::bigint as sum, count(n) as values from (select number_after(case when i % 3 > 0 then 'n' || i when i % 2 = 0 then '' end) as n from range(6000) t(i))",
        ),
      ).toEqual([{ type: 'BIGINT', sum: '12000000', values: '4000' }]);
    });
  });

  test('fails the query with its own message', async () => {
    await locked(async (db) => {
      await upper(db);
      await expect(db.rows("select number_after('bad')")).rejects.toThrow('expected a number, got "bad"');
      expect(await db.rows("select number_after('n7') as n")).toEqual([{ n: '7' }]);
    });
  });
});
