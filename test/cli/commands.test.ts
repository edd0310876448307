import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { catalog } from '../../catalog/catalog';
import { watch } from '../../cli/watch';
import { dynamoDbStore } from '../../serving/dynamodb/dynamodb-store';
import { csv, ORDERS } from '../builders/csv';
import { LocalPipeline, until } from '../e2e/local-pipeline';
import { COMMAND, daybook, daybookHere, type Ran } from './run-daybook';

const DAYS = path.join(__dirname, '../../fixtures/days');
const drops = ['01-first-drop', '02-second-drop', '03-rejected'].map((name) => path.join(DAYS, name));
const expected = JSON.parse(readFileSync(path.join(DAYS, 'expected.json'), 'utf8'));

let pipeline: LocalPipeline;
let uploaded: Ran;

const here = () => ({ AWS_ENDPOINT_URL: pipeline.ready.endpoint });
const run = (...args: string[]) => daybookHere(args, here());
const linesOf = ({ stdout }: Ran) => stdout.trimEnd().split('\n');

beforeAll(async () => {
  pipeline = await LocalPipeline.start();
  uploaded = await daybook(['upload', ...drops, '--to', '/march/'], here());
  await pipeline.untilQuiet();
}, 60_000);

afterAll(() => pipeline.stop());

test('upload lists every file, in the order of the paths, then the total', () => {
  const { code, stderr } = uploaded;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const lines = linesOf(uploaded);
  expect(lines[0]).toBe('input/march/Orders_2025-03.csv  534 B');
  expect(lines.findIndex((line) => line.includes('Products spring.csv  319 B'))).toBe(5);
  expect(lines).toContain('input/march/orders_empty.csv  0 B');
  expect(lines.at(-1)).toMatch(
    /^20 files, 8\.0 kB to s3:\/\/daybook-000000000000-us-east-1\/input\/ in \d\.\d s$/,
  );
});

test('kpis orders prints the days and their total, aligned', async () => {
  expect(await run('kpis', 'orders')).toEqual({
    code: 0,
    stderr: '',
    stdout: [
      '  order_date  total_orders  total_revenue  total_items_sold  unique_customers  return_rate  returned_orders',
      '  2025-03-08             2          33.76                 3                 1        50.00                1',
      '  2025-03-09             3          92.51                 7                 2        33.33                1',
      '  2025-03-10             4          53.89                 5                 4        25.00                1',
      '  total                  9         180.16                15                 -        33.33                3',
      '',
    ].join('\n'),
  });
});

test('kpis categories ends with the exact total of each category', async () => {
  const lines = linesOf(await run('kpis', 'categories', '--category', 'Home & Kitchen'));
  expect(lines.map((line) => line.trim().split(/ {2,}/))).toEqual([
    catalog.mart('category_kpis').columns.map(({ name }) => name),
    ['Home & Kitchen', '2025-03-09', '7.00', '7.00', '0.00', '1', '1', '0'],
    ['Home & Kitchen', '2025-03-10', '9.90', '9.90', '0.00', '1', '1', '0'],
    ['Home & Kitchen', 'total', '16.90', '8.45', '0.00', '2', '2', '0'],
  ]);
});

test('kpis --json prints every column as an exact string', async () => {
  const [orders, categories] = await Promise.all([
    run('kpis', 'orders', '--json'),
    run('kpis', 'categories', '--json'),
  ]);
  const asNumbers = (rows: Record<string, string | number>[]) =>
    rows.map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => [
          name,
          name === 'category' || name === 'order_date' ? value : Number(value),
        ]),
      ),
    );
  expect(linesOf(orders)).toHaveLength(1);
  const rows = JSON.parse(orders.stdout);
  expect(rows[0]).toEqual({
    order_date: '2025-03-08',
    total_orders: '2',
    total_revenue: '33.76',
    total_items_sold: '3',
    unique_customers: '1',
    return_rate: '50',
    returned_orders: '1',
  });
  expect(asNumbers(rows)).toEqual(asNumbers(expected.order_kpis));
  expect(asNumbers(JSON.parse(categories.stdout))).toEqual(asNumbers(expected.category_kpis));
});

test('--from and --to bound the days, both included; --category picks one', async () => {
  const days = async (...args: string[]) =>
    JSON.parse((await run('kpis', ...args, '--json')).stdout).map((row: Record<string, string>) =>
      [row.order_date, row.category].filter(Boolean).join(' '),
    );
  const [from, between, indexed, category, both, long] = await Promise.all([
    days('orders', '--from', '2025-03-09'),
    days('orders', '--from', '2025-03-09', '--to', '2025-03-09'),
    days('categories', '--from', '2025-03-08', '--to', '2025-03-08'),
    days('categories', '--category', 'Clothing'),
    days('categories', '--category', 'Clothing', '--to', '2025-03-08'),
    days('categories', '--from', '2020-01-01', '--to', '2025-03-08'),
  ]);
  expect(from).toEqual(['2025-03-09', '2025-03-10']);
  expect(between).toEqual(['2025-03-09']);
  expect(indexed).toEqual(['2025-03-08 Books', '2025-03-08 Clothing']);
  expect(category).toEqual(['2025-03-08 Clothing', '2025-03-09 Clothing']);
  expect(both).toEqual(['2025-03-08 Clothing']);
  expect(long).toEqual(['2025-03-08 Books', '2025-03-08 Clothing']);
});

test('items without the counts of the current version keep their rates, without a rate of all days', async () => {
  const { dynamoDb } = pipeline.deployment;
  const days = ['2020-01-01', '2020-01-02'].map((order_date) => ({
    order_date,
    total_orders: '3',
    return_rate: '33.33',
  }));
  const store = dynamoDbStore(dynamoDb, pipeline.ready.orderTable, catalog.mart('order_kpis'));
  await store.put(days);
  const { stdout } = await run('kpis', 'orders', '--to', '2020-12-31');
  const json = await run('kpis', 'orders', '--to', '2020-12-31', '--json');
  await store.delete(days.map(({ order_date }) => ({ order_date })));
  expect(stdout.replace(/ +/g, ' ').split('\n').slice(1, 5)).toEqual([
    ' 2020-01-01 3 - - - 33.33 -',
    ' 2020-01-02 3 - - - 33.33 -',
    ' total 6 - - - - -',
    'rates over several days have no data (-) until the next execution stores the counts they need',
  ]);
  expect(JSON.parse(json.stdout)).toEqual(days);
});

test('prints a message, or an empty list as JSON, if no KPIs match', async () => {
  const [text, json] = await Promise.all([
    run('kpis', 'categories', '--category', 'Nothing of ours'),
    run('kpis', 'orders', '--from', '2031-01-01', '--json'),
  ]);
  expect(text).toEqual({
    code: 0,
    stderr: '',
    stdout: '  (none)\nno KPIs match; run the command without options to show all\n',
  });
  expect(json).toEqual({ code: 0, stderr: '', stdout: '[]\n' });
});

test('status shows the queue, the executions and the last report, with every rejected file', async () => {
  const ran = await run('status');
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  const lines = linesOf(ran);
  expect(lines.slice(0, 5)).toEqual([
    'queue  0 waiting, 0 in flight, 0 dead letters',
    `contracts  ${catalog.contractsHash}`,
    `marts  ${catalog.martsHash}`,
    'executions',
    expect.stringMatching(/^ {2}name +status +started +duration +files +rows$/),
  ]);
  expect(lines[5]).toMatch(
    /^ {2}\d{8}T\d{6}Z-[0-9a-f]{12} {2}SUCCEEDED {2}20\d\d-\S+Z +\d+\.\d s +\d+ +\d+$/,
  );
  expect(ran.stdout).toMatch(/last report {2}.*(archived|No valid file)/);

  const [execution] = await pipeline.executions();
  const rejected = execution?.report?.files.filter(({ outcome }) => outcome === 'invalid') ?? [];
  expect(rejected.length).toBeGreaterThan(0);
  for (const { key, reason } of rejected) expect(lines).toContain(`  rejected ${key}: ${reason}`);
});

test('status --json prints one line with everything; --executions limits the executions', async () => {
  const ran = await run('status', '--json', '--executions', '1');
  expect(linesOf(ran)).toHaveLength(1);
  const [execution] = await pipeline.executions();
  expect(JSON.parse(ran.stdout)).toEqual({
    bucket: pipeline.ready.bucket,
    queue: { waiting: 0, in_flight: 0, dead_letters: 0 },
    contracts: catalog.contractsHash,
    marts: catalog.martsHash,
    executions: [JSON.parse(JSON.stringify(execution))],
    last_report: execution?.report,
  });
});

test('reports an unknown prefix and a missing path in one line', async () => {
  const absent = await Promise.all(
    [['status'], ['kpis', 'orders'], ['upload', path.join(DAYS, 'expected.json')]].map((args) =>
      daybookHere(args, { ...here(), DAYBOOK_PREFIX: 'other' }),
    ),
  );
  for (const { code, stderr } of absent) {
    expect(code).toBe(1);
    expect(stderr).toMatch(/^daybook: no Daybook deployment found \(.*DAYBOOK_PREFIX.*\n$/);
  }
  expect(await run('upload', '/nowhere/orders\u001b.csv')).toEqual({
    code: 1,
    stdout: '',
    stderr: 'daybook: /nowhere/orders\\u001b.csv: no such file or directory\n',
  });
});

test('a reader that closes the pipe early is not a failure', async () => {
  const child = spawn(process.execPath, [COMMAND, 'kpis', 'orders'], {
    env: { PATH: process.env.PATH, ...here() },
  });
  child.stdout.destroy();
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  const [code] = await once(child, 'close');
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
});

test('query prints its result as a table, as CSV without formulas, and as exact JSON', async () => {
  const sql = `select o.order_date, total_revenue, '=1+1' as said, null as nothing, -5 as number
    from order_kpis o order by 1 limit 2`;
  const [table, csv, json] = [
    await run('query', sql),
    await run('query', '--csv', sql),
    await run('query', '--json', sql),
  ];
  expect(table).toEqual({
    code: 0,
    stderr: '',
    stdout: [
      '  order_date  total_revenue  said  nothing  number',
      '  2025-03-08          33.76  =1+1               -5',
      '  2025-03-09          92.51  =1+1               -5',
      '',
    ].join('\n'),
  });
  expect(csv.stdout).toBe(
    `"order_date","total_revenue","said","nothing","number"\n2025-03-08,33.76,"'=1+1",,-5\n2025-03-09,92.51,"'=1+1",,-5\n`,
  );
  expect(JSON.parse(json.stdout)).toEqual({
    columns: expect.arrayContaining([{ name: 'total_revenue', type: 'DECIMAL(38,2)' }]),
    rows: [
      ['2025-03-08', '33.76', '=1+1', null, -5],
      ['2025-03-09', '92.51', '=1+1', null, -5],
    ],
    truncated: false,
    tables: [{ name: 'order_kpis', version: expect.any(Number) }],
    seconds: expect.any(Number),
  });
});

test('query reads standard input, says if rows are omitted, and explains what it refuses', async () => {
  const child = spawn(process.execPath, [COMMAND, 'query', '--limit', '2', '--timeout', '5'], {
    env: { PATH: process.env.PATH, ...here() },
  });
  child.stdin.end('select order_id from orders order by 1\n;');
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].on('data', (chunk) => {
      said[name] += chunk;
    });
  const [code] = await once(child, 'close');
  expect({ code, lines: said.stdout.split('\n').length, stderr: said.stderr }).toEqual({
    code: 0,
    lines: 4,
    stderr: 'showing the first 2 rows; increase --limit for more\n',
  });
  expect(await run('query', 'select * from order')).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^daybook: syntax error .* \(line 1, column 15\)\n$/),
  });
  const endless = await run(
    'query',
    '--timeout',
    '1',
    'select count(*) from range(999999999) a, range(999999999) b',
  );
  expect(endless.stderr).toMatch(/^daybook: the query timed out after 1 s.*\(--timeout\)\n$/);
});

test('query --tables lists tables, columns and types, without a deployment', async () => {
  const [table, json] = [
    await daybookHere(['query', '--tables']),
    await daybookHere(['query', '--tables', '--json']),
  ];
  expect(table.stdout).toMatch(/^ {2}table +column +type\n {2}currency_rates +currency +varchar\n/);
  expect(JSON.parse(json.stdout).tables.map(({ name }: { name: string }) => name)).toEqual([
    ...catalog.kinds,
    'products_history',
    ...catalog.marts.map(({ name }) => name),
  ]);
});

test('status --watch follows an execution until it ends: updated in place, and as lines of JSON', async () => {
  let drawn = '';
  const stream = {
    isTTY: true,
    columns: 100,
    rows: 40,
    write: (text: string | Uint8Array) => {
      drawn += text;
      return true;
    },
  };
  const watching = [watch(pipeline.deployment, { stream }), run('status', '--watch', '--json')] as const;
  await pipeline.put('input/watched/orders.csv', csv(ORDERS, '900,7,delivered,2025-05-01T10:00:00,,,,1'));
  const [, { code, stdout, stderr }] = await Promise.all(watching);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const told = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(told[0]).toMatchObject({
    execution: expect.stringMatching(/^\d{8}T/),
    status: 'RUNNING',
    queue: { dead_letters: 0 },
  });
  expect(told.slice(1, -1).map(({ state, status }) => [state, status])).toEqual(
    expect.arrayContaining([
      ['ValidateFiles', 'succeeded'],
      ['NotifySuccess', 'succeeded'],
    ]),
  );
  expect(told.at(-1)).toMatchObject({ status: 'SUCCEEDED', report: { counts: { files: 1, rows: 1 } } });

  const frames = drawn.split('\u001b[J');
  expect(frames.length).toBeGreaterThan(5);
  expect(frames.at(-1)).toMatch(/✓.* NotifySuccess +\d+\.\d s\n {2}1 file archived/);
  // Each is drawn over the one before.
  // Each one is drawn over the one before.
  for (const frame of frames.slice(1, -1)) expect(frame).toContain(`\u001b[${frame.split('\n').length - 1}A`);
});

test('Ctrl-C stops a query with exit code 130 and deletes its downloads', async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'daybook-cli-test-'));
  const child = spawn(
    process.execPath,
    [COMMAND, 'query', 'select count(*) from range(999999999) a, range(999999999) b, orders'],
    { env: { PATH: process.env.PATH, TMPDIR: directory, ...here() } },
  );
  const exited = once(child, 'exit');
  const isDownloaded = () =>
    readdirSync(directory, { recursive: true }).some((name) => String(name).endsWith('.parquet'));
  await until(async () => isDownloaded(), 20_000);
  child.kill('SIGINT');
  expect(await exited).toEqual([130, null]);
  expect(readdirSync(directory)).toEqual([]);
  rmSync(directory, { recursive: true });
});
