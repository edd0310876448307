import { catalog } from '../../../catalog/catalog';
import { Downloads } from '../../../operations/lake/downloads';
import type { OpenLake } from '../../../operations/lake/reader';
import { Snapshots } from '../../../operations/lake/snapshots';
import { dayRange, daySums, measuresOf } from '../../../operations/marts/day-sums';
import { parseFilter } from '../../../operations/marts/row-filter';
import { readRowPage, streamRows } from '../../../operations/marts/row-page';
import { martSource, type RowSource } from '../../../operations/marts/row-source';
import { RowTables } from '../../../operations/marts/row-tables';
import { type Cells, mergeRows, openTestLake, type TestLake } from '../../builders/test-lake';

let lake: TestLake;
let tables: RowTables;
beforeEach(async () => {
  lake = await openTestLake();
  const open: OpenLake = {
    lake,
    downloads: new Downloads(`${lake.workDirectory}/query-files`),
    snapshots: new Snapshots(lake),
    close: async () => {},
  };
  tables = new RowTables({ use: (work) => work(open, new AbortController().signal) }, catalog);
});
afterEach(async () => {
  await tables.close();
  lake.close();
});

const VALUE = martSource(catalog, catalog.mart('customer_value'));
const SALES = martSource(catalog, catalog.mart('product_sales'));
const WAIT = { waitMs: 60_000 };

/** A stored row of customer_value; the other columns have no value. */
const customer = (user_id: number, net_revenue: string): Cells => ({
  user_id,
  first_order_date: '2025-03-01',
  last_order_date: '2025-03-01',
  orders: 1,
  net_revenue,
});
const sale = (product_id: number, order_date: string, units: number, more: Cells = {}): Cells => ({
  product_id,
  order_date,
  orders: 1,
  units,
  revenue: `${units}.10`,
  month: order_date.slice(0, 7),
  year: order_date.slice(0, 4),
  ...more,
});
const put = (mart: string, ...rows: Cells[]) =>
  mergeRows(
    lake,
    catalog.martTable(mart),
    rows.map((row) =>
      Object.fromEntries(catalog.martTable(mart).columns.map(({ name }) => [name, row[name] ?? null])),
    ),
  );

async function pageOf(source: RowSource, texts: readonly string[], order: object): Promise<unknown[][]> {
  const choice = { filters: texts.map((text) => parseFilter(source, text)) };
  const options = { desc: false, first: 0, limit: 100, ...order };
  const answer = await tables.read(source, (rows) => readRowPage(rows, source, choice, options), WAIT);
  if ('progress' in answer) throw new Error('not ready');
  return [...answer.result.rows.map((cells) => [...cells]), [answer.result.total]];
}

/** The values of some columns. */
const columns = (source: RowSource, rows: readonly unknown[][], ...names: string[]) =>
  rows.map((cells) =>
    cells.length === 1
      ? cells
      : names.map((name) => cells[source.columns.findIndex((one) => one.name === name)]),
  );

test('values of a view are computed once per version of the tables that it reads', async () => {
  await put('customer_value', customer(1, '10'), customer(2, '30'), customer(3, '20'));
  const read = () => pageOf(VALUE, [], { sort: 'rank' });
  expect(columns(VALUE, await read(), 'user_id', 'rank', 'is_top_decile')).toEqual([
    ['2', '1', 'true'],
    ['3', '2', 'false'],
    ['1', '3', 'false'],
    [3],
  ]);
  const downloads = lake.bucket.callsOf('download').length;
  await read();
  expect(lake.bucket.callsOf('download').length).toBe(downloads);
  await put('customer_value', customer(1, '99'));
  expect(columns(VALUE, await read(), 'user_id', 'rank').slice(0, 2)).toEqual([
    ['1', '1'],
    ['2', '2'],
  ]);
});

test('while rows are computed again, those of the version before are given, and said not to be current', async () => {
  await put('customer_value', customer(1, '10'));
  await pageOf(VALUE, [], {});
  await put('customer_value', customer(2, '10'));
  const counted = (waitMs: number) =>
    tables.read(VALUE, ({ db, relation }) => db.rows(`select count(*) as n from ${relation}`), { waitMs });
  expect(await counted(0)).toMatchObject({ result: [{ n: '1' }], isCurrent: false });
  const answers = [await counted(60_000), await counted(60_000)];
  expect(answers.at(-1)).toMatchObject({ result: [{ n: '2' }], isCurrent: true });
});

test('rows that are not computed yet say how far they are', async () => {
  await put('customer_value', customer(1, '10'));
  const answer = await tables.read(VALUE, async () => 'read', { waitMs: 0 });
  expect(answer).toEqual({
    progress: { files: expect.any(Number), files_loaded: expect.any(Number), bytes: expect.any(Number) },
  });
});

test('a mart without a table has no rows', async () => {
  expect(await pageOf(SALES, [], {})).toEqual([[0]]);
});

test('pages are in one order: missing values last, equal ones by key', async () => {
  await put(
    'product_sales',
    sale(1, '2025-03-01', 5, { cost: null }),
    sale(2, '2025-03-01', 5, { cost: '2' }),
    sale(10, '2025-03-02', 5, { cost: '1' }),
  );
  const ids = async (order: object, ...texts: string[]) =>
    columns(SALES, await pageOf(SALES, texts, order), 'product_id').flat();
  expect(await ids({ sort: 'cost' })).toEqual(['10', '2', '1', 3]);
  expect(await ids({ sort: 'cost', desc: true })).toEqual(['2', '10', '1', 3]);
  expect(await ids({ sort: 'units', first: 1, limit: 1 })).toEqual(['2', 3]);
  expect(await ids({}, 'cost is null')).toEqual(['1', 1]);
  expect(await ids({}, 'revenue>=5.10', 'order_date<=2025-03-01')).toEqual(['1', '2', 2]);
});

test('streams all chosen rows', async () => {
  await put('product_sales', ...Array.from({ length: 5_000 }, (_, at) => sale(at, '2025-03-01', 1)));
  const found = await tables.read(
    SALES,
    async (rows) => {
      const ids: (string | null | undefined)[] = [];
      const choice = { filters: [parseFilter(SALES, 'product_id>=10')] };
      for await (const page of streamRows(rows, SALES, choice, { sort: 'product_id', desc: true }))
        ids.push(...page.map(([id]) => id));
      return ids;
    },
    WAIT,
  );
  expect(found).toMatchObject({ result: Array.from({ length: 4_990 }, (_, at) => String(4_999 - at)) });
});

test('sums of days, weeks from Monday and months are exact; a rate is the quotient of sums', async () => {
  await put(
    'product_sales',
    sale(1, '2025-03-02', 1, { revenue: '90071992547409930.10' }),
    sale(2, '2025-03-02', 2, { revenue: '0.01' }),
    sale(1, '2025-03-03', 3),
  );
  const measures = measuresOf(catalog.mart('product_sales'));
  const sums = (name: string, unit: 'day' | 'week' | 'month') =>
    tables.read(
      SALES,
      async (rows) => {
        const measure = measures.find(({ column }) => column.name === name);
        if (!measure) throw new Error(`${name} is no measure`);
        const found = await daySums(rows, SALES, { filters: [] }, measure, unit);
        return { found: [...found], range: await dayRange(rows, SALES, { filters: [] }) };
      },
      WAIT,
    );
  expect(await sums('revenue', 'day')).toMatchObject({
    result: {
      found: [
        ['2025-03-02', '90071992547409930.11'],
        ['2025-03-03', '3.10'],
      ],
      range: { from: '2025-03-02', to: '2025-03-03' },
    },
  });
  expect(await sums('units', 'week')).toMatchObject({
    result: {
      found: [
        ['2025-02-24', '3'],
        ['2025-03-03', '3'],
      ],
    },
  });
  expect(await sums('units', 'month')).toMatchObject({ result: { found: [['2025-03-01', '6']] } });
});

test('only stored numbers that add up are measures, and rates of two of them', () => {
  const names = (mart: string) => measuresOf(catalog.mart(mart)).map(({ column }) => column.name);
  expect(names('cohort_kpis')).toEqual(['revenue']);
  expect(names('order_kpis')).not.toContain('unique_customers');
  expect(names('product_engagement')).toEqual([
    ...['impressions', 'clicks', 'views', 'carts', 'purchases', 'ctr', 'view_to_purchase'],
  ]);
});

test('rows over a view know the versions that it was computed from', async () => {
  const over: RowSource = {
    id: 'over',
    name: 'over',
    columns: VALUE.columns.filter(({ name }) => ['user_id', 'rank'].includes(name)),
    key: ['user_id'],
    reads: [{ name: 'customer_value', columns: VALUE.reads[0]?.columns ?? [], withView: true }],
    sql: 'select user_id, rank from customer_value',
  };
  await put('customer_value', customer(1, '10'), customer(2, '30'));
  expect(await pageOf(over, [], { sort: 'rank' })).toEqual([['2', '1'], ['1', '2'], [2]]);
  await put('customer_value', customer(1, '99'));
  await put('order_days', { order_date: '2025-03-02', orders: 1, units: 1, year: '2025', month: '2025-03' });
  expect(await pageOf(over, [], { sort: 'rank' })).toEqual([['1', '1'], ['2', '2'], [2]]);
});

test('a failure is told once, and the next reader tries again', async () => {
  const broken: RowSource = { ...VALUE, id: 'broken', sql: 'select * from nothing_here' };
  const read = (source: RowSource) => tables.read(source, async () => 'read', WAIT);
  await expect(read(broken)).rejects.toThrow('nothing_here');
  await expect(read(broken)).rejects.toThrow('nothing_here');
  expect(await read({ ...VALUE, id: 'broken' })).toMatchObject({ result: 'read' });
});
