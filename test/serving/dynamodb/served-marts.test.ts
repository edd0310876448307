import { type CreateTableCommandInput, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { createDynamoDbService } from 'local-aws';
import { clientConfig, Scene } from 'local-aws/testing';
import { catalog } from '../../../catalog/catalog';
import type { ServedMart } from '../../../domain/mart';
import { type MartChoice, parseCondition } from '../../../operations/marts/choice';
import { accessesOf, readFromDynamoDb } from '../../../operations/marts/dynamodb-rows';
import { dynamoDbStore } from '../../../serving/dynamodb/dynamodb-store';
import { everyKey, publish } from '../../../serving/dynamodb/publish';
import { readItems } from '../../../serving/dynamodb/read-items';
import { openTestLake, type TestLake } from '../../builders/test-lake';
import { synthesize } from '../../infra/template';

/** The marts with rows as they are published, through the SDK, to the tables of the template. */

const scene = new Scene();
let client: DynamoDBClient;
let lake: TestLake;
const SALES = catalog.servedMart('product_sales');

beforeAll(async () => {
  const service = await createDynamoDbService({ directory: await scene.directory() });
  client = new DynamoDBClient(clientConfig((await scene.serve(service)).url));
  const template = synthesize().findResources('AWS::DynamoDB::Table');
  for (const { Properties } of Object.values(template)) {
    const { TableName, KeySchema, AttributeDefinitions, GlobalSecondaryIndexes, BillingMode } = Properties;
    const table = { TableName, KeySchema, AttributeDefinitions, GlobalSecondaryIndexes, BillingMode };
    await service.ensureTable(table as CreateTableCommandInput);
  }
  lake = await openTestLake();
}, 60_000);
afterAll(async () => {
  lake.close();
  client.destroy();
  await scene.cleanUp();
});

/** Publishes rows as those of a mart's table, and deletes every other item. */
async function publishRows(mart: ServedMart, rows: string): Promise<void> {
  const store = dynamoDbStore(client, mart.dynamoDb.table, mart);
  await lake.db.run(`create or replace temp table rows as ${rows}`);
  await publish(lake.db, mart, 'rows', await everyKey(lake.db, mart, 'rows', store), store);
}

async function itemsOf(mart: ServedMart) {
  const { Items = [] } = await client.send(new ScanCommand({ TableName: mart.dynamoDb.table }));
  const cells = [];
  for await (const item of readItems(client, mart.dynamoDb.table, mart)) cells.push(item);
  return { items: Items, cells };
}

const salesOf = (values: string) =>
  `select product_id::bigint as product_id, order_date::date as order_date, orders::bigint as orders, units::bigint as units,
    revenue::decimal(38,2) as revenue, cost::decimal(38,2) as cost, margin::decimal(38,2) as margin, 0::bigint as returned_units,
    0::decimal(38,2) as returned_revenue
  from (values ${values}) as v(product_id, order_date, orders, units, revenue, cost, margin)`;

test('numbers are numbers, also in the key, days are texts, and null has no attribute', async () => {
  await publishRows(SALES, salesOf("(7, '2025-03-01', 2, 3, 12.50, null, null)"));
  const { items, cells } = await itemsOf(SALES);
  expect(items).toEqual([
    {
      product_id: { N: '7' },
      order_date: { S: '2025-03-01' },
      orders: { N: '2' },
      units: { N: '3' },
      revenue: { N: '12.5' },
      returned_units: { N: '0' },
      returned_revenue: { N: '0' },
    },
  ]);
  expect(cells).toEqual([
    {
      product_id: '7',
      order_date: '2025-03-01',
      orders: '2',
      units: '3',
      revenue: '12.5',
      returned_units: '0',
      returned_revenue: '0',
    },
  ]);
  await publishRows(SALES, salesOf("(8, '2025-03-01', 1, 1, 1, 1, 0)"));
  expect((await itemsOf(SALES)).cells.map(({ product_id }) => product_id)).toEqual(['8']);
});

test('dates that are not in the key are texts', async () => {
  const mart = catalog.servedMart('customer_value');
  await publishRows(
    mart,
    `select 9::bigint as user_id, date '2025-01-01' as first_order_date, date '2025-02-01' as last_order_date, 2::bigint as orders,
      2::bigint as units, 20.00::decimal(38,2) as revenue, 0::decimal(38,2) as returned_revenue, 20.00::decimal(38,2) as net_revenue,
      10.00::decimal(38,2) as avg_order_value, 1::bigint as frequency, 31::bigint as recency_days, null::decimal(38,2) as monetary_value`,
  );
  expect((await itemsOf(mart)).items).toMatchObject([
    { user_id: { N: '9' }, first_order_date: { S: '2025-01-01' }, recency_days: { N: '31' } },
  ]);
  expect((await itemsOf(mart)).items[0]).not.toHaveProperty('monetary_value');
});

test('an instant is a text in UTC with as many digits as it has', async () => {
  const mart = catalog.servedMart('inventory_status');
  await publishRows(
    mart,
    `select 1::bigint as product_id, 5::bigint as on_hand, timestamptz '2025-03-01 12:00:00+02' as counted_at
    union all select 2, -1, timestamptz '2025-03-01 10:00:00.0005+00'`,
  );
  const { cells } = await itemsOf(mart);
  expect(cells.toSorted((a, b) => Number(a.product_id) - Number(b.product_id))).toEqual([
    { product_id: '1', on_hand: '5', counted_at: '2025-03-01T10:00:00Z' },
    { product_id: '2', on_hand: '-1', counted_at: '2025-03-01T10:00:00.0005Z' },
  ]);
});

test('a boolean is a boolean, and one of another type is no valid value', async () => {
  const mart: ServedMart = {
    ...catalog.servedMart('inventory_status'),
    columns: [
      { name: 'product_id', type: 'int64' },
      { name: 'is_stock_out', type: 'boolean' },
    ],
  };
  await publishRows(mart, 'select 3::bigint as product_id, true as is_stock_out');
  const { items, cells } = await itemsOf(mart);
  expect(items).toEqual([{ product_id: { N: '3' }, is_stock_out: { BOOL: true } }]);
  expect(cells).toEqual([{ product_id: '3', is_stock_out: 'true' }]);
  await dynamoDbStore(client, mart.dynamoDb.table, {
    ...mart,
    columns: [{ name: 'product_id', type: 'int64' }],
  }).put([{ product_id: '3', is_stock_out: 'true' }]);
  expect((await itemsOf(mart)).cells).toEqual([{ product_id: '3', is_stock_out: '{"S":"true"}' }]);
});

const choice = (more: Partial<MartChoice> & { conditions?: readonly string[] } = {}): MartChoice => {
  const { conditions = [], ...rest } = more;
  return { where: conditions.map((text) => parseCondition(SALES, text)), limit: 100, ...rest };
};

describe('reading a mart', () => {
  beforeAll(() =>
    publishRows(
      SALES,
      salesOf(`(7, '2025-03-01', 1, 1, 10, 4, 6), (7, '2025-03-02', 1, 2, 20, 8, 12), (10, '2025-03-01', 1, 1, 5, null, null),
        (9, '2025-04-01', 1, 1, 5.5, 1, 4.5)`),
    ),
  );
  const read = async (of: MartChoice) => {
    const { rows, left_out } = await readFromDynamoDb(client, SALES.dynamoDb.table, SALES, of);
    return { rows: rows.map(({ product_id, order_date }) => `${product_id} ${order_date}`), left_out };
  };

  test.each([
    ['the key', { conditions: ['product_id=7'], from: '2025-03-02' }, ['7 2025-03-02'], ['query table']],
    [
      'the key and another column',
      { conditions: ['product_id=7', 'units=1'] },
      ['7 2025-03-01'],
      ['query table'],
    ],
    [
      'the key of an index',
      { conditions: ['order_date=2025-03-01'] },
      ['7 2025-03-01', '10 2025-03-01'],
      ['query by-date'],
    ],
    [
      'some days',
      { from: '2025-03-01', to: '2025-03-02' },
      ['7 2025-03-01', '7 2025-03-02', '10 2025-03-01'],
      ['query by-date', 'query by-date'],
    ],
    ['the end of the days', { to: '2025-03-01' }, ['7 2025-03-01', '10 2025-03-01'], ['scan']],
    ['another column', { conditions: ['revenue=5.50'] }, ['9 2025-04-01'], ['scan']],
    ['nothing', {}, ['7 2025-03-01', '7 2025-03-02', '9 2025-04-01', '10 2025-03-01'], ['scan']],
  ])('by %s', async (_, given, rows, accesses) => {
    const of = choice(given);
    expect(await read(of)).toEqual({ rows, left_out: 0 });
    const kinds = accessesOf(SALES, of).map(({ key, index = 'table' }) => (key ? `query ${index}` : 'scan'));
    expect(kinds).toEqual(accesses);
  });

  test('the first rows by key, and how many more there are', async () => {
    expect(await read(choice({ limit: 2 }))).toEqual({ rows: ['7 2025-03-01', '7 2025-03-02'], left_out: 2 });
  });

  test('values have the decimal places of their type, and null where there is none', async () => {
    const { rows, columns } = await readFromDynamoDb(
      client,
      SALES.dynamoDb.table,
      SALES,
      choice({ conditions: ['product_id=10'] }),
    );
    expect(columns).toBe(SALES.columns);
    expect(rows).toEqual([
      {
        product_id: '10',
        order_date: '2025-03-01',
        orders: '1',
        units: '1',
        revenue: '5.00',
        cost: null,
        margin: null,
        returned_units: '0',
        returned_revenue: '0.00',
      },
    ]);
  });
});
