import { BothReaders } from './both-readers';
import { contractsWith, items } from './quantity-files';

let readers: BothReaders;
beforeAll(async () => {
  readers = await BothReaders.open();
});
afterAll(() => readers.close());

test.each([
  ['quantity', 3000],
  ['Qty', 2],
  ['Lineitem quantity', 2],
])('a file with a column %s above 1 is rejected, also after %i other lines', async (header, length) => {
  const ones = Array.from({ length }, () => ['2.50', '1'] as const);
  const { verdict } = await readers.read(
    'order_items',
    items(header, ...ones, ['2.50', ' 3'], ['2.50', '2']),
    contractsWith(),
  );
  expect(verdict).toMatchObject({
    outcome: 'invalid',
    kind: 'order_items',
    fault: {
      line: length + 2,
      reason: expect.stringContaining(`the column ${header} holds 3 (line ${length + 2})`),
    },
  });
  const { verdict: valid } = await readers.read('order_items', items(header, ...ones), contractsWith());
  expect(valid).toMatchObject({ outcome: 'valid', rows: length, badRows: 0 });
});

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
