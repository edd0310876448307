import fc from 'fast-check';
import { catalog, createCatalog } from '../../../catalog/catalog';
import { ORDER_ITEMS } from '../../builders/csv';
import { propertyRuns } from '../../builders/property-runs';
import { BothReaders } from './both-readers';

let readers: BothReaders;
beforeAll(async () => {
  readers = await BothReaders.open();
});
afterAll(() => readers.close());

const contractsWith = (price?: 'unit' | 'line', aliases: readonly string[] = []) =>
  createCatalog({
    ...catalog,
    contracts: catalog.contracts.map((contract) =>
      contract.kind === 'order_items'
        ? {
            ...contract,
            columns: contract.columns.map((column) =>
              column.name === 'quantity' ? { ...column, aliases } : column,
            ),
            quantity: { column: 'quantity', of: 'sale_price', ...(price && { price }) },
          }
        : contract,
    ),
  }).contracts;

const items = (header: string, ...cells: readonly (readonly [price: string, quantity: string])[]) =>
  [
    `${ORDER_ITEMS},${header}`,
    ...cells.map(
      ([price, quantity], at) => `${at + 1},1,7,2,new,2025-04-01T10:00:00,,,,${price},${quantity}`,
    ),
  ].join('\n');

test.each(['quantity', 'Qty', 'Lineitem quantity'])(
  'a file with a column %s above 1 is rejected, on whichever line that is',
  async (header) => {
    const ones = Array.from({ length: 3000 }, () => ['2.50', '1'] as const);
    const { verdict } = await readers.read(
      'order_items',
      items(header, ...ones, ['2.50', ' 3'], ['2.50', '2']),
      contractsWith(),
    );
    expect(verdict).toMatchObject({
      outcome: 'invalid',
      kind: 'order_items',
      fault: { line: 3002, reason: expect.stringContaining(`the column ${header} holds 3 (line 3002)`) },
    });
    const { verdict: valid } = await readers.read('order_items', items(header, ...ones), contractsWith());
    expect(valid).toMatchObject({ outcome: 'valid', rows: 3000, badRows: 0 });
  },
);

test('a declared column may have an alias, may be missing, and is not replaced by another one', async () => {
  const contracts = contractsWith('unit', ['Number of pieces']);
  const { rows } = await readers.read(
    'order_items',
    items('NUMBER_OF_PIECES', ['2.50', '4'], ['9', '']),
    contracts,
  );
  expect(rows).toMatchObject([
    { sale_price: '10.0000', quantity: '4' },
    { sale_price: '9.0000', quantity: null },
  ]);
  const { verdict } = await readers.read('order_items', items('note', ['2.50', '4']), contracts);
  expect(verdict).toMatchObject({ outcome: 'valid', rows: 1 });
  const { verdict: other } = await readers.read('order_items', items('qty', ['2.50', '4']), contracts);
  expect(other).toMatchObject({ outcome: 'invalid' });
});

test('a kind without pieces may have any number in such a column', async () => {
  const text = 'id,sku,cost,category,retail_price,quantity\n1,a,2,b,3,50\n';
  const { verdict } = await readers.read('products', text, contractsWith());
  expect(verdict).toMatchObject({ outcome: 'valid', rows: 1, extraColumns: ['quantity'] });
});

const PRICES = fc.oneof(
  fc.constantFrom('', '0', '-2.5', '99999999999999.99', '9.00005', 'free', ' 3.10 '),
  fc.integer({ min: 1, max: 99_999 }).map((cents) => (cents / 100).toFixed(2)),
);
const QUANTITIES = fc.oneof(
  fc.constantFrom(
    '',
    '0',
    '1',
    '-2',
    '10000000',
    '10000001',
    '-10000001',
    '2.0',
    'two',
    '9223372036854775807',
  ),
  fc.integer({ min: 1, max: 20 }).map(String),
);

test.each(['unit', 'line'] as const)(
  'with the price of a %s, both readers have the same rows',
  async (price) => {
    const contracts = contractsWith(price);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(PRICES, QUANTITIES), { maxLength: 8 }), async (cells) => {
        await readers.read('order_items', items('quantity', ...cells), contracts);
      }),
      propertyRuns(40),
    );
  },
);

test('without a price, both readers have the same rows, or reject the file for the same line', async () => {
  const contracts = contractsWith();
  let rejected = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('quantity', 'qty'),
      fc.array(
        fc.tuple(PRICES, fc.constantFrom('', '0', '1', '-2', '1.00', '1,0', 'one', '2', '1,000', '3 pcs')),
        {
          maxLength: 4,
        },
      ),
      async (header, cells) => {
        const { verdict } = await readers.read('order_items', items(header, ...cells), contracts);
        if (verdict.outcome === 'invalid') rejected += 1;
      },
    ),
    propertyRuns(40),
  );
  expect(rejected).toBeGreaterThan(3);
});
