import fc from 'fast-check';
import { catalog, createCatalog } from '../../../catalog/catalog';
import type { Contract } from '../../../domain/contract';
import { ORDERS } from '../../builders/csv';
import { propertyRuns, propertyTimeout } from '../../builders/property-runs';
import { BothReaders } from './both-readers';

let readers: BothReaders;
beforeAll(async () => {
  readers = await BothReaders.open();
});
afterAll(() => readers.close());

const contractsWith = (changes: Partial<Contract>) =>
  createCatalog({
    ...catalog,
    contracts: catalog.contracts.map((contract) =>
      contract.kind === 'orders' ? { ...contract, ...changes } : contract,
    ),
  }).contracts;

/** Orders with further columns. */
const orders = (columns: string, ...cells: readonly string[]) =>
  [
    `${ORDERS},${columns}`,
    ...cells.map((more, at) => `${at + 1},7,new,2025-04-01T10:00:00,,,,1,${more}`),
  ].join('\n');

describe('rows to leave out', () => {
  const contracts = contractsWith({
    leaveOut: [
      { column: 'Order type', values: ['Test', ''] },
      { column: 'status', values: ['draft'] },
    ],
  });

  test('are neither good nor bad, and are told by columns of the file or of the contract', async () => {
    const text = `${orders('ORDER_TYPE', ' TEST ', 'web', '', 'tester')}\n9,,Draft,not a time,,,,1,web\n`;
    const { verdict, rows } = await readers.read('orders', text, contracts);
    expect(verdict).toMatchObject({ rows: 2, badRows: 0, leftOutRows: 3, extraColumns: [] });
    expect(rows.map(({ order_id }) => order_id)).toEqual(['2', '4']);
  });

  test('are not looked for without their column, which the result lists', async () => {
    const { verdict } = await readers.read('orders', orders('note', 'test'), contracts);
    expect(verdict).toMatchObject({ rows: 1, leftOutRows: 0, missingColumns: ['currency', 'Order type'] });
  });

  test('have one column', async () => {
    const { verdict } = await readers.read('orders', orders('order_type,Order-Type', 'a,test'), contracts);
    expect(verdict).toMatchObject({
      outcome: 'invalid',
      fault: { reason: 'the header names 1 column more than once: Order type' },
    });
  });

  test('never count as pieces', async () => {
    const items = createCatalog({
      ...catalog,
      contracts: catalog.contracts.map((contract) =>
        contract.kind === 'order_items'
          ? { ...contract, leaveOut: [{ column: 'type', values: ['shipping'] }] }
          : contract,
      ),
    }).contracts;
    const text =
      'id,order_id,created_at,sale_price,qty,type\n1,1,2025-04-01,2,1,product\n2,1,2025-04-01,2,3,shipping\n';
    const { verdict } = await readers.read('order_items', text, items);
    expect(verdict).toMatchObject({ outcome: 'valid', rows: 1, leftOutRows: 1 });
  });
});

describe('rows that delete their key', () => {
  test('need no values but the key and the version', async () => {
    const contracts = contractsWith({ version: 'shipped_at' });
    const text = `${ORDERS},_Deleted\n1,,,,,,,,true\n2,7,new,2025-04-01T10:00:00,,,,1,\n,,,,,,,,1\n4,x,y,z,,2025-04-01,,-,YES\n`;
    const { verdict, rows, rejected } = await readers.read('orders', text, contracts);
    expect(verdict).toMatchObject({ rows: 3, badRows: 1, extraColumns: [] });
    expect(rejected).toContain('4,"order_id","expected a value, got none"');
    expect(rows).toMatchObject([
      { order_id: '1', user_id: null, shipped_at: null, _deleted: true },
      { order_id: '2', user_id: '7', _deleted: null },
      {
        order_id: '4',
        user_id: null,
        num_of_item: null,
        shipped_at: '2025-04-01 00:00:00+00',
        _deleted: true,
      },
    ]);
  });

  test('are told by true, and a flag that is neither true nor false is bad', async () => {
    const text = orders('_deleted', 'FALSE', 'f', '0', '', 'T', 'maybe', ' no ');
    const { verdict, rows, rejected } = await readers.read('orders', text, catalog.contracts);
    expect(verdict).toMatchObject({ rows: 6, badRows: 1 });
    expect(rows.filter(({ _deleted }) => _deleted === true)).toMatchObject([{ order_id: '5' }]);
    expect(rejected).toContain('"_deleted","expected true or false, got ""maybe"""');
  });

  test('are told by a declared column; another one means nothing', async () => {
    const text = orders('is gone,deleted', 'Y,', 'n,true', ' y ,');
    const declared = contractsWith({ deleted: { column: 'Is-Gone', values: ['y'] } });
    const { verdict, rows } = await readers.read('orders', text, declared);
    expect(verdict).toMatchObject({ rows: 3, extraColumns: ['deleted'] });
    expect(rows.map(({ _deleted }) => _deleted)).toEqual([true, null, true]);
    const { rows: undeclared } = await readers.read('orders', text, catalog.contracts);
    expect(undeclared.map(({ user_id }) => user_id)).toEqual(['7', '7', '7']);
    expect(undeclared[0]).not.toHaveProperty('_deleted');
  });
});

test('unknown columns are kept as JSON in the order of the file, without empty cells', async () => {
  const contracts = contractsWith({ extra: 'keep' });
  const text = orders('10,Note,note,,_deleted,Note', 'a,"x ""y""",,b,,c', ',,,,,', ',,,,true,z');
  const { verdict, rows } = await readers.read(
    'orders',
    text.replaceAll('"x ""y"""', '"x ""y"", z"'),
    contracts,
    'exact',
  );
  expect(verdict).toMatchObject({
    rows: 3,
    extraColumns: ['10', 'Note', 'note', '(column 12, unnamed)', 'Note'],
  });
  expect(rows.map(({ _extra }) => _extra)).toEqual([
    '{"10":"a","Note":"x \\"y\\", z","column 12":"b","Note (2)":"c"}',
    null,
    null,
  ]);
});

test(
  'both readers decide alike about every row',
  async () => {
    const contracts = contractsWith({
      leaveOut: [{ column: 'kind', values: ['Test', 'straße', 'i'] }],
      deleted: { column: 'gone', values: ['Y'] },
    });
    const kinds = fc.constantFrom('', 'test', ' TEST', 'STRASSE', 'Straße', 'İ', 'ı', '\u00a0test', 'web');
    const gone = fc.constantFrom('', 'y', 'Y ', 'n', 'ｙ');
    const flags = fc.constantFrom('', 'false', 'FALSE', 'true', '1', ' f', 'x', 'null');
    let leftOut = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(kinds, gone, flags), { maxLength: 6 }), async (rows) => {
        const text = orders('kind,gone,_deleted', ...rows.map((cells) => cells.join(',')));
        leftOut += (await readers.read('orders', text, contracts)).verdict.leftOutRows;
      }),
      propertyRuns(40),
    );
    expect(leftOut).toBeGreaterThan(10);
  },
  propertyTimeout(10),
);
