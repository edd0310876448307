import {
  type AttributeValue,
  type DynamoDBClient,
  paginateQuery,
  paginateScan,
  type QueryCommandInput,
} from '@aws-sdk/client-dynamodb';
import { Command, InvalidArgumentError } from 'commander';
import { CATEGORY_KPIS, type KpiTableSpec, ORDER_KPIS } from '../domain/kpis';
import { BY_DATE_INDEX } from '../domain/names';
import { connect, type Deployment, disconnect } from './deployment';
import { formatTable } from './table';

/** A KPI item, by column; numbers as DynamoDB holds them, digit by digit. */
export type Kpi = Readonly<Record<string, string>>;

interface DateRange {
  readonly from?: string;
  readonly to?: string;
}

/** A range of so many days is asked day by day, from the index; a longer one by reading the table. */
const INDEXED_DAYS = 62;

export function kpisCommand(): Command {
  const kpis = new Command('kpis').description('read the KPIs from DynamoDB').addHelpText(
    'after',
    `
Examples:
  $ daybook kpis orders --from 2025-03-01 --to 2025-03-31
  $ daybook kpis categories --category Toys
  $ daybook kpis categories --from 2025-03-08 --to 2025-03-08 --json`,
  );
  const ranged = (name: string, description: string) =>
    new Command(name)
      .description(description)
      .option('--from <date>', 'first day, YYYY-MM-DD', parseDate)
      .option('--to <date>', 'last day, YYYY-MM-DD', parseDate)
      .option('--json', 'print as JSON, numbers as exact strings')
      .addHelpText('after', `\nExample:\n  $ daybook kpis ${name} --from 2025-03-01 --to 2025-03-31`)
      .hook('preAction', (command) => {
        const { from, to } = command.opts<DateRange>();
        if (from && to && from > to) command.error(`error: --from ${from} is after --to ${to}`);
      });

  kpis.addCommand(
    ranged('orders', 'orders, revenue, items, customers and return rate per day').action(
      (options: DateRange & { json?: boolean }) =>
        printKpis(ORDER_KPIS, options, (deployment) => readOrderKpis(deployment, options)),
    ),
  );
  kpis.addCommand(
    ranged('categories', 'revenue, order value and return rate per category and day')
      .option('--category <name>', 'one category alone')
      .action((options: DateRange & { category?: string; json?: boolean }) =>
        printKpis(CATEGORY_KPIS, options, (deployment) => readCategoryKpis(deployment, options)),
      ),
  );
  return kpis;
}

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
    const perDay = await Promise.all(
      days.map((day) =>
        queryAll(dynamoDb, {
          TableName,
          IndexName: BY_DATE_INDEX,
          KeyConditionExpression: 'order_date = :d',
          ExpressionAttributeValues: { ':d': { S: day } },
        }),
      ),
    );
    items = perDay.flat();
  } else {
    items = (await scanAll(dynamoDb, TableName)).filter(isWithin(range));
  }
  return sorted(CATEGORY_KPIS, items);
}

/** The table for reading: money and percent with two decimals, columns as the table has them. */
export function formatKpis(spec: KpiTableSpec, items: readonly Kpi[]): string {
  return formatTable(
    spec.columns.map(({ name, type }) => ({
      heading: name,
      right: type !== 'date' && type !== 'text',
      text: (item: Kpi) => {
        const value = item[name] ?? '';
        return type === 'money' || type === 'percent' ? twoDecimals(value) : value;
      },
    })),
    items,
  );
}

async function printKpis(
  spec: KpiTableSpec,
  { json, ...choice }: DateRange & { category?: string; json?: boolean },
  read: (deployment: Deployment) => Promise<Kpi[]>,
): Promise<void> {
  const deployment = await connect();
  try {
    const items = await read(deployment);
    process.stdout.write(json ? `${JSON.stringify(items)}\n` : formatKpis(spec, items));
    if (items.length === 0 && !json) process.stdout.write(`${explainNone(Object.keys(choice).length > 0)}\n`);
  } finally {
    disconnect(deployment);
  }
}

function explainNone(isChosen: boolean): string {
  return isChosen
    ? 'no KPI matches; without options all are shown'
    : 'no KPIs yet: drop files into input/ (daybook upload), and see how they fare with daybook status';
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
  const rank = (item: Kpi) => `${item.order_date}\0${item.category ?? ''}`;
  const order = spec.columns.map(({ name }) => name);
  return [...items]
    .sort((a, b) => (rank(a) < rank(b) ? -1 : 1))
    .map((item) => Object.fromEntries(order.map((name) => [name, item[name] ?? ''])));
}

/** DynamoDB drops trailing zeros: 12.5 is 12.50. */
function twoDecimals(number: string): string {
  const [whole = '0', fraction = ''] = number.split('.');
  return `${whole}.${fraction.padEnd(2, '0')}`;
}

function parseDate(text: string): string {
  const millis = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN;
  // Date.parse takes 2025-02-30 for the second of March.
  const isDay = !Number.isNaN(millis) && new Date(millis).toISOString().startsWith(text);
  if (!isDay) throw new InvalidArgumentError('Expected a day as YYYY-MM-DD.');
  return text;
}

function daysBetween(from: string, to: string): string[] {
  const days: string[] = [];
  for (let day = Date.parse(from); day <= Date.parse(to); day += 86_400_000) {
    days.push(new Date(day).toISOString().slice(0, 10));
  }
  return days;
}
