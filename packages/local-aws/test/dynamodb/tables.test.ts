import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DeleteTableCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  ListTablesCommand,
  ResourceInUseException,
  ResourceNotFoundException,
} from '@aws-sdk/client-dynamodb';
import {
  BatchWriteCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import type { LevelIterator } from 'dynalite/db';
import { ensureTable, TableDiffersError } from '../../src/dynamodb/ensure-table';
import { runOperation } from '../../src/dynamodb/operations';
import { createDynamoDbService } from '../../src/dynamodb/service';
import { closeStore, openStore } from '../../src/dynamodb/store';
import { until } from '../../src/testing/files';
import { ACCOUNT, clientConfig, REGION, Scene } from '../../src/testing/scene';

const scene = new Scene();
afterEach(() => scene.cleanUp());

const TABLE: CreateTableCommandInput = {
  TableName: 'CategoryKPIs',
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [
    { AttributeName: 'category', AttributeType: 'S' },
    { AttributeName: 'order_date', AttributeType: 'S' },
  ],
  KeySchema: [
    { AttributeName: 'category', KeyType: 'HASH' },
    { AttributeName: 'order_date', KeyType: 'RANGE' },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'by-date',
      KeySchema: [
        { AttributeName: 'order_date', KeyType: 'HASH' },
        { AttributeName: 'category', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'ALL' },
    },
  ],
};
const TableName = TABLE.TableName;

async function open(directory?: string) {
  const home = directory ?? (await scene.directory());
  const dynamodb = await createDynamoDbService({
    directory: home,
    account: '123456789012',
    region: 'eu-west-1',
  });
  const { url } = await scene.serve(dynamodb);
  const client = new DynamoDBClient(clientConfig(url));
  const items = DynamoDBDocumentClient.from(client);
  const put = (category: string, order_date: string, daily_revenue: number) =>
    items.send(new PutCommand({ TableName, Item: { category, order_date, daily_revenue } }));
  const onDate = async (date: string) => {
    const { Items } = await items.send(
      new QueryCommand({
        TableName,
        IndexName: 'by-date',
        KeyConditionExpression: 'order_date = :d',
        ExpressionAttributeValues: { ':d': date },
      }),
    );
    return Items?.map(({ category, daily_revenue }) => [category, daily_revenue]);
  };
  return { home, dynamodb, client, items, put, onDate };
}

test('a table is active once ensured, with account and region in its ARNs', async () => {
  const { dynamodb, client } = await open();
  await dynamodb.ensureTable(TABLE);
  await dynamodb.ensureTable(TABLE);
  expect((await client.send(new ListTablesCommand({}))).TableNames).toEqual([TableName]);
  const { Table } = await client.send(new DescribeTableCommand({ TableName }));
  expect(Table).toMatchObject({
    TableStatus: 'ACTIVE',
    TableArn: 'arn:aws:dynamodb:eu-west-1:123456789012:table/CategoryKPIs',
    GlobalSecondaryIndexes: [
      {
        IndexArn: 'arn:aws:dynamodb:eu-west-1:123456789012:table/CategoryKPIs/index/by-date',
        IndexStatus: 'ACTIVE',
      },
    ],
  });
});

test('an existing table with different keys is rejected', async () => {
  const { dynamodb } = await open();
  await dynamodb.ensureTable(TABLE);
  const { GlobalSecondaryIndexes, ...other } = TABLE;
  const ensured = dynamodb.ensureTable(other);
  await expect(ensured).rejects.toThrow(TableDiffersError);
  await expect(ensured).rejects.toThrow(
    'with the keys category, order_date; by-date: order_date, category, expected',
  );
});

test('items are written, read, queried by key and by index, counted and deleted', async () => {
  const { dynamodb, items, put, onDate } = await open();
  await dynamodb.ensureTable(TABLE);
  await put('Socks', '2025-07-01', 10.25);
  await put('Jeans', '2025-07-01', 1);
  await items.send(
    new BatchWriteCommand({
      RequestItems: {
        CategoryKPIs: ['2025-07-02', '2025-07-03'].map((order_date) => ({
          PutRequest: { Item: { category: 'Socks', order_date, daily_revenue: 2 } },
        })),
      },
    }),
  );
  const Key = { category: 'Socks', order_date: '2025-07-01' };
  expect((await items.send(new GetCommand({ TableName, Key }))).Item).toEqual({
    ...Key,
    daily_revenue: 10.25,
  });
  const range = await items.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: 'category = :c and order_date between :a and :b',
      ExpressionAttributeValues: { ':c': 'Socks', ':a': '2025-07-02', ':b': '2025-07-31' },
      ScanIndexForward: false,
    }),
  );
  expect(range.Items?.map(({ order_date }) => order_date)).toEqual(['2025-07-03', '2025-07-02']);
  expect(await onDate('2025-07-01')).toEqual([
    ['Jeans', 1],
    ['Socks', 10.25],
  ]);
  await items.send(
    new UpdateCommand({
      TableName,
      Key,
      UpdateExpression: 'SET daily_revenue = :r',
      ExpressionAttributeValues: { ':r': 11 },
    }),
  );
  await items.send(new DeleteCommand({ TableName, Key: { category: 'Jeans', order_date: '2025-07-01' } }));
  expect(await onDate('2025-07-01')).toEqual([['Socks', 11]]);
  expect((await items.send(new ScanCommand({ TableName, Select: 'COUNT' }))).Count).toBe(3);
});

describe('a batch of writes', () => {
  const item = (category: string, daily_revenue: number) => ({
    category,
    order_date: '2025-07-01',
    daily_revenue,
  });
  const put = (Item: object) => ({ PutRequest: { Item } });
  const remove = (category: string) => ({ DeleteRequest: { Key: { category, order_date: '2025-07-01' } } });

  test('replaces and deletes items, also in the index', async () => {
    const { dynamodb, items, onDate } = await open();
    await dynamodb.ensureTable(TABLE);
    const write = (requests: object[]) =>
      items.send(new BatchWriteCommand({ RequestItems: { [`${TableName}`]: requests } }));
    await write([put(item('Socks', 1)), put(item('Jeans', 2)), put(item('Caps', 3))]);
    await write([put(item('Socks', 4)), remove('Jeans'), remove('none')]);
    expect(await onDate('2025-07-01')).toEqual([
      ['Caps', 3],
      ['Socks', 4],
    ]);
    const capacity = await items.send(
      new BatchWriteCommand({
        RequestItems: { [`${TableName}`]: [put(item('Hats', 5))] },
        ReturnConsumedCapacity: 'TOTAL',
      }),
    );
    expect(capacity.ConsumedCapacity).toEqual([{ TableName, CapacityUnits: 1 }]);
  });

  test('writes nothing if one of its items is wrong', async () => {
    const { dynamodb, items, onDate } = await open();
    await dynamodb.ensureTable(TABLE);
    const write = (...requests: object[]) =>
      items.send(new BatchWriteCommand({ RequestItems: { [`${TableName}`]: requests } }));
    await expect(write(put(item('Socks', 1)), put({ category: 'Jeans' }))).rejects.toThrow(
      'The provided key element does not match the schema',
    );
    await expect(write(put(item('Socks', 1)), remove('Socks'))).rejects.toThrow('contains duplicates');
    await expect(
      items.send(new BatchWriteCommand({ RequestItems: { Missing: [put(item('Socks', 1))] } })),
    ).rejects.toThrow('Requested resource not found');
    expect(await onDate('2025-07-01')).toEqual([]);
  });

  test('waits for a conditional write of one of its keys', async () => {
    const { dynamodb, items } = await open();
    await dynamodb.ensureTable(TABLE);
    const first = new PutCommand({
      TableName,
      Item: item('Socks', 1),
      ConditionExpression: 'attribute_not_exists(category)',
    });
    const batches = Array.from({ length: 20 }, (_, at) =>
      items.send(new BatchWriteCommand({ RequestItems: { [`${TableName}`]: [put(item('Socks', at + 2))] } })),
    );
    const results = await Promise.allSettled([items.send(first), items.send(first), ...batches]);
    expect(results.filter(({ status }) => status === 'rejected').length).toBeGreaterThanOrEqual(1);
    const { Item } = await items.send(
      new GetCommand({ TableName, Key: { category: 'Socks', order_date: '2025-07-01' } }),
    );
    expect(Item?.daily_revenue).toBeGreaterThan(1);
  });
});

test('a scan returns pages', async () => {
  const { dynamodb, items, put } = await open();
  await dynamodb.ensureTable(TABLE);
  for (let i = 0; i < 7; i++) await put('Socks', `2025-07-0${i + 1}`, i);
  const seen: unknown[] = [];
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await items.send(new ScanCommand({ TableName, Limit: 3, ExclusiveStartKey }));
    seen.push(...(page.Items ?? []).map(({ daily_revenue }) => daily_revenue));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6]);
});

test('errors are those of DynamoDB', async () => {
  const { client, items } = await open();
  await expect(client.send(new DescribeTableCommand({ TableName: 'none' }))).rejects.toThrow(
    ResourceNotFoundException,
  );
  await client.send(new CreateTableCommand(TABLE));
  await expect(client.send(new CreateTableCommand(TABLE))).rejects.toThrow(ResourceInUseException);
  await expect(items.send(new PutCommand({ TableName, Item: { category: 'x' } }))).rejects.toMatchObject({
    name: 'ValidationException',
    message: expect.stringContaining('Missing the key order_date'),
  });
  await expect(
    items.send(
      new PutCommand({
        TableName,
        Item: { category: 'x', order_date: 'y' },
        ConditionExpression: 'attribute_exists(category)',
      }),
    ),
  ).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
  const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName }));
  expect(TimeToLiveDescription?.TimeToLiveStatus).toBe('DISABLED');
});

test('the error of an unsupported operation names it', async () => {
  const { client } = await open();
  const unknown = (name: string) => ({
    name: 'UnknownOperationException',
    message: `dynamodb: the operation ${name} is not supported locally`,
  });
  await expect(client.send(new DescribeContinuousBackupsCommand({ TableName }))).rejects.toMatchObject(
    unknown('DescribeContinuousBackups'),
  );
});

test('tables and items survive a restart', async () => {
  const first = await open();
  await first.dynamodb.ensureTable(TABLE);
  await first.put('Socks', '2025-07-01', 10.25);
  await first.dynamodb.close();
  await first.dynamodb.close();
  const second = await open(first.home);
  await second.dynamodb.ensureTable(TABLE);
  expect(await second.onDate('2025-07-01')).toEqual([['Socks', 10.25]]);
});

test('files and lock of a killed process are taken over', async () => {
  const first = await open();
  await first.dynamodb.ensureTable(TABLE);
  await first.put('Socks', '2025-07-01', 10.25);
  const left = join(await scene.directory(), 'copy');
  await cp(first.home, left, { recursive: true });
  const second = await open(left);
  expect(await second.onDate('2025-07-01')).toEqual([['Socks', 10.25]]);
});

test('a directory in use is an error', async () => {
  const { home } = await open();
  await expect(open(home)).rejects.toThrow(`${home} is in use by another process`);
});

test('operations of a killed process are completed: tables become active or are deleted', async () => {
  const first = await open();
  await first.dynamodb.ensureTable(TABLE);
  await first.dynamodb.ensureTable({ ...TABLE, TableName: 'Other' });
  await first.put('Socks', '2025-07-01', 1);
  await first.dynamodb.close();
  const store = await openStore(first.home, ACCOUNT, REGION);
  const status = (name: string, TableStatus: string) =>
    new Promise((resolve, reject) => {
      const table = { TableName: name, TableStatus, KeySchema: [] };
      store.tableDb.put(name, table, (error) => (error ? reject(error) : resolve(undefined)));
    });
  await status('CategoryKPIs', 'DELETING');
  await status('Other', 'CREATING');
  await new Promise((resolve) => store.lifecycleManager.gracefulClose(resolve));

  const second = await open(first.home);
  expect((await second.client.send(new ListTablesCommand({}))).TableNames).toEqual(['Other']);
  const { Table } = await second.client.send(new DescribeTableCommand({ TableName: 'Other' }));
  expect(Table?.TableStatus).toBe('ACTIVE');
  await second.dynamodb.ensureTable(TABLE);
  expect(await second.onDate('2025-07-01')).toEqual([]);
});

test('a new table does not see the items of a deleted one', async () => {
  const { dynamodb, client, put, onDate } = await open();
  await dynamodb.ensureTable(TABLE);
  await put('Socks', '2025-07-01', 1);
  await client.send(new DeleteTableCommand({ TableName }));
  await new Promise((resolve) => setTimeout(resolve, 50));
  await dynamodb.ensureTable(TABLE);
  expect(await onDate('2025-07-01')).toEqual([]);
});

test('a query closes its iterator at the end and when it stops early', async () => {
  const store = await openStore(await scene.directory(), '123456789012', 'eu-west-1');
  try {
    await ensureTable(store, TABLE);
    for (let day = 10; day < 40; day++) {
      const Item = { category: { S: 'Books' }, order_date: { S: `${day}` }, note: { S: 'x'.repeat(50_000) } };
      await runOperation(store, 'PutItem', { TableName, Item });
    }
    const open = new Set<LevelIterator>();
    let opened = 0;
    const values = store.db.values.bind(store.db);
    store.db.values = (range) => {
      const iterator = values(range);
      const close = iterator.close.bind(iterator);
      iterator.close = () => close().then(() => void open.delete(iterator));
      open.add(iterator);
      opened++;
      return iterator;
    };
    const query = {
      TableName,
      KeyConditionExpression: 'category = :c',
      ExpressionAttributeValues: { ':c': { S: 'Books' } },
    };
    expect(await runOperation(store, 'Query', { ...query, Limit: 2 })).toMatchObject({ Count: 2 });
    // One full response.
    const page = await runOperation(store, 'Query', query);
    expect(page).toMatchObject({ LastEvaluatedKey: {} });
    const { LastEvaluatedKey } = page as { LastEvaluatedKey: object };
    const rest = await runOperation(store, 'Query', { ...query, ExclusiveStartKey: LastEvaluatedKey });
    expect(rest).not.toHaveProperty('LastEvaluatedKey');
    await runOperation(store, 'Scan', { TableName });

    expect(opened).toBeGreaterThanOrEqual(4);
    await until(() => open.size === 0);
  } finally {
    await closeStore(store);
  }
});
