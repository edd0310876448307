import {
  type AttributeValue,
  type DynamoDBClient,
  paginateQuery,
  paginateScan,
} from '@aws-sdk/client-dynamodb';
import { dayColumn, keyAttributes, type MartColumn, type ServedMart } from '../../domain/mart';
import { attributeOf } from '../../serving/dynamodb/dynamodb-store';
import { inParallel } from '../../storage/parallel';
import { daysBetween, MAX_QUERIED_DAYS } from '../kpis/kpis';
import type { MartChoice } from './choice';
import { byKey, FirstRows, type MartRow, type MartRows, withDecimals } from './rows';

const PARALLEL_QUERIES = 16;

/** What an attribute must be, both ends included. */
interface Condition {
  readonly column: MartColumn;
  readonly from: string;
  readonly to: string;
}

/** Conditions on the key of a table or an index, and on other attributes; without a key the table is scanned. */
interface Access {
  readonly index?: string | undefined;
  readonly key?: readonly Condition[];
  readonly filter: readonly Condition[];
}

/**
 * The rows of a mart from the table that serves it: by key or index if the conditions name its partition key, or a few days of
 * an index by day; otherwise by a scan. Of a scan only the first rows are kept in memory.
 */
export async function readFromDynamoDb(
  client: DynamoDBClient,
  table: string,
  mart: ServedMart,
  choice: MartChoice,
): Promise<MartRows> {
  const first = new FirstRows(byKey(mart), choice.limit);
  await inParallel(PARALLEL_QUERIES, accessesOf(mart, choice), async (access) => {
    for await (const { Items = [] } of read(client, table, access)) {
      for (const item of Items) first.add(rowOf(mart, item));
    }
  });
  return { source: 'DynamoDB', columns: mart.columns, ...first.get() };
}

function read(client: DynamoDBClient, TableName: string, { index, key, filter }: Access) {
  const conditions = [...(key ?? []), ...filter];
  const names = conditions.map(({ column }, at) => [`#c${at}`, column.name]);
  const values = conditions.flatMap(({ column, from, to }, at) => [
    [`:from${at}`, attributeOf(from, column.type)],
    ...(from === to ? [] : [[`:to${at}`, attributeOf(to, column.type)]]),
  ]);
  const texts = conditions.map(({ from, to }, at) =>
    from === to ? `#c${at} = :from${at}` : `#c${at} between :from${at} and :to${at}`,
  );
  const filters = texts.slice(key?.length ?? 0);
  const input = {
    TableName,
    ...(conditions.length > 0 && {
      ExpressionAttributeNames: Object.fromEntries(names),
      ExpressionAttributeValues: Object.fromEntries(values),
    }),
    ...(filters.length > 0 && { FilterExpression: filters.join(' and ') }),
  };
  if (!key) return paginateScan({ client }, input);
  return paginateQuery(
    { client },
    { ...input, IndexName: index, KeyConditionExpression: texts.slice(0, key.length).join(' and ') },
  );
}

/** How to read the rows: one query, one per day of an index, or a scan. */
export function accessesOf(mart: ServedMart, choice: MartChoice): Access[] {
  const conditions = conditionsOf(mart, choice);
  const of = (name: string | undefined) => conditions.find(({ column }) => column.name === name);
  const keys = [{ name: undefined, key: keyAttributes(mart.key) }, ...mart.dynamoDb.indexes];
  for (const { name, key } of keys) {
    const [partition, sort] = [of(key[0]), of(key[1])];
    if (partition?.from !== partition?.to || !partition) continue;
    const used = [partition, ...(sort ? [sort] : [])];
    return [{ index: name, key: used, filter: conditions.filter((one) => !used.includes(one)) }];
  }
  const day = of(dayColumn(mart));
  const index = mart.dynamoDb.indexes.find(({ key }) => key[0] === day?.column.name);
  const days = day && index && choice.from && choice.to ? daysBetween(choice.from, choice.to) : [];
  if (!day || !index || days.length === 0 || days.length > MAX_QUERIED_DAYS) return [{ filter: conditions }];
  const sort = of(index.key[1]);
  const others = conditions.filter((one) => one !== day && one !== sort);
  return days.map((date) => ({
    index: index.name,
    key: [{ column: day.column, from: date, to: date }, ...(sort ? [sort] : [])],
    filter: others,
  }));
}

function conditionsOf(mart: ServedMart, { where, from, to }: MartChoice): Condition[] {
  const day = mart.columns.find(({ name }) => name === dayColumn(mart));
  const ofDay =
    day && (from !== undefined || to !== undefined)
      ? [{ column: day, from: from ?? '0000', to: to ?? '9999-99' }]
      : [];
  return [...where.map(({ column, value }) => ({ column, from: value, to: value })), ...ofDay];
}

function rowOf({ columns }: ServedMart, item: Readonly<Record<string, AttributeValue>>): MartRow {
  return Object.fromEntries(
    columns.map(({ name, type }) => {
      const { N, S, BOOL } = item[name] ?? {};
      const value = N ?? S ?? (BOOL === undefined ? undefined : String(BOOL));
      return [name, value === undefined ? null : withDecimals(value, type)];
    }),
  );
}
