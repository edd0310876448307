import fc from 'fast-check';
import { catalog } from '../../catalog/catalog';
import type { Contract } from '../../domain/contract';
import { columnKey } from '../../domain/header-columns';
import { matchHeader } from '../../domain/header-match';
import { propertyRuns } from '../builders/property-runs';

const { contracts } = catalog;
const names = (kind: string) => catalog.contract(kind).columns.map(({ name }) => name);
const required = (kind: string) =>
  catalog
    .contract(kind)
    .columns.filter((column) => column.required)
    .map(({ name }) => name);

const kindOf = (key: string, header: readonly string[], of: readonly Contract[] = contracts) => {
  const found = matchHeader(key, header, of);
  return 'match' in found ? found.match.contract.kind : found.fault.reason;
};

describe('names of columns', () => {
  test.each([
    ['Order ID', 'order_id'],
    ['order-id', 'order_id'],
    [' ORDER_ID ', 'orderid'],
    ['Größe (cm)', 'größecm'],
    ['Gro\u0308ße cm', 'GRÖßE_CM'],
    ['ﬁrst', 'first'],
    ['注文 番号', '注文番号'],
    ['\ufeffid', 'id'],
  ])('%j is %j', (one, other) => expect(columnKey(one)).toBe(columnKey(other)));

  test.each([
    ['Größe', 'Grosse'],
    ['order_id2', 'order_id'],
    ['номер', 'номера'],
    ['กี', 'กา'],
  ])('%j is not %j', (one, other) => expect(columnKey(one)).not.toBe(columnKey(other)));
});

describe('the columns', () => {
  test.each(catalog.kinds)('of %s are found in any position and spelling', (kind) => {
    const spelled = names(kind)
      .toReversed()
      .map((name) => ` ${name.toUpperCase().replaceAll('_', '-')}`);
    const header = ['extra', ...spelled];
    expect(matchHeader('input/file.csv', header, contracts)).toEqual({
      match: {
        contract: catalog.contract(kind),
        width: header.length,
        names: header,
        extraColumns: ['extra'],
        missingColumns: [],
        renamedColumns: [],
        isReordered: true,
        positions: names(kind).map((_, at) => header.length - 1 - at),
        kept: catalog.contract(kind).extra === 'keep' ? [{ at: 0, name: 'extra' }] : [],
        guards: kind === 'order_items' ? [{ rule: 'pieces', at: 1, column: 'QUANTITY' }] : [],
      },
    });
  });

  test('of a contract may be missing unless they are required', () => {
    expect(
      matchHeader('input/orders.csv', ['user_id', 'created_at', 'order_id', 'x'], contracts),
    ).toMatchObject({
      match: {
        positions: [2, 0, null, 1, null, null, null, null, null],
        missingColumns: ['status', 'returned_at', 'shipped_at', 'delivered_at', 'num_of_item', 'currency'],
      },
    });
    expect(kindOf('input/orders.csv', ['order_id', 'created_at'])).toBe(
      'the header lacks 1 column of orders: user_id',
    );
  });

  test('may have an alias', () => {
    const aliased = contracts.map((contract) => ({
      ...contract,
      columns: contract.columns.map((column) =>
        column.name === 'order_id' ? { ...column, aliases: ['Order Number', 'Bestellnummer'] } : column,
      ),
    }));
    expect(matchHeader('input/orders.csv', ['order-number', 'User ID', 'Created At'], aliased)).toMatchObject(
      { match: { positions: [0, 1, null, 2, null, null, null, null, null] } },
    );
    expect(
      matchHeader('input/orders.csv', ['Bestellnummer', 'user_id', 'created_at', 'order_id'], aliased),
    ).toMatchObject({
      fault: {
        reason: 'the header names 1 column more than once: order_id',
        details: ['order_id: columns 1 (Bestellnummer) and 4'],
      },
    });
  });

  test('may be repeated, and unnamed, if they are extra', () => {
    expect(
      matchHeader('input/orders.csv', [...names('orders'), 'note', 'note', ' '], contracts),
    ).toMatchObject({ match: { extraColumns: ['note', 'note', '(column 12, unnamed)'] } });
  });

  test('that are repeated are all named, with their positions', () => {
    expect(
      matchHeader('input/orders.csv', [...names('orders'), 'Status', 'user-id'], contracts),
    ).toMatchObject({
      fault: {
        reason: 'the header names 2 columns more than once: user_id, status',
        details: ['user_id: columns 2 and 11 (user-id)', 'status: columns 3 and 10'],
      },
    });
  });
});

describe('the kind', () => {
  test('is that of the name, unless the columns are those of another kind', () => {
    expect(matchHeader('input/orders.csv', names('products'), contracts)).toMatchObject({
      fault: { kind: 'orders', reason: expect.stringContaining('the columns are those of products') },
    });
    // All that orders require is in a file of items.
    expect(matchHeader('input/orders.csv', names('order_items'), contracts)).toMatchObject({
      fault: {
        kind: 'orders',
        reason:
          'the header lacks 2 columns of orders: num_of_item, currency; the columns are those of order_items',
        remedy: 'start its name with order_items',
      },
    });
    expect(kindOf('input/orders.csv', [...names('order_items'), 'num_of_item'])).toBe('orders');
  });

  test('is that of the only contract whose required columns and half of whose columns are in the header', () => {
    expect(kindOf('input/x.csv', ['order_id', 'user_id', 'created_at', 'num_of_item', 'channel'])).toBe(
      'orders',
    );
    expect(kindOf('input/x.csv', ['order_id', 'user_id', 'created_at', 'channel'])).toContain(
      'less than half',
    );
    // Files of any kind have an id.
    expect(kindOf('input/x.csv', ['id', 'name', 'email'])).toContain('no kind has these columns');
  });

  test('is that of the contract with more of the columns, if several fit', () => {
    expect(kindOf('input/x.csv', names('order_items'))).toBe('order_items');
    expect(
      kindOf(
        'input/x.csv',
        names('order_items').filter((name) => !name.endsWith('_at') || name === 'created_at'),
      ),
    ).toBe('order_items');
  });

  test('is unknown if a contract that lacks a required column has more of the columns', () => {
    // Items without an id would be taken for orders.
    expect(kindOf('input/x.csv', names('order_items').slice(1))).toContain('nearest: order_items, lacks id');
  });

  test('is unknown if the columns of two kinds are in the header', () => {
    const both = [...new Set([...names('orders'), ...names('products')])];
    expect(kindOf('input/x.csv', both)).toBe(
      'the kind of file is unknown: it has the columns of each of order_items, orders, products',
    );
    expect(kindOf('input/orders.csv', both)).toBe('orders');
    const twins = [
      ...contracts,
      { ...catalog.contract('orders'), kind: 'web_orders', match: { names: ['web_orders*'] } },
    ];
    expect(matchHeader('input/x.csv', names('orders'), twins)).toMatchObject({
      fault: { remedy: expect.stringContaining('"match: { names: [orders*] }"') },
    });
    expect(kindOf('input/web_orders.csv', names('orders'), twins)).toBe('web_orders');
  });

  test('by the header is never one of two that fit, whatever the columns and the order of the contracts', () => {
    const all = [...new Set([...catalog.kinds.flatMap(names), 'note', 'email'])];
    fc.assert(
      fc.property(
        fc.subarray(all),
        fc.shuffledSubarray([...contracts], { minLength: contracts.length }),
        (header, of) => {
          const found = matchHeader('input/x.csv', header, of);
          const reversed = matchHeader('input/x.csv', header, of.toReversed());
          expect('match' in reversed && reversed).toEqual('match' in found && found);
          if (!('match' in found)) return;
          const { contract, missingColumns } = found.match;
          expect(required(contract.kind).every((name) => header.includes(name))).toBe(true);
          const half = (kind: string) => Math.floor(names(kind).length / 2);
          const { length } = contract.columns;
          expect(length - missingColumns.length).toBeGreaterThanOrEqual(half(contract.kind));
          const has = (kind: string) => names(kind).filter((name) => header.includes(name));
          for (const other of catalog.kinds) {
            if (other === contract.kind) continue;
            const fits =
              required(other).every((name) => header.includes(name)) && has(other).length >= half(other);
            if (fits) expect(has(contract.kind)).toEqual(expect.arrayContaining(has(other)));
          }
        },
      ),
      propertyRuns(500),
    );
  });
});

describe('the reason and the remedy', () => {
  const faultOf = (header: string, key = 'input/export.csv') => {
    const found = matchHeader(key, header.split(','), contracts);
    if ('match' in found) throw new Error(`taken as ${found.match.contract.kind}`);
    return found.fault;
  };

  test.each([
    ['order_id,user_id,order_dow', /nearest: orders, lacks created_at/],
    [
      'order_id,number,date,status,order_total,order_item_1,order_item_2',
      /line items are packed into cells: export one row per item/,
    ],
    ['Order ID,Customer ID,Order Status,Total Quantity,Product Details', /line items are packed into cells/],
    ['ID,Purchase Date,Grand Total (Base),Status,Subtotal', /orders without line items/],
    ['settlement-id,transaction-type,order-id,amount-type,amount,posted-date', /a ledger of amounts/],
    ['Handle,Title,SKU,Location,Committed (not editable),On hand (current)', /a stock count/],
    ['a,b,c', /: no kind has these columns$/],
  ])('say what %s is', (header, reason) => {
    expect(faultOf(header)).toMatchObject({
      reason: expect.stringMatching(reason),
      remedy: `start its name with its kind if it is one of ${catalog.kinds.join(', ')}, or add a contract for it`,
      line: 1,
    });
  });

  test('never advise empty values for a required column', () => {
    expect(faultOf('order_id,created_at,customer', 'input/orders.csv')).toMatchObject({
      reason: 'the header lacks 1 column of orders: user_id',
      remedy:
        'add it to the file, with a value in every row; for a column that it has under another name, add "aliases: [that name]" to the column user_id in the contract of orders',
    });
  });

  test('advise a header if the first line is a row', () => {
    expect(faultOf('1,7,delivered,2025-03-30T16:14:26,,,,1', 'input/orders.csv')).toMatchObject({
      reason:
        'the header lacks 3 columns of orders: order_id, user_id, created_at; the first line is not a header',
      remedy: expect.stringContaining(
        '"read: { header: [order_id, user_id, status, created_at, returned_at,',
      ),
    });
  });
});
