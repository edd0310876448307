import { DeleteItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { maintainResultSchema } from '../../domain/workflow';
import { csv, ORDER_ITEMS, ORDERS, PRODUCTS } from '../builders/csv';
import { daybook } from '../cli/run-daybook';
import { LocalPipeline } from './local-pipeline';

let pipeline: LocalPipeline;
beforeAll(async () => {
  pipeline = await LocalPipeline.start();
  const drop = async (files: Record<string, string>) => {
    for (const [name, body] of Object.entries(files)) await pipeline.put(`input/${name}`, body);
    await pipeline.untilQuiet();
  };
  await drop({
    'orders_1.csv': csv(ORDERS, '1,7,sold,2025-01-31T10:00:00,,,,1', '2,8,returned,2025-02-01T10:00:00,,,,1'),
    'order_items_1.csv': csv(
      ORDER_ITEMS,
      '1,1,7,1,sold,2025-01-31T10:00:00,,,,12.505',
      '2,2,8,2,returned,2025-02-01T10:00:00,,,,3',
    ),
    'products_1.csv': csv(PRODUCTS, '1,s,1.00,Toys,n,b,2.00,Kids', '2,s,1.00,Books,n,b,2.00,Kids'),
  });
  await drop({ 'orders_2.csv': csv(ORDERS, '3,7,sold,2025-02-01T11:00:00,,,,1') });
}, 90_000);
afterAll(() => pipeline.stop());

const run = (...args: string[]) => daybook(args, { AWS_ENDPOINT_URL: pipeline.ready.endpoint });

test('lake shows the tables, their partitions and their last commits', async () => {
  const { code, stdout, stderr } = await run('lake');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/staging\/orders +1 +3 +2 +3 +2 +\d/);
  expect(stdout).toMatch(
    /staging\/orders +1 +\S+Z +MERGE +1 inserted +\+1 -0\n +staging\/orders +0 .* 2 inserted/,
  );

  const { tables } = JSON.parse((await run('lake', '--json', '--commits', '1')).stdout);
  const orders = tables.find(({ name }: { name: string }) => name === 'orders');
  expect(orders).toMatchObject({ version: 1, rows: 3, files: 3 });
  expect(orders.last_commits).toHaveLength(1);
  expect(orders.partitions).toEqual([
    { values: { year: '2025', month: '01' }, files: 1, rows: 1, bytes: expect.any(Number) },
    { values: { year: '2025', month: '02' }, files: 2, rows: 2, bytes: expect.any(Number) },
  ]);
}, 30_000);

test('marts are listed with their tables, and read from where they are served', async () => {
  const list = await run('mart', 'list');
  expect(list).toMatchObject({ code: 0, stderr: '' });
  expect(list.stdout).toMatch(/^ {2}order_kpis +order_date +2 +\d+ +OrderKPIs +\S/m);
  expect(list.stdout).toMatch(/^ {2}customer_days +user_id, order_date +\d+ +\d+ +the lake +\S/m);

  const day = ['--from', '2025-01-31', '--to', '2025-01-31', '--json'];
  const kpis = JSON.parse((await run('mart', 'order_kpis', ...day)).stdout);
  expect(kpis).toMatchObject({ source: 'DynamoDB', left_out: 0 });
  expect(kpis.rows).toMatchObject([{ order_date: '2025-01-31', total_orders: '1', total_revenue: '12.51' }]);

  const customers = await run('mart', 'customer_value', '--limit', '1', '--csv');
  expect(customers.stdout).toMatch(/^"user_id",.*"rank",.*\n\d+,/);
  expect(customers.stderr).toMatch(
    /^showing the first 1 row by key, 1 left out; increase --limit for more\n$/,
  );

  expect(await run('mart', 'order_kpi')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^daybook: there is no mart "order_kpi"; did you mean order_kpis\?/),
  });
  expect(await run('verify', '--mart', 'order_kpis')).toMatchObject({
    code: 0,
    stdout: expect.not.stringContaining('category_kpis'),
  });
}, 60_000);

test('verify finds no difference, nor after maintenance; then names every item that was tampered with', async () => {
  const clean = await run('verify');
  expect(clean).toMatchObject({ code: 0, stderr: '' });
  expect(clean.stdout).toMatch(/^ {2}order_kpis +2 +2 +2$/m);
  expect(clean.stdout).toMatch(/^ {2}category_kpis +2 +2 +2$/m);
  expect(clean.stdout).toMatch(
    /\nproducts_history: 2 versions of 2 rows\nsha-256 [0-9a-f]{64}\nno differences\n$/,
  );

  expect(await run('maintain')).toMatchObject({ code: 0, stderr: '' });
  const results = await pipeline.keys('results/maintain/');
  expect(results).toHaveLength(1);
  const result = maintainResultSchema.parse(JSON.parse(await pipeline.text(results[0] ?? '')));
  expect(result).toMatchObject({ status: 'succeeded', rows_deleted: 0 });
  expect(result.tables.filter(({ files_deleted }) => files_deleted !== 0)).toEqual([]);
  const compacted = { ...clean, stdout: clean.stdout.replace('orders 1', 'orders 2') };
  expect(await run('verify')).toEqual(compacted);

  const { dynamoDb } = pipeline.deployment;
  const { orderTable, categoryTable } = pipeline.ready;
  await dynamoDb.send(
    new UpdateItemCommand({
      TableName: orderTable,
      Key: { order_date: { S: '2025-01-31' } },
      UpdateExpression: 'set total_revenue = :r, total_orders = :o',
      ExpressionAttributeValues: { ':r': { N: '12.5' }, ':o': { S: '1' } },
    }),
  );
  await dynamoDb.send(
    new PutItemCommand({
      TableName: orderTable,
      Item: { order_date: { S: '2025-03-01' }, note: { S: 'x\u001b[2J' } },
    }),
  );
  await dynamoDb.send(
    new DeleteItemCommand({
      TableName: categoryTable,
      Key: { category: { S: 'Toys' }, order_date: { S: '2025-01-31' } },
    }),
  );
  const tampered = await run('verify');
  expect(tampered).toMatchObject({ code: 1, stderr: 'daybook: 3 differences\n' });
  const told = tampered.stdout.split('3 differences\n')[1]?.trimEnd().split('\n').sort();
  expect(told).toEqual([
    '  CategoryKPIs Toys 2025-01-31: missing',
    expect.stringMatching(
      /^ {2}OrderKPIs 2025-01-31: total_orders is \{"S":"1"\}, expected 1; total_revenue is 12\.5, expected 12\.51$/,
    ),
    '  OrderKPIs 2025-03-01: unexpected',
  ]);
  const json = await run('verify', '--json');
  expect(json.code).toBe(1);
  expect(JSON.parse(json.stdout)).toMatchObject({ differences: 3, is_current: true, time_zone: 'UTC' });
}, 60_000);
