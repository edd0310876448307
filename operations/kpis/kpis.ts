import {
  type AttributeValue,
  type DynamoDBClient,
  paginateQuery,
  paginateScan,
  type QueryCommandInput,
} from '@aws-sdk/client-dynamodb';
import { DAY, type Mart, type ServedMart } from '../../domain/mart';
import { DAY_MS } from '../../domain/time';
import { inParallel } from '../../storage/parallel';
import type { Deployment } from '../deployment';

/** A KPI item by column, without missing attributes; numbers with the exact digits that DynamoDB stores. */
export type Kpi = Readonly<Record<string, string>>;

/** Days (YYYY-MM-DD), both included; open at a missing end. */
export interface DateRange {
  readonly from?: string;
  readonly to?: string;
}

export interface KpiChoice extends DateRange {
  /** A value of the partition key; undefined for all. */
  readonly of?: string | undefined;
}

const PARALLEL_QUERIES = 48;

/** A longer range is read by a scan of the table instead of one index query per day. */
export const MAX_QUERIED_DAYS = 62;

/** A mart's items in the order of day and key. */
export async function readKpis(
  { dynamoDb, names }: Deployment,
  mart: ServedMart,
  { of, ...range }: KpiChoice = {},
): Promise<Kpi[]> {
  const TableName = names.table(mart.dynamoDb.table);
  const [partitionKey = DAY] = mart.key;
  const days = range.from && range.to ? daysBetween(range.from, range.to) : undefined;
  let items: Kpi[];
  if (of !== undefined) {
    items = await queryAll(dynamoDb, {
      TableName,
      KeyConditionExpression: '#key = :key and #day between :from and :to',
      ExpressionAttributeNames: { '#key': partitionKey, '#day': DAY },
      ExpressionAttributeValues: {
        ':key': { S: of },
        ':from': { S: range.from ?? '0000' },
        ':to': { S: range.to ?? '9999-99' },
      },
    });
  } else if (days && days.length <= MAX_QUERIED_DAYS && dayIndex(mart)) {
    items = await readKpisOfDays({ dynamoDb, names }, mart, days);
  } else {
    items = (await scanAll(dynamoDb, TableName)).filter(isWithin(range));
  }
  return sorted(mart, items);
}

/** All items of some days, by one query of the mart's day index per day; unordered. */
export async function readKpisOfDays(
  { dynamoDb, names }: Pick<Deployment, 'dynamoDb' | 'names'>,
  mart: ServedMart,
  days: readonly string[],
): Promise<Kpi[]> {
  const perDay = await inParallel(PARALLEL_QUERIES, days, (day) =>
    queryAll(dynamoDb, {
      TableName: names.table(mart.dynamoDb.table),
      IndexName: dayIndex(mart)?.name,
      KeyConditionExpression: '#day = :day',
      ExpressionAttributeNames: { '#day': DAY },
      ExpressionAttributeValues: { ':day': { S: day } },
    }),
  );
  return perDay.flat();
}

const dayIndex = ({ dynamoDb }: ServedMart) => dynamoDb.indexes.find(({ key }) => key[0] === DAY);

async function scanAll(client: DynamoDBClient, TableName: string): Promise<Kpi[]> {
  const items: Kpi[] = [];
  for await (const page of paginateScan({ client }, { TableName }))
    items.push(...(page.Items ?? []).map(kpiOf));
  return items;
}

async function queryAll(client: DynamoDBClient, query: QueryCommandInput): Promise<Kpi[]> {
  const items: Kpi[] = [];
  for await (const page of paginateQuery({ client }, query)) items.push(...(page.Items ?? []).map(kpiOf));
  return items;
}

function kpiOf(item: Record<string, AttributeValue>): Kpi {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, value.N ?? value.S ?? '']));
}

function isWithin({ from = '', to = '9999-99' }: DateRange): (item: Kpi) => boolean {
  return ({ [DAY]: day = '' }) => day >= from && day <= to;
}

function sorted({ columns, key }: Mart, items: readonly Kpi[]): Kpi[] {
  const order = [DAY, ...key.filter((name) => name !== DAY)];
  return items
    .map((item) => ({ rank: order.map((name) => item[name] ?? '').join('\0'), item }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
    .map(({ item }) =>
      Object.fromEntries(
        columns.flatMap(({ name }) => (item[name] === undefined ? [] : [[name, item[name]]])),
      ),
    );
}

/** All days of a range, both ends included. */
export function daysBetween(from: string, to: string): string[] {
  const days: string[] = [];
  for (let day = Date.parse(from); day <= Date.parse(to); day += DAY_MS) {
    days.push(new Date(day).toISOString().slice(0, 10));
  }
  return days;
}
