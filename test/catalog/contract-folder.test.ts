import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { NO_CONTRACTS, readContractFolder } from '../../catalog/contract-folder';
import { hashContracts } from '../../catalog/contract-hash';
import { INCLUDED } from '../../catalog/included-contracts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'contracts-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, ...lines: string[]) => {
  mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  writeFileSync(path.join(folder, name), `${lines.join('\n')}\n`);
};
const read = () => readContractFolder(folder, INCLUDED);
const contract = (kind: string) => read().contracts.find((one) => one.kind === kind);
const faults = () => {
  try {
    read();
    return [];
  } catch (error) {
    return (error as Error).message.split('\n').map((line) => line.replaceAll(/^.*\/(?=[^/]+:\d+:)/g, ''));
  }
};

const REFUNDS = [
  'kind: refunds',
  'key: [refund_id]',
  'partition: { by: month, of: refunded_at }',
  'columns:',
  '  refund_id: { type: text, required: true }',
  '  refunded_at: { type: timestamp, required: true }',
  '  amount: { type: "decimal(18, 2)" }',
];

test('a contract of another kind is added to the included ones, in the order of their names', () => {
  write('refunds/refunds.yaml', ...REFUNDS);
  expect(read().contracts.map(({ kind }) => kind)).toEqual([
    'currency_rates',
    'event_items',
    'events',
    'inventory',
    'order_items',
    'orders',
    'products',
    'refunds',
  ]);
  expect(contract('refunds')).toEqual({
    kind: 'refunds',
    key: ['refund_id'],
    partition: { by: 'month', of: 'refunded_at' },
    columns: [
      { name: 'refund_id', type: 'text', required: true },
      { name: 'refunded_at', type: 'timestamp', required: true },
      { name: 'amount', type: 'decimal(18,2)', required: false },
    ],
  });
  expect(read().files.refunds).toContain(path.join('refunds', 'refunds.yaml'));
});

test('a contract of the same kind replaces the included one', () => {
  write('orders.yml', ...REFUNDS.with(0, 'kind: orders'));
  expect(contract('orders')?.key).toEqual(['refund_id']);
  expect(read().contracts).toHaveLength(INCLUDED.contracts.length);
});

test('changes keep what they do not mention', () => {
  write(
    'orders.yaml',
    'extends: orders',
    'read: { delimiter: ";" }',
    'columns:',
    '  created_at: { aliases: [Bestelldatum], notation: { dateOrder: dmy } }',
    '  order_id: { type: text }',
    '  channel: { type: text }',
  );
  const before = INCLUDED.contracts.find(({ kind }) => kind === 'orders');
  expect(contract('orders')).toEqual({
    ...before,
    read: { delimiter: ';' },
    columns: [
      { name: 'order_id', type: 'text', required: true, description: 'order' },
      ...(before?.columns ?? [])
        .slice(1)
        .map((column) =>
          column.name === 'created_at'
            ? { ...column, aliases: ['Bestelldatum'], notation: { dateOrder: 'dmy' } }
            : column,
        ),
      { name: 'channel', type: 'text', required: false },
    ],
  });
});

test('changes on changes add up', () => {
  write('orders.yaml', 'extends: orders', 'columns: { created_at: { notation: { dateOrder: dmy } } }');
  const first = read();
  write('orders.yaml', 'extends: orders', 'columns: { created_at: { notation: { zone: Europe/Berlin } } }');
  const both = readContractFolder(folder, first).contracts.find(({ kind }) => kind === 'orders');
  expect(both?.columns.find(({ name }) => name === 'created_at')?.notation).toEqual({
    dateOrder: 'dmy',
    zone: 'Europe/Berlin',
  });
});

test('a source carries the SQL that is next to it', () => {
  write(
    'shop/shop.yaml',
    'source: shop',
    'maps: { orders: orders.sql }',
    'columns:',
    '  Name: { required: true }',
    '  Email: { type: "decimal(9, 2)" }',
  );
  write('shop/orders.sql', 'select 1');
  expect(read().sources).toEqual([
    {
      name: 'shop',
      maps: { orders: 'select 1\n' },
      columns: [
        { name: 'Name', type: 'text', required: true },
        { name: 'Email', type: 'decimal(9,2)', required: false },
      ],
    },
  ]);
});

test('a source fills down and groups by columns that it has', () => {
  write(
    'shop.yaml',
    'source: shop',
    'maps: { orders: orders.sql }',
    'columns: { Name: {} }',
    'group: Order',
    'fillDown:',
    '  by: Name',
    '  columns: [Name, Nmae]',
  );
  write('orders.sql', 'select 1');
  expect(faults()).toEqual([
    'shop.yaml:7: fillDown.columns.1: Nmae is not a column: add it to columns, or name one that is there',
    'shop.yaml:4: group: Order is not a column: add it to columns, or name one that is there',
  ]);
});

test('faults of all files are named with file and line', () => {
  write('a.yaml', ...REFUNDS, 'version: refunded');
  write('b.yaml', 'kind: b', 'keys: [id]');
  write('c.yaml', 'extends: order', 'history: true');
  write('d.yaml', 'extends: orders', 'columns:', '  channel: {}');
  write('e.yaml', 'source: e', 'maps:', '  orders: orders.sql', 'columns: { Name: {} }');
  write('f.yaml', 'source: f', 'maps:', '  parcels: f.sql', 'columns: { Name: {} }');
  write('f.sql', 'select 1');
  expect(faults()).toEqual([
    'a.yaml:8: version: the version refunded is not a column: add it to columns',
    expect.stringMatching(/^b\.yaml:1: key: is missing/),
    expect.stringMatching(/^b\.yaml:1: partition: is missing/),
    expect.stringMatching(/^b\.yaml:1: columns: is missing/),
    'b.yaml:2: keys: is no property: did you mean key?',
    'c.yaml:1: extends: order is not the kind of an included contract: did you mean orders?',
    'd.yaml:3: columns.channel: channel is not a column of orders, so it needs a type, for example "type: text"',
    'e.yaml:3: maps.orders: there is no file orders.sql next to this one: create it',
    expect.stringMatching(
      /^f\.yaml:3: maps\.parcels: parcels is not a kind: expected one of currency_rates, /,
    ),
  ]);
});

test('two contracts of one kind are a fault', () => {
  write('a.yaml', ...REFUNDS);
  write('b.yaml', ...REFUNDS);
  expect(faults()).toEqual([expect.stringMatching(/^b\.yaml:1: refunds is also in .*a\.yaml: remove one/)]);
});

test('a folder that does not exist is a fault', () => {
  expect(() => readContractFolder(path.join(folder, 'none'), NO_CONTRACTS)).toThrow(
    'there is no such folder',
  );
});

describe('the hash of contracts', () => {
  test('does not depend on comments and the order of properties', () => {
    write('refunds.yaml', ...REFUNDS);
    const hash = hashContracts(read());
    expect(hash).toMatch(/^[0-9a-f]{12}$/);
    const [kind, key, ...rest] = REFUNDS;
    write('refunds.yaml', '# refunds', `${key}`, `${kind}`, ...rest);
    expect(hashContracts(read())).toBe(hash);
  });

  test('depends on what they say, down to the order of columns', () => {
    const hashes = [
      REFUNDS,
      [...REFUNDS, 'history: true'],
      REFUNDS.with(5, `${REFUNDS[6]}`).with(6, `${REFUNDS[5]}`),
    ].map((lines) => {
      write('refunds.yaml', ...lines);
      return hashContracts(read());
    });
    expect(new Set([hashContracts(INCLUDED), ...hashes]).size).toBe(4);
  });
});
