import { createCatalog } from '../../../catalog/catalog';
import type { Column, Contract, Source } from '../../../domain/contract';
import { archiveKey, rejectedKey, rejectedRowsKey, taskResultKey } from '../../../domain/object-keys';
import { validateResultSchema } from '../../../domain/workflow';
import { requireSourceSql } from '../../../tasks/validate/mapping/check-sources';
import { kpiDefinitions as definitions } from '../../builders/kpi-catalog';
import { readDeltaRows } from '../../builders/read-delta';
import { TaskPipeline } from '../../builders/task-pipeline';

const column = (name: string, type: Column['type'] = 'text', required = false): Column => ({
  name,
  type,
  required,
});

/** The kinds with text ids. */
const contracts: Contract[] = definitions.contracts.map((contract) => ({
  ...contract,
  columns: contract.columns.map((one) =>
    one.type === 'int64' && !['num_of_item', 'quantity'].includes(one.name)
      ? { ...one, type: 'text' as const }
      : one,
  ),
}));

const source: Source = {
  name: 'till_lines',
  columns: [
    column('Order', 'text', true),
    column('Customer'),
    column('Placed', 'timestamp'),
    column('Line item', 'text', true),
    column('Pieces', 'int64', true),
    column('Price', 'money'),
  ],
  fillDown: { by: 'Order', columns: ['Customer', 'Placed'] },
  maps: {
    orders: `select "Order" as order_id, any_value("Customer") as user_id, any_value("Placed") as created_at,
      sum(parse_int64("Pieces"))::bigint as num_of_item, min(_line) as _line
      from rows group by "Order"`,
    order_items: `select "Order" || '-' || row_number() over (partition by "Order" order by _line) as id,
      "Order" as order_id, "Line item" as product_id, parse_timestamp("Placed") as created_at,
      parse_money("Price") * parse_int64("Pieces") as sale_price, _line
      from rows where "Line item" <> 'tip'`,
  },
};

const HEADER = 'Order,Customer,Placed,Line item,Pieces,Price,Cashier';

let pipeline: TaskPipeline;
const open = (changes: Partial<Source> = {}) => {
  pipeline = new TaskPipeline(
    'UTC',
    createCatalog({ ...definitions, contracts, sources: [{ ...source, ...changes }] }),
  );
};
afterEach(() => pipeline?.close());

const UPLOADED_AT = Date.UTC(2025, 6, 1);
const KEY = 'input/till_lines_july.csv';

/** Runs one execution over a file with these lines below the header. */
async function load(lines: readonly string[], uploadedAt = UPLOADED_AT) {
  const csv = `${[HEADER, ...lines].join('\n')}\n`;
  const executionId = await pipeline.process([{ key: KEY, csv, uploadedAt }]);
  const result = validateResultSchema.parse(
    JSON.parse(pipeline.bucket.text(taskResultKey(executionId, 'validate')) ?? ''),
  );
  const rejected = pipeline.bucket.text(rejectedRowsKey(rejectedKey(executionId, KEY)));
  return { executionId, file: result.files[0], rejected };
}

const days = () =>
  pipeline.orders.all.map(({ order_date, total_orders, total_revenue, total_items_sold }) => [
    order_date,
    total_orders,
    total_revenue,
    total_items_sold,
  ]);

const TWO_ORDERS = [
  '#1,ann,2025-06-01T10:00:00,mug,2,4.50,joe',
  '#1,,,pen,1,1.25,joe',
  '#2,bob,2025-06-02 09:00:00 +0200,tip,1,1.00,',
  '#2,,,mug,1,4.50,',
];

test('one file gives rows of two kinds, with values filled down and the lines of the file', async () => {
  open();
  const { executionId, file } = await load(TWO_ORDERS);
  expect(file).toMatchObject({
    outcome: 'valid',
    kind: 'till_lines',
    rows: 5,
    bad_rows: 0,
    extra_columns: ['Cashier'],
    destination: archiveKey(executionId, KEY),
    mapped: [
      { kind: 'orders', rows: 2, rows_key: expect.stringContaining('orders') },
      { kind: 'order_items', rows: 3, rows_key: expect.stringContaining('order_items') },
    ],
  });
  expect(days()).toEqual([
    ['2025-06-01', '1', '10.25', '2'],
    ['2025-06-02', '1', '4.50', '1'],
  ]);
  const items = await readDeltaRows(pipeline.bucket, 'staging/order_items');
  expect(items.map(({ id, _source_line }) => [id, _source_line]).sort()).toEqual([
    ['#1-1', '2'],
    ['#1-2', '3'],
    ['#2-1', '5'],
  ]);
  expect(await pipeline.verify()).toMatchObject({ differences: 0 });
});

test('the same file again changes nothing, and a later one replaces its orders', async () => {
  open();
  await load(TWO_ORDERS);
  await load(TWO_ORDERS, UPLOADED_AT + 1);
  expect(days()).toHaveLength(2);
  await load(['#2,bob,2025-06-03T09:00:00,mug,3,4.50,', '#2,,,pen,1,2.00,'], UPLOADED_AT + 2);
  expect(days()).toEqual([
    ['2025-06-01', '1', '10.25', '2'],
    ['2025-06-03', '1', '15.50', '2'],
  ]);
});

test('no row of a group with a bad row is loaded, and all are listed with their lines', async () => {
  open();
  const many = Array.from({ length: 20 }, (_, at) => `#9${at},eve,2025-06-05T10:00:00,cup,1,3.00,`);
  const { file, rejected } = await load([
    '#1,ann,2025-06-01T10:00:00,mug,2,4.50,joe',
    '#1,,,pen,many,1.25,joe',
    '#2,,2025-06-02T09:00:00,mug,1,4.50,',
    ...many,
  ]);
  expect(file).toMatchObject({ outcome: 'valid', bad_rows: 3, rows: 40 });
  expect(rejected?.split('\n')).toEqual([
    'line,column,reason,row',
    '2,"Order","line 3 of the same Order is bad: fix it, and keep all rows of it together","#1,ann,2025-06-01T10:00:00,mug,2,4.50,joe"',
    '3,"Pieces","expected a whole number, got ""many""","#1,,,pen,many,1.25,joe"',
    '4,"orders.user_id","expected a value, got none","#2,,2025-06-02T09:00:00,mug,1,4.50,"',
    '',
  ]);
  expect(days()).toEqual([['2025-06-05', '20', '60.00', '20']]);
});

test('a file with too many bad rows is rejected as a whole', async () => {
  open();
  const { file, rejected } = await load([...TWO_ORDERS, '#3,cat,2025-06-03T09:00:00,mug,1,free,']);
  expect(file).toMatchObject({ outcome: 'valid', bad_rows: 1 });
  const { file: more } = await load([...TWO_ORDERS, '#2,,,mug,1,free,'], UPLOADED_AT + 1);
  expect(more).toMatchObject({
    outcome: 'invalid',
    rows: 0,
    bad_rows: 3,
    reason: expect.stringMatching(/^3 of 5 rows are bad \(60%\).*Order: another row of it is bad/),
  });
  expect(rejected).toContain('6,"Price"');
  expect(days()).toHaveLength(2);
});

test('values that the SQL passes on as text are read like those of a file of the kind', async () => {
  open({
    maps: {
      products: `select "Line item" as id, any_value("Price") as retail_price, min(_line) as _line from rows group by 1`,
    },
  });
  const rows = ['#1,a,,mug,1,4.5x,', ...'abcdefgh'.split('').map((id) => `#${id},a,,${id},1,2.00,`)];
  const { file, rejected } = await load(rows);
  expect(file).toMatchObject({ outcome: 'valid', bad_rows: 1, mapped: [{ kind: 'products', rows: 8 }] });
  expect(rejected).toContain('\n2,"Price","expected an amount');
});

test.each([
  ['select "Order" as order_id from rows', 'it has no column _line'],
  ['select "Order" as id, _line from rows', 'id: orders has no such column'],
  ['select "Order" as order_id, _line from rows', 'it lacks user_id, created_at, which orders requires'],
  ['select * from orders', 'Table with name orders does not exist'],
  ['select "Ordr" from rows', 'Ordr'],
  ['select "Order" as order_id, now() as created_at, _line from rows', 'now is not allowed'],
  [
    'select \'x\' as order_id, "Customer" as user_id, parse_timestamp("Customer") as created_at, _line from rows',
    'parse_timestamp: expected a date',
  ],
  [
    "select 'x' as order_id, 'u' as user_id, '2025-06-01T10:00:00' as created_at, 2 as _line from rows",
    'it makes 4 rows of orders with the order_id "x" from line 2: give each a key of its own',
  ],
])('SQL that does not map the file rejects it with the reason: %s', async (sql, reason) => {
  open({ maps: { orders: sql } });
  const { file } = await load(TWO_ORDERS);
  expect(file).toMatchObject({
    outcome: 'invalid',
    kind: 'till_lines',
    reason: expect.stringContaining('the SQL that maps till_lines to orders cannot be used for this file: '),
  });
  expect(file?.reason).toContain(reason);
  expect(pipeline.bucket.keys('staging/')).toEqual([]);
});

test('SQL that cannot map any file is found without one', async () => {
  const maps = {
    orders: 'select "Ordr" as order_id from rows',
    products: 'select "Order" as id, _line from rows',
  };
  const catalog = createCatalog({ ...definitions, contracts, sources: [{ ...source, maps }] });
  await expect(requireSourceSql(catalog)).rejects.toThrow(
    /^the SQL that maps till_lines to orders: .*"Ordr".* not found/,
  );
});
