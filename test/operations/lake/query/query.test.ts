import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { catalog } from '../../../../catalog/catalog';
import { WHOLE_FILE_BYTES } from '../../../../lake/column-download';
import { merge } from '../../../../lake/merge';
import { columnNames } from '../../../../lake/table-spec';
import { Downloads } from '../../../../operations/lake/downloads';
import { LakeQueryError, type QueryOptions, queryLake } from '../../../../operations/lake/query/query';
import { type Cells, mergeRows, openTestLake, type TestLake } from '../../../builders/test-lake';

const orders = catalog.stagingTable('orders');
const products = catalog.stagingTable('products');
const lineage = { _source_key: 'input/a.csv', _source_modified_at: '2025-01-01T00:00:00Z', _source_line: 2 };
const order = (order_id: string | number, day: string, num_of_item = 1): Cells => ({
  order_id,
  user_id: 7,
  status: 'delivered',
  created_at: `${day}T10:00:00.123456Z`,
  num_of_item,
  ...lineage,
});
const product = (id: number, department: string | null): Cells => ({
  id,
  sku: `S${id}`,
  cost: '1.5',
  department,
  ...lineage,
});

let lake: TestLake;
let downloads: Downloads;
beforeAll(async () => {
  lake = await openTestLake();
  downloads = new Downloads(path.join(lake.workDirectory, 'query-files'));
  await mergeRows(lake, orders, [order('9007199254740993', '2025-03-01'), order(2, '2025-04-02')]);
  await mergeRows(lake, orders, [order(3, '2025-04-03', 4)]);
  await mergeRows(lake, products, [product(1, 'Men/Women'), product(2, null)]);
  await mergeRows(lake, catalog.martTable('order_kpis'), [
    { order_date: '2025-03-01', total_revenue: '12345678901234567890.10' },
  ]);
});
afterAll(() => lake.close());

const query = (sql: string, options?: QueryOptions) => queryLake({ lake, downloads }, sql, options);
const failureOf = async (sql: string, options?: QueryOptions): Promise<LakeQueryError> => {
  const error = await query(sql, options).catch((thrown: unknown) => thrown);
  if (!(error instanceof LakeQueryError)) throw new Error(`expected a LakeQueryError, got ${error}`);
  return error;
};

test('values are exact, and can be written as JSON', async () => {
  const { columns, rows, truncated } = await query(`
    select order_id, created_at, month, num_of_item::double as n, null as nothing, [1, 2] as list,
      {a: 1::bigint} as structure, 'nan'::double as nan, true as yes, 1.50::decimal(18,4) as price, '\ufeffb' as text
    from orders where order_id > 100;`);
  expect(rows).toEqual([
    [
      '9007199254740993',
      '2025-03-01 10:00:00.123456+00',
      '03',
      1,
      null,
      '[1,2]',
      '{"a":"1"}',
      'NaN',
      true,
      '1.5000',
      '\ufeffb',
    ],
  ]);
  expect(columns.slice(0, 3)).toEqual([
    { name: 'order_id', type: 'BIGINT' },
    { name: 'created_at', type: 'TIMESTAMP WITH TIME ZONE' },
    { name: 'month', type: 'VARCHAR' },
  ]);
  expect(truncated).toBe(false);
});

test.each([
  [
    'joins, subqueries and columns of partitions',
    `select department, (select max(order_id) from orders where order_id < 10) from products order by id`,
    [
      ['Men/Women', '3'],
      [null, '3'],
    ],
  ],
  [
    'common tables, which hide others of their name',
    `with o as (select * from orders), products as (select 9 as id) select count(*), max(id) from o, products where num_of_item = 4`,
    [['1', 9]],
  ],
  ['tables named by a function', `select count(*) from query_table('orders')`, [['3']]],
  ['a table that is named but not read', `select column_name from (describe products) limit 1`, [['id']]],
  ['KPIs', `from order_kpis select total_revenue`, [['12345678901234567890.10']]],
  ['no table at all', `select 1`, [[1]]],
  [
    'a table that does not exist yet, as an empty one',
    `select count(*), count(sale_price) from order_items`,
    [['0', '0']],
  ],
])('a query can have %s', async (_, sql, rows) => {
  expect((await query(sql)).rows).toEqual(rows);
});

test('lists the tables that were read with their versions, null for a table that does not exist', async () => {
  const { tables } = await query('select 1 from orders, products, order_items');
  expect(tables).toEqual([
    { name: 'order_items', version: null },
    { name: 'orders', version: 1 },
    { name: 'products', version: 0 },
  ]);
});

test('reads an older version; rejects one that does not exist', async () => {
  const sql = 'select count(*) from orders';
  const old = await query(sql, { versions: { orders: 0 } });
  expect([old.rows, old.tables]).toEqual([[['2']], [{ name: 'orders', version: 0 }]]);
  for (const version of [2, -1]) {
    const { failure, message } = await failureOf(sql, { versions: { orders: version } });
    expect([failure, message]).toEqual([
      'version',
      expect.stringContaining(`version ${version} of orders does not exist`),
    ]);
  }
});

test('downloads each data file once, none of other tables, and reports progress', async () => {
  const fresh = new Downloads(path.join(lake.workDirectory, 'fresh'));
  const reported: number[] = [];
  lake.bucket.calls.length = 0;
  const ask = () =>
    queryLake({ lake, downloads: fresh }, 'select max(id) from products', {
      onProgress: ({ files, filesLoaded, bytes, bytesLoaded }) =>
        reported.push(filesLoaded / files, bytesLoaded / bytes),
    });
  await ask();
  expect(lake.bucket.callsOf('download').map((key) => key.split('/')[1])).toEqual(['products', 'products']);
  expect(reported.slice(0, 2)).toEqual([0.5, expect.closeTo(0.5, 1)]);
  expect(reported.slice(2)).toEqual([1, 1]);
  await ask();
  expect(lake.bucket.callsOf('download')).toHaveLength(2);
});

test('unused files over the size limit are deleted, except the most recently used', async () => {
  const directory = path.join(lake.workDirectory, 'little');
  const little = new Downloads(directory, 5_000);
  for (const sql of ['from orders', 'from products where id = 1'])
    await queryLake({ lake, downloads: little }, sql);
  expect(readdirSync(directory)).toHaveLength(1);
  expect((await queryLake({ lake, downloads: little }, 'select count(*) from orders')).rows).toEqual([['3']]);
});

test.each([
  ['a million rows', 'select range from range(1000000)', { maxRows: 1000 }, 1000],
  ['rows that are large', "select repeat('x', 1000) from range(1000000)", { maxBytes: 50_000 }, 50],
  ['no row more than asked for', 'select 1', { maxRows: 1 }, 1],
])('of %s the first are returned', async (_, sql, limits, expected) => {
  const { rows, truncated } = await query(sql, limits);
  expect([rows.length, truncated]).toEqual([expected, sql !== 'select 1']);
});

const outside = path.join(__dirname, 'query.test.ts');
const out = path.join(tmpdir(), `daybook-query-out-${process.pid}`);
afterEach(() => rmSync(out, { recursive: true, force: true }));
test.each([
  [`select * from read_text('/etc/passwd')`],
  [`select * from read_blob('${outside}')`],
  [`from '${outside}'`],
  [`select * from glob('/etc/*')`],
  [`from sniff_csv('/etc/passwd')`],
  [`from parquet_schema('/tmp/x.parquet')`],
  [`from read_duckdb('/tmp/x.db')`],
  [`from read_csv('http://127.0.0.1:9/x.csv')`],
  [`from read_parquet('s3://bucket/x.parquet')`],
  [`from read_parquet((select * from orders))`],
  [`copy (select 1) to '${out}'`],
  [`copy orders from '/etc/passwd'`],
  [`attach '/tmp/x.db'`],
  [`install httpfs`],
  [`load httpfs`],
  [`set threads = 1`],
  [`reset threads`],
  [`set enable_external_access = true`],
  [`pragma enable_profiling`],
  [`pragma import_database('/tmp')`],
  [`call enable_logging()`],
  [`export database '${out}'`],
  [`create table a as select 1`],
  [`insert into orders select * from orders`],
  [`drop table orders`],
  [`delete from orders`],
  [`explain analyze select 1`],
  [`prepare p as select 1`],
  [`create secret (type s3)`],
  [`begin`],
  [`select 1; select 2`],
  [`select 1; copy (select 1) to '${out}'`],
  [`select $1`],
  [`with x as (delete from orders returning *) select * from x`],
  ['select 1\0; drop table orders'],
  [''],
  ['-- nothing'],
])('%s is refused', async (sql) => {
  const before = lake.bucket.calls.length;
  expect(['refused', 'sql']).toContain((await failureOf(sql)).failure);
  expect(lake.bucket.calls).toHaveLength(before);
  expect(existsSync(out)).toBe(false);
});

test.each([
  ['what DuckDB cannot read', 'select *\nform orders', 2, 6, /syntax error/],
  [
    'a table that does not exist',
    'select *\n  from orderz',
    2,
    8,
    /table "orderz" does not exist; the tables are currency_rates, event_items, events, inventory, order_items, orders, products, products_history, category_kpis, customer_days/,
  ],
  ['a column that does not exist', 'select ö, foo from orders', 1, 8, /"ö" not found/],
  [
    'an error far to the right',
    `select ${'order_id, '.repeat(30)}foo from orders`,
    1,
    308,
    /"foo" not found/,
  ],
])('%s is reported with its position', async (_, sql, line, column, words) => {
  const { failure, message, position } = await failureOf(sql);
  expect({ failure, position }).toEqual({ failure: 'sql', position: { line, column } });
  expect(message).toMatch(words);
  expect(message).not.toContain('\n');
});

test.each([
  ['values that do not convert', 'select cast(department as int) from products', /Men\/Women/, 'values'],
  [
    'more than the memory',
    "select length(string_agg(repeat('x', 1000000), '')) from range(1200)",
    /memory/,
    'memory',
  ],
] as const)('%s are reported as an error of the query', async (_, sql, words, failure) => {
  const error = await failureOf(sql);
  expect([error.failure, error.message]).toEqual([failure, expect.stringMatching(words)]);
});

test('a query is stopped on timeout or when the caller aborts', async () => {
  // Of few rows in memory: a product of large tables would first write one of them to disk.
  const endless = 'select count(*) from range(1000000000000) a, range(1000) b';
  expect((await failureOf(endless, { timeoutMs: 200 })).failure).toBe('timeout');
  const abort = new AbortController();
  setTimeout(() => abort.abort(), 200);
  expect((await failureOf(endless, { signal: abort.signal })).failure).toBe('cancelled');
  expect((await failureOf('select 1', { signal: abort.signal })).failure).toBe('cancelled');
}, 120_000);

test('a function that cannot be interrupted is stopped with its process, whose files are deleted', async () => {
  const slow = "select levenshtein(repeat('a', 60000), repeat('b', 60000))";
  expect((await failureOf(slow, { timeoutMs: 300 })).failure).toBe('timeout');
  const left = readdirSync(lake.workDirectory).filter((name) => name.startsWith('query-'));
  expect(left.filter((name) => name !== 'query-files')).toEqual([]);
});

test.each([
  ['a value too large for V8', "select list_transform(range(30000000), x -> x || 'x')"],
  ['a text too large for a message', "select repeat(repeat('ä', 1000000), 290)"],
])(
  '%s ends the process of the query, and not this one',
  async (_, sql) => {
    expect(['memory', 'values', 'process']).toContain((await failureOf(sql)).failure);
    expect((await query('select 1')).rows).toEqual([[1]]);
  },
  120_000,
);

test('only the columns that are read are downloaded of a large file', async () => {
  const large = await openTestLake();
  try {
    const select = columnNames(products).map((name) => {
      if (name === 'id') return 'range as id';
      if (name === 'cost') return '(range % 7)::decimal(18,4) as cost';
      if (name === 'sku' || name === 'name') return `md5(range::varchar) as ${name}`;
      return `null as ${name}`;
    });
    await large.db.run(`create temp table arrived as select ${select.join(', ')} from range(150000)`);
    await merge(large, products, { rows: 'arrived' });
    const session = { lake: large, downloads: new Downloads(path.join(large.workDirectory, 'query-files')) };
    const ask = async (sql: string) => (await queryLake(session, sql)).rows;
    expect(await ask('select count(*) from products')).toEqual([['150000']]);
    expect(await ask('select sum(cost) from products where id < 7 and department is null')).toEqual([
      ['21.0000'],
    ]);
    expect(large.bucket.callsOf('download')).toEqual([]);
    const [key = ''] = large.bucket.keys('staging/products/department');
    const size = large.bucket.objects.get(key)?.size ?? 0;
    expect(size).toBeGreaterThan(WHOLE_FILE_BYTES);
    const files = readdirSync(session.downloads.directory).map((name) =>
      statSync(path.join(session.downloads.directory, name)),
    );
    expect(files).toHaveLength(2);
    for (const { blocks } of files) expect(blocks * 512).toBeLessThan(size / 4);
    expect(await ask('select sku = md5(id::varchar) as same from products limit 1')).toEqual([[true]]);
  } finally {
    large.close();
  }
});
