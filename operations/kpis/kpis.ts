import {
  type AttributeValue,
  type DynamoDBClient,
  paginateQuery,
  paginateScan,
  type QueryCommandInput,
} from '@aws-sdk/client-dynamodb';
import { CATEGORY_KPIS, ORDER_KPIS } from '../../catalog/kpis';
import type { KpiTableSpec } from '../../domain/mart';
import { BY_DATE_INDEX } from '../../domain/names';
import { DAY_MS } from '../../domain/time';
import { inParallel } from '../../storage/parallel';
import type { Deployment } from '../deployment';

/** A KPI item, by column; numbers as DynamoDB holds them, digit by digit. */
export type Kpi = Readonly<Record<string, string>>;

/** Days, YYYY-MM-DD, both included; without one, open at that end. */
export interface DateRange {
  readonly from?: string;
  readonly to?: string;
}

/** Queries on their way at one time. */
const QUERIES = 48;

/** A range of so many days is asked day by day, from the index; a longer one by reading the table. */
const INDEXED_DAYS = 62;

export async function readOrderKpis({ dynamoDb, names }: Deployment, range: DateRange = {}): Promise<Kpi[]> {
  const items = await scanAll(dynamoDb, names.orderTable);
  return sorted(ORDER_KPIS, items.filter(isWithin(range)));
}

export async function readCategoryKpis(
  { dynamoDb, names }: Deployment,
  { category, ...range }: DateRange & { category?: string } = {},
): Promise<Kpi[]> {
  const TableName = names.categoryTable;
  const days = range.from && range.to ? daysBetween(range.from, range.to) : undefined;
  let items: Kpi[];
  if (category !== undefined) {
    items = await queryAll(dynamoDb, {
      TableName,
      KeyConditionExpression: 'category = :c and order_date between :from and :to',
      ExpressionAttributeValues: {
        ':c': { S: category },
        ':from': { S: range.from ?? '0000' },
        ':to': { S: range.to ?? '9999-99' },
      },
    });
  } else if (days && days.length <= INDEXED_DAYS) {
    items = await queryDays(dynamoDb, TableName, days);
  } else {
    items = (await scanAll(dynamoDb, TableName)).filter(isWithin(range));
  }
  return sorted(CATEGORY_KPIS, items);
}

/** Every category of some days, from the index: quick where the table has many more. In no order of days. */
export function readCategoryKpisOfDays(
  { dynamoDb, names }: Deployment,
  days: readonly string[],
): Promise<Kpi[]> {
  return queryDays(dynamoDb, names.categoryTable, days);
}

async function queryDays(client: DynamoDBClient, TableName: string, days: readonly string[]): Promise<Kpi[]> {
  const perDay = await inParallel(QUERIES, days, (day) =>
    queryAll(client, {
      TableName,
      IndexName: BY_DATE_INDEX,
      KeyConditionExpression: 'order_date = :d',
      ExpressionAttributeValues: { ':d': { S: day } },
    }),
  );
  return perDay.flat();
}

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
  return ({ order_date = '' }) => order_date >= from && order_date <= to;
}

function sorted(spec: KpiTableSpec, items: readonly Kpi[]): Kpi[] {
  const order = spec.columns.map(({ name }) => name);
  return items
    .map((item) => ({ rank: `${item.order_date}\0${item.category ?? ''}`, item }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
    .map(({ item }) => Object.fromEntries(order.map((name) => [name, item[name] ?? ''])));
}

function daysBetween(from: string, to: string): string[] {
  const days: string[] = [];
  for (let day = Date.parse(from); day <= Date.parse(to); day += DAY_MS) {
    days.push(new Date(day).toISOString().slice(0, 10));
  }
  return days;
}
