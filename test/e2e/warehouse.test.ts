import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { packagePath } from '../../package-path';
import { daybook } from '../cli/run-daybook';
import { LocalPipeline, until } from './local-pipeline';

let pipeline: LocalPipeline;
let warehouse: Client;
beforeAll(async () => {
  pipeline = await LocalPipeline.start({ warehouse: true });
  warehouse = new Client({ connectionString: pipeline.ready.warehouse ?? '' });
  await warehouse.connect();
}, 120_000);
afterAll(async () => {
  await warehouse.end();
  await pipeline.stop();
});

/** Uploads a drop of the fixtures, and waits until its execution has ended. @returns the execution */
async function drop(name: string) {
  const before = (await pipeline.executions()).length;
  const directory = packagePath('fixtures', 'days', name);
  for (const file of readdirSync(directory))
    await pipeline.put(`input/${name}/${file}`, readFileSync(path.join(directory, file)));
  await until(async () => (await pipeline.executions()).length > before, 30_000);
  await pipeline.untilQuiet(120_000);
  const [latest] = await pipeline.executions();
  return latest;
}

/** Orders of each day in the warehouse, as the KPIs have them. */
async function ordersByDay(): Promise<Record<string, string>> {
  const { rows } = await warehouse.query(
    'select order_date::text as day, count(*)::text as orders from fact_orders where is_counted group by 1',
  );
  return Object.fromEntries(rows.map(({ day, orders }) => [day, orders]));
}

async function servedOrders(): Promise<Record<string, string>> {
  const kpis = await pipeline.orderKpis();
  return Object.fromEntries(kpis.map((kpi) => [String(kpi.order_date), String(kpi.total_orders)]));
}

test('an execution loads the warehouse; if that fails, the KPIs are served, it says so, and the next one catches up', async () => {
  expect(pipeline.printed).toContain(`psql '${pipeline.ready.warehouse}'`);
  expect(await drop('01-first-drop')).toMatchObject({
    status: 'SUCCEEDED',
    report: { outcome: 'succeeded', warehouse: { status: 'succeeded' } },
  });
  const first = await ordersByDay();
  expect(Object.keys(first).length).toBeGreaterThan(0);
  expect(first).toEqual(await servedOrders());

  await warehouse.query('alter table fact_orders rename to fact_orders_away');
  const failed = await drop('02-second-drop');
  expect(failed).toMatchObject({
    status: 'SUCCEEDED',
    report: {
      outcome: 'succeeded',
      warehouse: {
        status: 'failed',
        cause: expect.stringContaining('relation "fact_orders" does not exist'),
      },
    },
  });
  const served = await servedOrders();
  expect(served).not.toEqual(first);
  await warehouse.query('alter table fact_orders_away rename to fact_orders');
  expect(await ordersByDay()).toEqual(first);

  expect(await drop('03-rejected')).toMatchObject({ status: 'SUCCEEDED' });
  // A batch without valid rows loads nothing, the next one with rows loads everything.
  await pipeline.put(
    'input/orders_again.csv',
    'order_id,user_id,status,created_at,returned_at,shipped_at,delivered_at,num_of_item\n990001,1,sold,2025-03-01T10:00:00,,,,1\n',
  );
  await until(
    async () =>
      Object.keys(await ordersByDay()).length > 0 &&
      (await ordersByDay())['2025-03-01'] !== first['2025-03-01'],
    60_000,
  );
  await pipeline.untilQuiet(60_000);
  expect(await ordersByDay()).toEqual(await servedOrders());
}, 400_000);

test('the command tells what is loaded, finds a row that differs, and corrects it', async () => {
  const run = (...args: string[]) =>
    daybook(args, { AWS_ENDPOINT_URL: pipeline.ready.endpoint, PATH: process.env.PATH ?? '' });
  const status = await run('warehouse', 'status', '--json');
  expect(status).toMatchObject({ code: 0 });
  const { server, migration, tables, rows } = JSON.parse(status.stdout);
  expect(pipeline.ready.warehouse).toContain(server);
  expect(migration).toBe(4);
  expect(tables.map(({ table }: { table: string }) => table)).toEqual([
    'marts/cohort_kpis',
    'marts/customer_value',
    'marts/inventory_status',
    'order_items',
    'orders',
    'products_history',
  ]);
  for (const { loaded_version, lake_version } of tables) expect(loaded_version).toBe(lake_version);
  expect(rows.fact_orders).toBeGreaterThan(0);

  expect(await run('warehouse', 'load')).toMatchObject({ code: 0, stdout: 'nothing to load\n' });
  expect(await run('warehouse', 'verify')).toMatchObject({ code: 0, stdout: 'warehouse: no differences\n' });
  expect(await run('verify')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/no differences\nwarehouse: no differences\n$/),
  });

  await warehouse.query(
    "update fact_orders set status = 'lost' where order_id = (select min(order_id) from fact_orders)",
  );
  expect(await run('warehouse', 'load')).toMatchObject({ stdout: 'nothing to load\n' });
  expect(await run('warehouse', 'verify')).toMatchObject({
    code: 1,
    stdout: 'warehouse: 1 different row (fact_orders 1)\n',
    stderr: expect.stringContaining('correct with daybook warehouse load --all'),
  });
  expect(await run('verify')).toMatchObject({ code: 1 });
  expect(await run('warehouse', 'load', '--all')).toMatchObject({ stdout: 'fact_orders: 1 row changed\n' });
  expect(await run('warehouse', 'verify', '--json')).toMatchObject({
    code: 0,
    stdout: '{"different_rows":{},"differences":0}\n',
  });
}, 300_000);

test('an event that was posted is selected before an execution has it, and the same afterwards', async () => {
  const send = (event: object) =>
    fetch(pipeline.ready.eventsUrl ?? '', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': pipeline.ready.eventsKey ?? '' },
      body: JSON.stringify(event),
    });
  const selected = async () => {
    const { rows } = await warehouse.query(
      `select event_name, product_id, quantity, list_name from fact_events
      join dim_product using (product_key) where event_id = 'seen-at-once' order by item_index`,
    );
    return rows;
  };
  const before = (await pipeline.executions()).length;
  const items = [{ product_id: '1', item_list_name: 'sale', quantity: 2 }, { product_id: 'new' }];
  const { status } = await send({ event_id: 'seen-at-once', event_name: 'view_item', client_id: 'v', items });
  expect(status).toBe(202);
  await until(async () => (await selected()).length > 0, 30_000);
  const rows = [
    { event_name: 'view_item', product_id: '1', quantity: '2', list_name: 'sale' },
    { event_name: 'view_item', product_id: 'new', quantity: '1', list_name: null },
  ];
  expect(await selected()).toEqual(rows);
  await until(async () => (await pipeline.executions()).length > before, 60_000);
  await pipeline.untilQuiet(60_000);
  expect(await selected()).toEqual(rows);
  const { stdout } = await daybook(['warehouse', 'verify'], {
    AWS_ENDPOINT_URL: pipeline.ready.endpoint,
    PATH: process.env.PATH ?? '',
  });
  expect(stdout).toBe('warehouse: no differences\n');
  const { rows: waiting } = await warehouse.query('select count(*) from ingested_events');
  expect(waiting).toEqual([{ count: '0' }]);
}, 200_000);

test('a server that cannot be reached ends the start, and names it without its password', async () => {
  const data = mkdtempSync(path.join(tmpdir(), 'daybook-unreachable-'));
  try {
    const address = 'postgres://me:hunter2@127.0.0.1:1/shop';
    const { code, stderr } = await daybook(['local', '--port', '0', '--data', data, '--warehouse', address]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/warehouse 127\.0\.0\.1:1\/shop: .*ECONNREFUSED.*set it with --warehouse/);
    expect(stderr).not.toMatch(/hunter2/);
  } finally {
    rmSync(data, { recursive: true });
  }
}, 60_000);

test('psql is started with the address, or its absence is explained', async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'daybook-psql-'));
  try {
    const run = (PATH: string) =>
      daybook(['warehouse', 'psql', '--', '-c', 'select 1'], {
        AWS_ENDPOINT_URL: pipeline.ready.endpoint,
        PATH,
      });
    expect(await run(directory)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('psql cannot be started (spawn psql ENOENT); install it'),
    });
    writeFileSync(path.join(directory, 'psql'), '#!/bin/sh\necho "$@"\n', { mode: 0o755 });
    expect(await run(directory)).toMatchObject({
      code: 0,
      stdout: `${pipeline.ready.warehouse} -c select 1\n`,
    });
  } finally {
    rmSync(directory, { recursive: true });
  }
}, 60_000);
