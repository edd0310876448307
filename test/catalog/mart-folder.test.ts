import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createCatalog } from '../../catalog/catalog';
import { definitions } from '../../catalog/definitions';
import { INCLUDED } from '../../catalog/included-contracts';
import { INCLUDED_MARTS } from '../../catalog/included-marts';
import { readMartFolders } from '../../catalog/mart-folder';
import { martJsonSchema } from '../../catalog/mart-schema';
import { packagePath } from '../../package-path';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'marts-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, ...lines: string[]) => {
  mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  writeFileSync(path.join(folder, name), `${lines.join('\n')}\n`);
};
const read = () => readMartFolders([folder], INCLUDED_MARTS, INCLUDED.contracts);
const faults = () => {
  try {
    read();
    return [];
  } catch (error) {
    return (error as Error).message.split('\n').map((line) => line.replaceAll(path.relative('', folder), ''));
  }
};

const STATUS_DAYS = [
  'grain: one row per status and day with an order',
  'description: orders per status and day',
  'key: [status, order_date]',
  'columns:',
  '  status: { like: orders.status, description: status of the orders }',
  '  order_date: { type: date, description: day of the orders }',
  '  orders: { type: count, unit: orders, description: orders of the day }',
  'inputs: [{ name: orders, day: created_at }]',
  'refresh: { by: day }',
  'serve: { dynamodb: { table: StatusDays, id: StatusDays, indexes: { by-date: [order_date, status] } } }',
];
const SQL = `select status, cast(from_utc_timestamp(created_at, $[time_zone]) as date) as order_date, count(*) as orders
from orders group by 1, 2`;

const writeMart = (name: string, ...yaml: string[]) => {
  write(`${name}/mart.yaml`, ...yaml);
  write(`${name}/${name}.sql`, SQL);
};
const changed = (line: number, text: string) => STATUS_DAYS.with(line - 1, text);

test('the published JSON Schema is up to date: npm run schema writes it', () => {
  const schema = readFileSync(packagePath('marts', 'mart.schema.json'), 'utf8');
  expect(JSON.parse(schema)).toEqual(martJsonSchema());
});

test('every included mart names its schema for editors', () => {
  const names = readdirSync(packagePath('marts')).filter((name) => !name.includes('.'));
  expect(names).toEqual(INCLUDED_MARTS.marts.map(({ name }) => name));
  for (const name of names) {
    const text = readFileSync(packagePath('marts', name, 'mart.yaml'), 'utf8');
    expect(text).toMatch(/^# yaml-language-server: \$schema=\.\.\/mart\.schema\.json\n/);
  }
});

test('a mart in a folder of its own is added to the included ones, typed by the contract', () => {
  writeMart('status_days', ...STATUS_DAYS);
  const { marts, folders } = read();
  expect(marts.map(({ name }) => name)).toEqual(
    [...INCLUDED_MARTS.marts.map(({ name }) => name), 'status_days'].sort(),
  );
  expect(folders.status_days).toContain('status_days');
  const catalog = createCatalog({ ...definitions, marts });
  expect(catalog.mart('status_days')).toEqual({
    name: 'status_days',
    grain: 'one row per status and day with an order',
    description: 'orders per status and day',
    key: ['status', 'order_date'],
    columns: [
      { name: 'status', type: 'text', like: 'orders.status', description: 'status of the orders' },
      { name: 'order_date', type: 'date', description: 'day of the orders' },
      { name: 'orders', type: 'count', unit: 'orders', description: 'orders of the day' },
    ],
    inputs: [{ name: 'orders', day: 'created_at' }],
    refresh: { by: 'day' },
    sql: `${SQL}\n`,
    dynamoDb: {
      table: 'StatusDays',
      id: 'StatusDays',
      indexes: [{ name: 'by-date', key: ['order_date', 'status'] }],
    },
  });
});

test('a mart of the name of an included one replaces it', () => {
  writeMart('order_days', ...STATUS_DAYS.slice(0, -1));
  const { message } = (() => {
    try {
      read();
      return { message: '' };
    } catch (error) {
      return error as Error;
    }
  })();
  // Nothing else: what it says replaces all that the included one says, and order_kpis still reads a mart of this name.
  expect(message).toBe('');
  expect(read().marts.find(({ name }) => name === 'order_days')?.description).toBe(
    'orders per status and day',
  );
  expect(read().marts).toHaveLength(INCLUDED_MARTS.marts.length);
});

test('touched.sql and the SQL of a view are read with the mart', () => {
  writeMart(
    'status_days',
    ...STATUS_DAYS,
    'view:',
    '  reads: [orders]',
    '  columns: { share: { type: percent, description: x } }',
  );
  write('status_days/touched.sql', 'select 1');
  write('status_days/status_days.view.sql', 'select 2');
  expect(read().marts.find(({ name }) => name === 'status_days')).toMatchObject({
    touched: 'select 1\n',
    view: {
      sql: 'select 2\n',
      reads: ['orders'],
      columns: [{ name: 'share', type: 'percent', description: 'x' }],
    },
  });
});

describe('the error has the file, the line and the remedy for', () => {
  test.each<[string, readonly string[], string]>([
    [
      'a property that there is none of',
      changed(9, 'refresh: { by: day, agregate: additive }'),
      '9: refresh.agregate: is no property: did you mean aggregate?',
    ],
    [
      'a missing property',
      STATUS_DAYS.slice(1),
      '1: grain: is missing: add it, for example "grain: one row per day with an order"',
    ],
    [
      'a column without a type',
      changed(7, '  orders: { description: orders }'),
      '7: columns.orders: it has no type: add "type: count" or another one, or "like: orders.user_id" for the type of a contract\'s column',
    ],
    [
      'a column without a description',
      changed(7, '  orders: { type: count }'),
      '7: columns.orders.description: is missing: add it',
    ],
    [
      'a type that there is none of',
      changed(7, '  orders: { type: number, description: x }'),
      '7: columns.orders.type: expected one of date, text, count, money, percent, int64, boolean, timestamp, or decimal(p,s) such as decimal(38,4), got "number"',
    ],
    [
      'a column that is like none of a contract',
      changed(5, '  status: { like: orders.state, description: x }'),
      '5: columns.status.like: status is like orders.state, which is not a column of a contract',
    ],
    [
      'a key that is not a column',
      changed(3, 'key: [state, order_date]'),
      '3: key: state is not a column: add it to columns, or name one that is there',
    ],
    [
      'a day of another type',
      changed(8, 'inputs: [{ name: orders, day: status }]'),
      '8: inputs.0.day: status is not a timestamp or date of orders: name one that puts its rows in a day',
    ],
    [
      'a day that is not a column',
      changed(8, 'inputs: [{ name: orders, day: ordered_at }]'),
      '8: inputs.0.day: ordered_at is not a timestamp or date of orders',
    ],
    [
      'an input that there is none of',
      changed(8, 'inputs: [{ name: orders, day: created_at }, ordres]'),
      '8: inputs.1: it reads ordres, which is not a kind, a mart or a view: expected one of',
    ],
    [
      'a strategy that must be additive',
      changed(9, 'refresh: { by: order }'),
      '9: refresh.by: a mart that is refreshed by order must be additive: add "aggregate: additive"',
    ],
    [
      'an additive mart without a count',
      changed(9, 'refresh: { by: day, aggregate: additive }'),
      '9: refresh.exists: an additive mart must name in "exists" the count that its rows exist by',
    ],
    [
      'an input of which changes affect an unknown day',
      changed(8, 'inputs: [orders]'),
      '9: refresh.by: how a change of orders affects it is unknown: add touched.sql',
    ],
    [
      'a table of another mart',
      changed(10, 'serve: { dynamodb: { table: OrderKPIs, id: StatusDays } }'),
      '10: serve.dynamodb.table: OrderKPIs is the table of two marts: give it another name',
    ],
    [
      'an index over a column that there is none of',
      changed(10, 'serve: { dynamodb: { table: StatusDays, id: StatusDays, indexes: { by-day: [day] } } }'),
      '10: serve.dynamodb.indexes.by-day: day is not a column: name one that is stored',
    ],
    [
      'a rate that is a count',
      changed(7, '  orders: { type: count, description: x, rate: { dividend: orders, divisor: a } }'),
      '7: columns.orders.type: a rate must be a percent or money, and is count',
    ],
    [
      'a view without SQL',
      [...STATUS_DAYS, 'view: { columns: { rank: { type: count, description: x } } }'],
      '11: there is no status_days.view.sql next to this file: create it',
    ],
    ['what is not YAML', ['key: [a'], 'not valid YAML'],
  ])('%s', (_, yaml, expected) => {
    writeMart('status_days', ...yaml);
    expect(faults()).toEqual(expect.arrayContaining([expect.stringContaining(expected)]));
    expect(faults()[0]).toMatch(/^\/status_days\/mart\.yaml:\d+: /);
  });

  test('all marts at once', () => {
    writeMart('a', ...STATUS_DAYS.slice(1));
    writeMart('b', ...STATUS_DAYS.slice(0, 1));
    expect(faults().map((line) => line.split(':')[0])).toEqual(
      expect.arrayContaining(['/a/mart.yaml', '/b/mart.yaml']),
    );
  });

  test('files that are missing, misspelled or not declared', () => {
    write('status_days/mart.yaml', ...STATUS_DAYS);
    write('status_days/statusdays.sql', SQL);
    mkdirSync(path.join(folder, 'empty'));
    write('Orders/mart.yaml', ...STATUS_DAYS);
    writeMart('status_hours', ...STATUS_DAYS);
    write('status_hours/status_hours.view.sql', SQL);
    expect(faults()).toEqual([
      expect.stringContaining('/Orders/mart.yaml:1: "Orders" is not a valid name of a mart'),
      '/empty/mart.yaml:1: there is no mart.yaml in this folder: add it, or move the folder to another place',
      '/status_days/mart.yaml:1: there is no status_days.sql next to this file: create it',
      '/status_days/mart.yaml:1: nothing reads statusdays.sql: expected status_days.sql, status_days.view.sql, touched.sql',
      '/status_hours/mart.yaml:1: status_hours.view.sql gives columns that are not declared: add "view: { columns: ... }", or remove it',
    ]);
  });

  test('marts that read each other', () => {
    writeMart('a', ...changed(8, 'inputs: [b]').slice(0, -1));
    writeMart('b', ...changed(8, 'inputs: [a]').slice(0, -1));
    expect(faults()).toEqual(
      expect.arrayContaining([
        '/a/mart.yaml:8: inputs: it reads a mart that reads a, or another one of such a circle',
        '/b/mart.yaml:8: inputs: it reads a mart that reads b, or another one of such a circle',
      ]),
    );
  });

  test('a mart of the name of a kind, and a folder that is none or a single mart', () => {
    writeMart('orders', ...STATUS_DAYS);
    expect(faults()).toContainEqual(
      '/orders/mart.yaml:1: orders is the name of a kind or a view: rename the folder and its SQL',
    );
    const single = () => readMartFolders([path.join(folder, 'orders')], INCLUDED_MARTS, INCLUDED.contracts);
    expect(single).toThrow('it is the folder of one mart: name the folder around it');
    const none = () => readMartFolders([path.join(folder, 'none')], INCLUDED_MARTS, INCLUDED.contracts);
    expect(none).toThrow('there is no such folder');
  });
});

describe('a mart that is refreshed by session', () => {
  const VISITS = [
    'grain: one row per visit',
    'description: visits',
    'key: [visit]',
    'columns:',
    '  visit: { type: text, description: visit }',
    '  visitor_id: { type: text, nullable: true, description: visitor }',
    '  session_id: { type: text, nullable: true, description: session }',
    '  started_at: { type: timestamp, description: start }',
    'inputs: [counted_events]',
    'refresh: { by: session }',
  ];

  test('must say which sessions a change affects, and when its sessions start', () => {
    writeMart('visits', ...VISITS.toSpliced(6, 2, '  started_at: { type: date, description: start }'));
    expect(faults()).toEqual([
      expect.stringContaining(
        'mart.yaml:4: columns: a mart that is refreshed by session must have session_id and started_at: add them',
      ),
      expect.stringContaining('which sessions a change affects is unknown: add touched.sql'),
    ]);
    writeMart('visits', ...VISITS);
    write('visits/touched.sql', 'select 1');
    expect(faults()).toEqual([]);
  });

  test('must know the time of every row that it reads', () => {
    writeMart('visits', ...VISITS.with(-2, 'inputs: [counted_events, transactions]'));
    write('visits/touched.sql', 'select 1');
    expect(faults()).toEqual([
      expect.stringContaining('write { name: transactions, day: ... } with a timestamp'),
    ]);
  });

  test('is not additive', () => {
    writeMart(
      'visits',
      ...VISITS.slice(0, -1),
      'refresh: { by: session, aggregate: additive, exists: events }',
    );
    write('visits/touched.sql', 'select 1');
    expect(faults()).toContainEqual(expect.stringContaining('cannot be additive: remove it'));
  });
});
