import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { catalog } from '../../catalog/catalog';
import { quoteIdentifier, quoteList } from '../../engine/duckdb/quote';
import { DuckDb } from '../../engine/duckdb/session';
import sparkFunctions from '../../engine/duckdb/spark_functions.sql';
import { viewColumns, viewName } from '../../infra/athena-view';
import { commentsOf, glueColumns } from '../../infra/glue-table';
import { NAMED_QUERIES } from '../../infra/named-queries';
import { columnNames } from '../../lake/table-spec';
import { csv, ORDER_ITEMS, ORDERS, PRODUCTS } from '../builders/csv';
import { readDelta } from '../builders/read-delta';
import { TaskPipeline } from '../builders/task-pipeline';

const FILES = {
  products: csv(PRODUCTS, '1,s,2.00,Toys,n,b,9,d', '2,s,4.00,Books,n,b,9,d'),
  orders: csv(
    ORDERS,
    '1,7,delivered,2025-03-08T12:00:00,,,,2',
    '2,8,delivered,2025-03-09T12:00:00,,,,1',
    '3,7,returned,2025-04-02T12:00:00,,,,1',
  ),
  order_items: csv(
    ORDER_ITEMS,
    '1,1,7,1,delivered,2025-03-08T12:00:00,,,,10.00',
    '2,1,7,2,delivered,2025-03-08T12:00:00,,,,5.00',
    '3,2,8,1,delivered,2025-03-09T12:00:00,,,,10.50',
    '4,3,7,2,returned,2025-04-02T12:00:00,,,,4.50',
  ),
  inventory: csv('product_id,on_hand,counted_at', '1,1,2025-04-03T12:00:00', '2,100,2025-04-03T12:00:00'),
};

/** The rows of each named query over these files, computed by hand. */
const EXPECTED: Readonly<Record<string, string[]>> = {
  daily_revenue: [
    '2025-04-02 1 4.50 1 1 100.00',
    '2025-03-09 1 10.50 1 1 0.00',
    '2025-03-08 1 15.00 2 1 0.00',
  ],
  monthly_revenue: ['2025-03 2 25.50 12.75', '2025-04 1 4.50 4.5'],
  top_categories: ['Toys 20.50 2 0', 'Books 9.50 2 1'],
  profitable_products: ['1 2 20.50 4.00 16.50', '2 2 9.50 8.00 1.50'],
  returned_products: ['2 2 1 0.5'],
  best_customers: ['1 7 2 15.00 9.75 2025-04-02'],
  returning_customers: ['2025-03-01 0 2 2 100.00 25.50', '2025-03-01 1 2 1 50.00 4.50'],
  running_out: ['1 1 0.67 1.50 A'],
  order_statuses: ['delivered 2', 'returned 1'],
};

const directory = mkdtempSync(path.join(tmpdir(), 'daybook-queries-'));
const pipeline = new TaskPipeline('UTC', catalog);
let db: DuckDb;
beforeAll(async () => {
  const uploadedAt = Date.UTC(2025, 6, 9);
  const files = Object.entries(FILES).map(([kind, text]) => ({
    key: `input/${kind}.csv`,
    csv: text,
    uploadedAt,
  }));
  await pipeline.process(files);
  for (const [key, { body }] of pipeline.bucket.objects) {
    const file = path.join(directory, key);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, body);
  }
  db = await DuckDb.open({ tempDirectory: path.join(directory, 'duckdb'), threads: 1 });
  await db.run(sparkFunctions);
  for (const { name, location } of written()) await createTable(name, location);
  for (const { name, view } of catalog.marts)
    if (view) await db.run(`create temp view ${quoteIdentifier(viewName(name))} as ${view.sql}`);
}, 120_000);
afterAll(() => {
  db.close();
  pipeline.close();
  rmSync(directory, { recursive: true, force: true });
});

const written = () =>
  catalog.tables.filter(({ location }) => pipeline.bucket.keys(`${location}/_delta_log/`).length > 0);

/** As another reader has it: the live files of the log with their partition columns, deleted rows too. A table without rows has no file. */
async function createTable(name: string, location: string): Promise<void> {
  const files = await readDelta(pipeline.bucket, location);
  const paths = files.map((file) => path.join(directory, location, decodeURIComponent(file.path)));
  if (paths.length === 0) return;
  await db.run(
    `create temp view ${quoteIdentifier(name)} as select * from read_parquet(${quoteList(paths)}, hive_partitioning = true, hive_types_autocast = false)`,
  );
}

test('the columns of every table in Glue are those of its log, in order, with the same types', () => {
  const tables = written();
  expect(tables.map(({ name }) => name)).toEqual(
    expect.arrayContaining([...Object.keys(FILES), ...catalog.marts.map(({ name }) => name)]),
  );
  for (const spec of tables) {
    const lines = pipeline.bucket
      .keys(`${spec.location}/_delta_log/`)
      .filter((key) => key.endsWith('.json'))
      .flatMap((key) => (pipeline.bucket.text(key) ?? '').trim().split('\n'));
    const metaData = lines.map((line) => JSON.parse(line).metaData).findLast((found) => found !== undefined);
    const fields: { name: string; type: string }[] = JSON.parse(metaData.schemaString).fields;
    const columns = glueColumns(spec.columns, commentsOf(spec, catalog));
    expect([spec.name, columns.map(({ name, type }) => `${name} ${type}`)]).toEqual([
      spec.name,
      fields.map(({ name, type }) => `${name} ${type === 'long' ? 'bigint' : type}`),
    ]);
  }
});

test('the README has every question', () => {
  const readme = readFileSync(path.join(__dirname, '../../README.md'), 'utf8');
  for (const { name, question } of NAMED_QUERIES) expect(readme).toContain(`| ${question} | \`${name}\` |`);
});

test.each(NAMED_QUERIES)('$name gives in DuckDB the rows computed by hand', async ({ name, sql }) => {
  const rows = await db.rows(`select columns(*)::varchar from (${sql})`);
  expect(rows.map((row) => Object.values(row).join(' '))).toEqual(EXPECTED[name]);
});

test('a view gives the columns that Glue has of it, in order', async () => {
  for (const mart of catalog.marts) {
    if (!mart.view) continue;
    const described = await db.rows(`describe select * from ${quoteIdentifier(viewName(mart.name))}`);
    expect(described.map(({ column_name }) => column_name)).toEqual(
      columnNames({ columns: viewColumns({ ...mart, view: mart.view }) }),
    );
  }
});
