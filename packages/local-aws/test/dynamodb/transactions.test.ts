import { DescribeTableCommand, DynamoDBClient, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import {
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { createDynamoDbService } from '../../src/dynamodb/service';
import { clientConfig, Scene } from '../../src/testing/scene';

const scene = new Scene();
afterEach(() => scene.cleanUp());

const TABLES = ['Orders', 'Counts'] as const;

async function open() {
  const dynamodb = await createDynamoDbService({ directory: await scene.directory() });
  const { url } = await scene.serve(dynamodb);
  for (const TableName of TABLES)
    await dynamodb.ensureTable({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'id', AttributeType: 'S' },
        { AttributeName: 'state', AttributeType: 'S' },
      ],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'by-state',
          KeySchema: [{ AttributeName: 'state', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    });
  const client = new DynamoDBClient(clientConfig(url));
  const items = DynamoDBDocumentClient.from(client);
  const get = async (TableName: string, id: string) =>
    (await items.send(new GetCommand({ TableName, Key: { id } }))).Item;
  const inState = async (state: string) => {
    const { Items = [] } = await items.send(
      new QueryCommand({
        TableName: 'Orders',
        IndexName: 'by-state',
        KeyConditionExpression: '#s = :s',
        ExpressionAttributeNames: { '#s': 'state' },
        ExpressionAttributeValues: { ':s': state },
      }),
    );
    return Items.map(({ id }) => id).sort();
  };
  const put = (id: string, state: string) =>
    items.send(new PutCommand({ TableName: 'Orders', Item: { id, state } }));
  const transact = (TransactItems: TransactWriteCommandInput['TransactItems'], ClientRequestToken?: string) =>
    items.send(new TransactWriteCommand({ TransactItems, ClientRequestToken }));
  return { dynamodb, client, items, get, inState, put, transact };
}

const update = (id: string, state: string, only?: string) => ({
  Update: {
    TableName: 'Orders',
    Key: { id },
    UpdateExpression: 'set #s = :to',
    ConditionExpression: only === undefined ? 'attribute_not_exists(#s)' : '#s = :only',
    ExpressionAttributeNames: { '#s': 'state' },
    ExpressionAttributeValues: { ':to': state, ...(only !== undefined && { ':only': only }) },
  },
});

test('puts, updates and deletes items of several tables together, with their indexes', async () => {
  const { put, transact, get, inState } = await open();
  await put('a', 'open');
  await put('b', 'open');
  await transact([
    update('a', 'paid', 'open'),
    update('c', 'open'),
    { Delete: { TableName: 'Orders', Key: { id: 'b' } } },
    { Put: { TableName: 'Counts', Item: { id: 'all', n: 2 } } },
  ]);
  expect(await get('Orders', 'a')).toEqual({ id: 'a', state: 'paid' });
  expect(await get('Orders', 'b')).toBeUndefined();
  expect(await get('Counts', 'all')).toEqual({ id: 'all', n: 2 });
  expect([await inState('open'), await inState('paid')]).toEqual([['c'], ['a']]);
});

test('writes nothing if one condition does not hold, and says which', async () => {
  const { put, transact, get, inState } = await open();
  await put('a', 'open');
  await put('b', 'paid');
  const canceled = transact([
    update('a', 'paid', 'open'),
    update('b', 'paid', 'open'),
    {
      ConditionCheck: {
        TableName: 'Counts',
        Key: { id: 'all' },
        ConditionExpression: 'attribute_exists(id)',
      },
    },
  ]);
  await expect(canceled).rejects.toMatchObject({
    name: 'TransactionCanceledException',
    CancellationReasons: [
      { Code: 'None' },
      { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' },
      { Code: 'ConditionalCheckFailed' },
    ],
  });
  expect(await get('Orders', 'a')).toEqual({ id: 'a', state: 'open' });
  expect(await inState('paid')).toEqual(['b']);
});

test('a condition that is only checked leaves its item as it is', async () => {
  const { put, transact, get } = await open();
  await put('a', 'open');
  const check = { TableName: 'Orders', Key: { id: 'a' }, ConditionExpression: 'attribute_exists(id)' };
  await transact([{ ConditionCheck: check }, update('b', 'open')]);
  expect(await get('Orders', 'a')).toEqual({ id: 'a', state: 'open' });
  expect(await get('Orders', 'b')).toEqual({ id: 'b', state: 'open' });
});

test('a request that is repeated with its token succeeds without effect; with other operations, it is refused', async () => {
  const { items, transact, get } = await open();
  await transact([update('a', 'open')], 'token');
  await items.send(new PutCommand({ TableName: 'Orders', Item: { id: 'a', state: 'paid' } }));
  await transact([update('a', 'open')], 'token');
  expect(await get('Orders', 'a')).toEqual({ id: 'a', state: 'paid' });
  await expect(transact([update('b', 'open')], 'token')).rejects.toMatchObject({
    name: 'IdempotentParameterMismatchException',
  });
  await expect(transact([update('a', 'open')])).rejects.toMatchObject({
    name: 'TransactionCanceledException',
  });
});

test('refuses two operations on one item, more than a hundred, and a wrong key', async () => {
  const { transact } = await open();
  await expect(transact([update('a', 'open'), update('a', 'paid')])).rejects.toMatchObject({
    name: 'ValidationException',
    message: 'Transaction request cannot include multiple operations on one item',
  });
  await expect(
    transact(Array.from({ length: 101 }, (_, at) => update(`${at}`, 'open'))),
  ).rejects.toMatchObject({ name: 'ValidationException' });
  const Key = { other: 'a' };
  await expect(transact([{ Delete: { TableName: 'Orders', Key } }])).rejects.toMatchObject({
    name: 'ValidationException',
  });
  await expect(transact([{}])).rejects.toMatchObject({ name: 'ValidationException' });
});

test('writes of one item in transactions and alone do not mix', async () => {
  const { items, transact, get } = await open();
  const add = {
    UpdateExpression: 'add n :one',
    ExpressionAttributeValues: { ':one': 1 },
  };
  const alone = (id: string) => items.send(new UpdateCommand({ TableName: 'Counts', Key: { id }, ...add }));
  const together = (TableName: string, id: string) => ({ Update: { TableName, Key: { id }, ...add } });
  await Promise.all(
    Array.from({ length: 20 }, () => [
      alone('x'),
      transact([together('Counts', 'x'), together('Orders', 'y')]),
      transact([together('Orders', 'y'), together('Counts', 'x')]),
    ]).flat(),
  );
  expect([await get('Counts', 'x'), await get('Orders', 'y')]).toEqual([
    { id: 'x', n: 60 },
    { id: 'y', n: 40 },
  ]);
});

test('a table that changes is seen as it is', async () => {
  const { dynamodb, client, put, inState } = await open();
  await put('a', 'open');
  expect(await inState('open')).toEqual(['a']);
  await client.send(
    new UpdateTableCommand({
      TableName: 'Orders',
      BillingMode: 'PROVISIONED',
      ProvisionedThroughput: { ReadCapacityUnits: 3, WriteCapacityUnits: 5 },
      GlobalSecondaryIndexUpdates: [
        {
          Update: {
            IndexName: 'by-state',
            ProvisionedThroughput: { ReadCapacityUnits: 3, WriteCapacityUnits: 5 },
          },
        },
      ],
    }),
  );
  const { Table } = await client.send(new DescribeTableCommand({ TableName: 'Orders' }));
  expect(Table?.ProvisionedThroughput).toMatchObject({ WriteCapacityUnits: 5 });
  await dynamodb.close();
});
