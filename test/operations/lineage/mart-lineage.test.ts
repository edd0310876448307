import { catalog } from '../../../catalog/catalog';
import { readSnapshot } from '../../../lake/snapshot';
import { type OpenMartRow, openMartRow } from '../../../operations/lineage/mart-lineage';
import { csv, ORDER_ITEMS, ORDERS, PRODUCTS } from '../../builders/csv';
import { TaskPipeline } from '../../builders/task-pipeline';

jest.setTimeout(120_000);

/** A shop of four orders on three days, of which the third is at midnight in Berlin; only read. */
const pipeline = new TaskPipeline('Europe/Berlin', catalog);
const file = (name: string, header: string, ...rows: string[]) => ({
  key: `input/${name}.csv`,
  csv: csv(header, ...rows),
  uploadedAt: Date.UTC(2025, 3, 1),
});
let executions: string[];

beforeAll(async () => {
  executions = [
    await pipeline.process([
      file('products', PRODUCTS, '1,s,1.00,Mugs,Mug,b,12.50,Kitchen', '2,s,2.00,Plates,Plate,b,7.25,Kitchen'),
      file(
        'orders',
        ORDERS,
        '1,7,sold,2025-03-01T10:00:00Z,,,,2',
        '2,8,returned,2025-03-01T12:00:00Z,,,,1',
        '3,7,sold,2025-03-01T23:30:00Z,,,,1',
        '4,9,sold,2025-03-05T10:00:00Z,,,,0',
      ),
      file(
        'order_items',
        ORDER_ITEMS,
        '11,1,7,1,sold,2025-03-01T10:00:00,,,,12.50',
        '12,1,7,2,sold,2025-03-01T10:00:00,,,,7.25',
        '21,2,8,1,returned,2025-03-01T10:00:00,,,,12.50',
        '31,3,7,1,sold,2025-03-01T10:00:00,,,,12.50',
        '32,3,7,2,sold,2025-03-01T10:00:00,,,,0',
        '41,4,9,1,sold,2025-03-01T10:00:00,,,,12.50',
      ),
    ]),
    await pipeline.process([file('orders_2', ORDERS, '3,7,returned,2025-03-01T23:30:00Z,,,,1')]),
  ];
});
afterAll(() => pipeline.close());

const inRow = <Result>(
  mart: string,
  key: Record<string, string>,
  work: (row: OpenMartRow) => Promise<Result>,
): Promise<Result> =>
  pipeline.withLake(async (lake) => {
    const newest = (location: string) => readSnapshot(lake, location);
    const choice = { catalog, mart: catalog.mart(mart), key, timeZone: 'Europe/Berlin', newest };
    return work(await openMartRow(lake, choice));
  });

/** The keys of the rows of each input. */
const keysOf = (mart: string, key: Record<string, string>) =>
  inRow(mart, key, async ({ lineage, rowsOf }) => {
    const keys: Record<string, string[]> = {};
    for (const { view, name, key: columns } of lineage.inputs) {
      const { rows } = await rowsOf(view, 0, 100);
      keys[name] = rows.map((cells) => cells.slice(0, columns.length).join(' '));
    }
    return { keys, isReproduced: lineage.is_reproduced };
  });

test.each<[string, Record<string, string>, Record<string, string[]>]>([
  [
    'order_kpis',
    { order_date: '2025-03-01' },
    { order_days: ['2025-03-01'], customer_days: ['2025-03-01 7', '2025-03-01 8'] },
  ],
  [
    'order_days',
    { order_date: '2025-03-01' },
    { orders: ['1', '2'], order_items: ['11', '12', '21'], products: ['1', '2'] },
  ],
  ['order_days', { order_date: '2025-03-02' }, { orders: ['3'], order_items: ['31'], products: ['1'] }],
  [
    'customer_days',
    { user_id: '7', order_date: '2025-03-01' },
    { orders: ['1'], order_items: ['11', '12'], products: ['1', '2'] },
  ],
  [
    'category_kpis',
    { category: 'Mugs', order_date: '2025-03-01' },
    { order_items: ['11', '21'], orders: ['1', '2'], products: ['1'] },
  ],
  [
    'product_sales',
    { product_id: '2', order_date: '2025-03-01' },
    { order_items: ['12'], orders: ['1'], products: ['2'] },
  ],
  ['customer_value', { user_id: '7' }, { customer_days: ['2025-03-01 7', '2025-03-02 7'] }],
])('a row of %s %j is computed from these rows, and from no others', async (mart, key, expected) => {
  expect(await keysOf(mart, key)).toEqual({ keys: expected, isReproduced: true });
});

test('a row names its values, its last execution, and what its rows have in common with it', async () => {
  const lineage = await inRow(
    'category_kpis',
    { category: 'Mugs', order_date: '2025-03-01' },
    async (row) => row.lineage,
  );
  expect(lineage.row).toMatchObject({ category: 'Mugs', daily_revenue: '25.00' });
  expect(lineage.changed).toMatchObject({ execution: executions[0] });
  expect(lineage.inputs.find(({ name }) => name === 'order_items')).toMatchObject({
    location: 'staging/order_items',
    is_mart: false,
    rows: 2,
    referred_by: null,
    where: [
      { column: 'category', value: 'Mugs' },
      { column: 'order_date', value: '2025-03-01' },
    ],
  });
  expect(lineage.inputs.find(({ name }) => name === 'orders')).toMatchObject({ referred_by: 'order_items' });
  const changed = await inRow('order_days', { order_date: '2025-03-02' }, async (row) => row.lineage.changed);
  expect(changed?.execution).toBe(executions[1]);
});
