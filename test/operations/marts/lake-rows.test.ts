import { catalog } from '../../../catalog/catalog';
import { type MartChoice, parseCondition } from '../../../operations/marts/choice';
import { readFromLake } from '../../../operations/marts/lake-rows';
import { listMarts } from '../../../operations/marts/list';
import { csv, ORDER_ITEMS, ORDERS } from '../../builders/csv';
import { TaskPipeline } from '../../builders/task-pipeline';

/** All marts of a few orders; only read. */
const pipeline = new TaskPipeline('UTC', catalog);
const file = (name: string, header: string, ...rows: string[]) => ({
  key: `input/${name}.csv`,
  csv: csv(header, ...rows),
  uploadedAt: Date.UTC(2025, 3, 1),
});

beforeAll(async () => {
  await pipeline.process([
    file(
      'orders',
      ORDERS,
      '1,7,sold,2025-03-01T10:00:00Z,,,,1',
      '2,10,sold,2025-03-02T10:00:00Z,,,,1',
      '3,7,sold,2024-03-02T10:00:00Z,,,,1',
    ),
    file(
      'order_items',
      ORDER_ITEMS,
      '1,1,7,1,sold,2025-03-01T10:00:00,,,,12.50',
      '2,2,10,2,sold,2025-03-02T10:00:00,,,,3',
      '3,3,7,1,sold,2024-03-02T10:00:00,,,,1',
    ),
  ]);
}, 120_000);
afterAll(() => pipeline.close());

const read = (name: string, conditions: readonly string[] = [], more: Partial<MartChoice> = {}) => {
  const mart = catalog.mart(name);
  const where = conditions.map((text) => parseCondition(mart, text));
  return pipeline.withLake((lake) => readFromLake(lake, catalog, mart, { where, limit: 100, ...more }));
};

test('rows are in the order of the key, with exact values and without the columns of the table alone', async () => {
  const { source, columns, rows, left_out } = await read('customer_days');
  expect({ source, left_out }).toEqual({ source: 'lake', left_out: 0 });
  expect(columns).toEqual(catalog.mart('customer_days').columns);
  expect(rows[0]).toEqual({
    user_id: '7',
    order_date: '2024-03-02',
    orders: '1',
    returned_orders: '0',
    units: '1',
    revenue: '1.0000',
    returned_units: '0',
    returned_revenue: '0.0000',
  });
  expect(rows.map(({ user_id }) => user_id)).toEqual(['7', '7', '10']);
});

test.each([
  [['user_id=7'], {}, ['7 2024-03-02', '7 2025-03-01']],
  [['user_id=7', 'revenue=12.5'], {}, ['7 2025-03-01']],
  [[], { from: '2025-03-01', to: '2025-03-01' }, ['7 2025-03-01']],
  [[], { from: '2025-03-02' }, ['10 2025-03-02']],
  [['user_id=8'], {}, []],
  [['order_date=2024-03-02'], {}, ['7 2024-03-02']],
])('conditions %j %j choose rows', async (conditions, days, expected) => {
  const { rows } = await read('customer_days', conditions, days);
  expect(rows.map(({ user_id, order_date }) => `${user_id} ${order_date}`)).toEqual(expected);
});

test('the first rows, and how many more meet the conditions', async () => {
  const { rows, left_out } = await read('customer_days', ['orders=1'], { limit: 1 });
  expect({ first: rows[0]?.order_date, rows: rows.length, left_out }).toEqual({
    first: '2024-03-02',
    rows: 1,
    left_out: 2,
  });
});

test('only the files that may hold the rows are read', async () => {
  const files: string[] = [];
  pipeline.bucket.before = ({ key }) => {
    if (key.endsWith('.parquet')) files.push(key);
  };
  try {
    await read('customer_days', [], { from: '2024-01-01', to: '2024-12-31' });
  } finally {
    pipeline.bucket.before = undefined;
  }
  expect(files).toHaveLength(1);
});

test('a mart with a view has its columns, and conditions on them, over all customers', async () => {
  const { rows, columns } = await read('customer_value', ['is_top_decile=true']);
  expect(columns.map(({ name }) => name)).toEqual(expect.arrayContaining(['user_id', 'rank', 'age_days']));
  expect(rows).toEqual([
    expect.objectContaining({
      user_id: '7',
      net_revenue: '13.50',
      rank: '1',
      percentile: '50.00',
      is_top_decile: 'true',
      monetary_value: '12.50',
    }),
  ]);
});

test('a mart without a table says so', async () => {
  const empty = new TaskPipeline('UTC', catalog);
  try {
    const mart = catalog.mart('customer_value');
    const reading = empty.withLake((lake) => readFromLake(lake, catalog, mart, { where: [], limit: 1 }));
    await expect(reading).rejects.toThrow(
      'customer_value has no table yet: the first execution with rows for it creates it',
    );
  } finally {
    empty.close();
  }
});

test('the list has rows and versions with a lake, and none without', async () => {
  const withLake = await pipeline.withLake((lake) => listMarts(catalog, lake));
  expect(withLake.map(({ name }) => name)).toEqual(catalog.marts.map(({ name }) => name));
  expect(withLake.find(({ name }) => name === 'customer_days')).toMatchObject({
    key: ['user_id', 'order_date'],
    table: null,
    rows: 3,
    version: 0,
  });
  expect(withLake.find(({ name }) => name === 'customer_value')).toMatchObject({
    table: 'CustomerValue',
    view_columns: expect.arrayContaining(['rank']),
  });
  const without = await listMarts(catalog);
  expect(without.filter(({ rows, version }) => rows !== null || version !== null)).toEqual([]);
});
