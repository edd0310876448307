import {
  type AttributeValue,
  BatchWriteItemCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  paginateScan,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { compositeKey, isNumber, keyAttributes, type Mart, type MartColumnType } from '../../domain/mart';
import { backOff } from '../../storage/back-off';
import { chunksOf, inParallel } from '../../storage/parallel';
import type { KpiItem, KpiStore } from './publish';

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html */
const BATCH_ITEMS = 25;
/** A request is mostly waited for. */
const PARALLEL_BATCHES = 16;

/** With the pauses in between, at most about 25 s. */
const ATTEMPTS = 10;
const BACK_OFF = { firstMs: 50 };

/** DynamoDB kept returning unprocessed items, for lack of capacity. */
export class UnprocessedItemsError extends Error {
  override readonly name = 'UnprocessedItemsError';
  constructor(
    readonly table: string,
    readonly count: number,
  ) {
    super(`${table}: ${count} items unprocessed after ${ATTEMPTS} attempts; the table is throttled`);
  }
}

/** @param value as text, see cells.ts */
export function attributeOf(value: string, type: MartColumnType | undefined): AttributeValue {
  if (type === 'boolean') return { BOOL: value === 'true' };
  return isNumber(type) ? { N: value } : { S: value };
}

export function dynamoDbStore(client: DynamoDBClient, table: string, mart: Mart): KpiStore {
  const types = new Map(mart.columns.map(({ name, type }) => [name, type]));
  const attributes = (item: KpiItem) =>
    Object.fromEntries(
      Object.entries({ ...item, ...compositeKey(mart.key, item) }).flatMap(([name, value]) =>
        value === null ? [] : [[name, attributeOf(value, types.get(name))]],
      ),
    );
  const ofKey = keyAttributes(mart.key);
  const keyOf = (item: Readonly<Record<string, AttributeValue>>) =>
    Object.fromEntries(Object.entries(item).filter(([name]) => ofKey.includes(name)));

  const write = async (requests: readonly WriteRequest[]) => {
    await inParallel(PARALLEL_BATCHES, chunksOf(requests, BATCH_ITEMS), async (batch) => {
      let remaining = batch;
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const { UnprocessedItems } = await client.send(
          new BatchWriteItemCommand({ RequestItems: { [table]: remaining } }),
        );
        remaining = UnprocessedItems?.[table] ?? [];
        if (remaining.length === 0) return;
        await backOff(attempt, BACK_OFF);
      }
      throw new UnprocessedItemsError(table, remaining.length);
    });
  };

  return {
    async id() {
      const { Table } = await client.send(new DescribeTableCommand({ TableName: table }));
      return Table?.TableId ?? '';
    },
    async *keys() {
      const names = mart.key.map((name, index) => [`#${index}`, name] as const);
      const input = {
        TableName: table,
        ConsistentRead: true,
        ProjectionExpression: names.map(([alias]) => alias).join(', '),
        ExpressionAttributeNames: Object.fromEntries(names),
      };
      for await (const { Items = [] } of paginateScan({ client }, input)) {
        yield Items.map((item) =>
          Object.fromEntries(mart.key.map((name) => [name, item[name]?.N ?? item[name]?.S ?? ''])),
        );
      }
    },
    put: (items) => write(items.map((item) => ({ PutRequest: { Item: attributes(item) } }))),
    delete: (keys) => write(keys.map((key) => ({ DeleteRequest: { Key: keyOf(attributes(key)) } }))),
  };
}
