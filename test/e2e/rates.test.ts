import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client } from 'pg';
import { csv, ORDER_ITEMS, ORDERS } from '../builders/csv';
import { zipOf } from '../builders/zip';
import { daybook } from '../cli/run-daybook';
import { LocalPipeline } from './local-pipeline';

let server: Server;
let url: string;
let body: Buffer | string;
let pipeline: LocalPipeline;
let warehouse: Client;

beforeAll(async () => {
  server = createServer((_, response) => response.end(body));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/eurofxref-hist.zip`;
  pipeline = await LocalPipeline.start({ warehouse: true, rates: url });
  warehouse = new Client({ connectionString: pipeline.ready.warehouse ?? '' });
  await warehouse.connect();
}, 120_000);
afterAll(async () => {
  await warehouse.end();
  await pipeline.stop();
  server.close();
});

const rates = (...args: string[]) =>
  daybook(['rates', '--json', ...args], { AWS_ENDPOINT_URL: pipeline.ready.endpoint });

test('published rates become rows of the warehouse, by the way of every file', async () => {
  body = zipOf({
    'eurofxref-hist.csv': 'Date,USD,JPY,\n2025-03-31,1.0815,N/A,\n2025-03-28,1.0815,162.5,\n',
  });
  const key = 'input/currency_rates_2025-03-28_2025-03-31.csv';
  const { code, stdout, stderr } = await rates();
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(stdout)).toEqual({ url, key, rates: 3, through: '2025-03-31' });
  await pipeline.untilQuiet(120_000);
  expect(await pipeline.files()).toMatchObject([{ key, outcome: 'valid', kind: 'currency_rates', rows: 3 }]);
  const { rows } = await warehouse.query(
    'select currency_code, rate_date::text, rate::text from currency_rates join dim_currency using (currency_key) order by 1, 2',
  );
  expect(rows.map((row) => Object.values(row).join(' '))).toEqual([
    'JPY 2025-03-28 162.50000000',
    'USD 2025-03-28 1.08150000',
    'USD 2025-03-31 1.08150000',
  ]);
  expect(JSON.parse((await rates()).stdout)).toMatchObject({ key: null, rates: 0 });
});

test('orders in a currency of their own are in it, and a shop without one does not add them up', async () => {
  const at = '2025-03-30T10:00:00Z';
  await pipeline.put(
    'input/orders.csv',
    csv(`${ORDERS},currency`, `1,7,sold,${at},,,,1,USD`, `2,7,sold,${at},,,,1,`),
  );
  await pipeline.put(
    'input/order_items.csv',
    csv(ORDER_ITEMS, `1,1,7,1,sold,${at},,,,10`, `2,2,7,1,sold,${at},,,,5`),
  );
  await pipeline.untilQuiet(120_000);
  const { rows } = await warehouse.query(
    'select currency_code, revenue::float8, shop_revenue::float8, orders_without_rate from currency_sales order by 1',
  );
  expect(rows).toEqual([
    { currency_code: 'USD', revenue: 10, shop_revenue: 0, orders_without_rate: '1' },
    { currency_code: null, revenue: 5, shop_revenue: 5, orders_without_rate: '0' },
  ]);
});

test('what is no file of rates is an error of the command, and leaves no file', async () => {
  body = '<html>Maintenance</html>';
  const { code, stderr } = await rates();
  expect(code).toBe(1);
  expect(stderr).toContain(`${url}: expected a CSV file with the columns Date, USD, JPY and so on`);
  expect(await pipeline.keys('input/')).toEqual([]);
});
