import { catalog } from '../../catalog/catalog';
import { parseSchemaString, schemaString } from '../../lake/schema';
import type { TableSpec } from '../../lake/table-spec';
import { readDelta } from '../builders/read-delta';
import { type Cells, mergeRows, openTestLake } from '../builders/test-lake';

const described = (columns: readonly { name: string; type: string }[]) =>
  columns.map(({ name, type }) => `${name} ${type}`);

const lineage = [
  '_source_key string',
  '_source_modified_at timestamp',
  '_source_line long',
  '_deleted boolean',
];

test('staging tables have the columns of their kind, the partition columns, the lineage columns and the deletion flag', () => {
  expect(
    catalog.kinds.map((kind) => [
      catalog.stagingTable(kind).location,
      catalog.stagingTable(kind).partitionColumns,
    ]),
  ).toEqual([
    ['staging/currency_rates', ['year', 'month']],
    ['staging/event_items', ['day']],
    ['staging/events', ['day']],
    ['staging/inventory', ['year', 'month']],
    ['staging/order_items', ['year', 'month']],
    ['staging/orders', ['year', 'month']],
    ['staging/products', ['department']],
  ]);
  expect(described(catalog.stagingTable('products').columns)).toEqual([
    'id long',
    'sku string',
    'cost decimal(18,4)',
    'category string',
    'name string',
    'brand string',
    'retail_price decimal(18,4)',
    'department string',
    ...lineage,
  ]);
  expect(described(catalog.stagingTable('orders').columns).slice(-8)).toEqual([
    'num_of_item long',
    'currency string',
    'year string',
    'month string',
    ...lineage,
  ]);
  expect(catalog.stagingTable('orders').key).toEqual(['order_id']);
  expect(catalog.stagingTable('order_items').versionOrder).toEqual([
    '_source_modified_at',
    '_source_key',
    '_source_line',
  ]);
});

test('KPI tables have exact numbers, one partition per year, their days together, and no row versions', () => {
  expect(described(catalog.martTable('order_kpis').columns)).toEqual([
    'order_date date',
    'total_orders long',
    'total_revenue decimal(38,2)',
    'total_items_sold long',
    'unique_customers long',
    'return_rate decimal(5,2)',
    'returned_orders long',
    '_total_revenue decimal(38,4)',
    'month string',
    'year string',
  ]);
  expect(catalog.martTable('category_kpis')).toMatchObject({
    location: 'kpis/category_kpis',
    key: ['order_date', 'category'],
    partitionColumns: ['year'],
    versionOrder: [],
  });
});

test('a schema is written as in the Delta log, and can be parsed again', () => {
  const text = schemaString(catalog.martTable('order_kpis').columns.slice(0, 2));
  expect(JSON.parse(text)).toEqual({
    type: 'struct',
    fields: [
      { name: 'order_date', type: 'date', nullable: true, metadata: {} },
      { name: 'total_orders', type: 'long', nullable: true, metadata: {} },
    ],
  });
  expect(parseSchemaString(text)).toEqual([
    { name: 'order_date', type: 'date', invariant: undefined, isPseudonym: false },
    { name: 'total_orders', type: 'long', invariant: undefined, isPseudonym: false },
  ]);
});

test('a row of each table is stored in its partition, with every cell', async () => {
  const lake = await openTestLake();
  try {
    const from = {
      _source_key: 'input/x.csv',
      _source_modified_at: '2025-07-01 00:00:00.001+00',
      _source_line: 2,
    };
    const times = {
      created_at: '2025-07-31 23:30:00-01',
      shipped_at: null,
      delivered_at: null,
      returned_at: null,
    };
    const products = catalog.stagingTable('products');
    const orders = catalog.stagingTable('orders');
    const order_items = catalog.stagingTable('order_items');
    const inventory = catalog.stagingTable('inventory');
    const currency_rates = catalog.stagingTable('currency_rates');
    const order_kpis = catalog.martTable('order_kpis');
    const category_kpis = catalog.martTable('category_kpis');
    const product = {
      id: 1,
      sku: 'S',
      cost: '0.0001',
      category: ' c ',
      name: '',
      brand: null,
      retail_price: '2.5',
    };
    const kpis = {
      total_orders: 1,
      total_revenue: '9.99',
      total_items_sold: 1,
      unique_customers: 1,
      return_rate: '100.00',
      returned_orders: 1,
      _total_revenue: '9.9900',
    };
    const rates = {
      daily_revenue: '9.99',
      avg_order_value: '9.99',
      avg_return_rate: '0.00',
      orders: 1,
      items: 1,
      returned_items: 0,
      _daily_revenue: '9.9900',
    };
    const rows: [TableSpec, Cells][] = [
      [products, { ...product, department: 'Men & Women', ...from }],
      [orders, { order_id: 1, user_id: 2, status: 'Shipped', num_of_item: 3, ...times, ...from }],
      [
        order_items,
        {
          id: 1,
          order_id: 2,
          user_id: null,
          product_id: 4,
          status: null,
          sale_price: '9.99',
          ...times,
          ...from,
        },
      ],
      [inventory, { product_id: 1, on_hand: -2, counted_at: '2025-07-31 23:30:00-01', ...from }],
      [currency_rates, { currency: 'USD', rate_date: '2025-07-31', rate: '1.08640000', ...from }],
      [order_kpis, { order_date: '2025-07-31', ...kpis }],
      [category_kpis, { category: 'c', order_date: '2025-07-31', ...rates }],
    ];
    const found: unknown[] = [];
    for (const [spec, row] of rows) {
      await mergeRows(lake, spec, [row]);
      for (const { path, rows: cells } of await readDelta(lake.bucket, spec.location)) {
        found.push([path.replace(/part-.*/, ''), ...cells.map((cell) => Object.values(cell).join('|'))]);
      }
    }
    const version = 'input/x.csv|2025-07-01T00:00:00.001000Z|2|';
    expect(found).toEqual([
      ['department=Men%20%26%20Women/', `1|S|0.0001| c |||2.5000|Men & Women|${version}`],
      ['year=2025/month=08/', `1|2|Shipped|2025-08-01T00:30:00.000000Z||||3||2025|08|${version}`],
      ['year=2025/month=08/', `1|2||4||2025-08-01T00:30:00.000000Z||||9.9900||2025|08|${version}`],
      ['year=2025/month=08/', `1|-2|2025-08-01T00:30:00.000000Z|2025|08|${version}`],
      ['year=2025/month=07/', `USD|2025-07-31|1.08640000|2025|07|${version}`],
      ['year=2025/', '2025-07-31|1|9.99|1|1|100.00|1|9.9900|2025-07|2025'],
      ['year=2025/', 'c|2025-07-31|9.99|9.99|0.00|1|1|0|9.9900|2025-07|2025'],
    ]);
  } finally {
    lake.close();
  }
});
