import {
  type BatchWriteItemCommandInput,
  DynamoDBClient,
  type ScanCommandInput,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { catalog } from '../../../catalog/catalog';
import { dynamoDbStore, UnprocessedItemsError } from '../../../serving/dynamodb/dynamodb-store';

/** A client that takes as many items of each request as `capacity` says, and hands the others back. */
function client(capacity: (call: number) => number) {
  const taken: WriteRequest[] = [];
  let calls = 0;
  const send = async ({ input }: { input: BatchWriteItemCommandInput }) => {
    const [[table = '', requests = []] = []] = Object.entries(input.RequestItems ?? {});
    expect(requests.length).toBeLessThanOrEqual(25);
    const room = capacity(calls++);
    taken.push(...requests.slice(0, room));
    const rest = requests.slice(room);
    return { UnprocessedItems: rest.length > 0 ? { [table]: rest } : {} };
  };
  return { taken, calls: () => calls, dynamoDb: { send } as unknown as DynamoDBClient };
}

const days = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    order_date: `2025-01-${i}`,
    total_orders: '2',
    total_revenue: '12345678901234567890.12',
  }));

test('writes items in batches of 25, with every digit of their numbers', async () => {
  const { dynamoDb, taken, calls } = client(() => 25);
  await dynamoDbStore(dynamoDb, 'T', catalog.mart('order_kpis')).put(days(60));
  expect(calls()).toBe(3);
  expect(taken).toHaveLength(60);
  expect(taken[0]?.PutRequest?.Item).toEqual({
    order_date: { S: '2025-01-0' },
    total_orders: { N: '2' },
    total_revenue: { N: '12345678901234567890.12' },
  });
});

test('retries unprocessed items until all are written', async () => {
  const { dynamoDb, taken } = client((call) => (call < 2 ? 10 : 25));
  await dynamoDbStore(dynamoDb, 'T', catalog.mart('order_kpis')).delete(
    days(25).map(({ order_date }) => ({ order_date })),
  );
  expect(new Set(taken.map(({ DeleteRequest }) => DeleteRequest?.Key?.order_date?.S)).size).toBe(25);
});

test('fails with the name of the table if it stays throttled', async () => {
  const { dynamoDb } = client(() => 0);
  const random = jest.spyOn(Math, 'random').mockReturnValue(0);
  try {
    await expect(dynamoDbStore(dynamoDb, 'T', catalog.mart('order_kpis')).put(days(3))).rejects.toThrow(
      UnprocessedItemsError,
    );
  } finally {
    random.mockRestore();
  }
});

test('reads keys page by page, consistently', async () => {
  const asked: ScanCommandInput[] = [];
  const last = { category: { S: 'b' }, order_date: { S: '2025-01-01' } };
  const send = async ({ input }: { input: ScanCommandInput }) => {
    asked.push(input);
    return asked.length === 1 ? { Items: [last], LastEvaluatedKey: last } : { Items: [] };
  };
  const dynamoDb = Object.assign(Object.create(DynamoDBClient.prototype), { send });
  const pages: unknown[] = [];
  for await (const page of dynamoDbStore(dynamoDb, 'T', catalog.mart('category_kpis')).keys())
    pages.push(page);
  expect(pages).toEqual([[{ category: 'b', order_date: '2025-01-01' }], []]);
  expect(asked).toMatchObject([
    { TableName: 'T', ConsistentRead: true, ProjectionExpression: '#0, #1' },
    { ExclusiveStartKey: last, ExpressionAttributeNames: { '#0': 'category', '#1': 'order_date' } },
  ]);
});

test('the columns of a key after the first are one sort key, with no two keys alike', async () => {
  const { dynamoDb, taken } = client(() => 25);
  const store = dynamoDbStore(dynamoDb, 'T', catalog.mart('traffic_kpis'));
  const key = { event_date: '2026-11-28', channel: 'Email', source: 'a#b', medium: '50%' };
  await store.put([{ ...key, sessions: '3' }]);
  await store.delete([key]);
  const sortKey = { 'channel#source#medium': { S: 'Email#a%23b#50%25' } };
  expect(taken).toEqual([
    {
      PutRequest: {
        Item: {
          event_date: { S: '2026-11-28' },
          channel: { S: 'Email' },
          source: { S: 'a#b' },
          medium: { S: '50%' },
          sessions: { N: '3' },
          ...sortKey,
        },
      },
    },
    { DeleteRequest: { Key: { event_date: { S: '2026-11-28' }, ...sortKey } } },
  ]);
});
