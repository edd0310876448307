import { catalog } from '../../catalog/catalog';
import type { Contract } from '../../domain/contract';
import { columnKey } from '../../domain/header-columns';
import { isAboveOne, isQuantityKey, quantityRule, undeclaredQuantity } from '../../domain/quantity';

test.each([
  'quantity',
  'Qty',
  'Lineitem quantity',
  'Qty. Ordered',
  'quantity-purchased',
  'Stück',
  'Anzahl',
  'units',
  'Menge',
])('%s is a number of pieces', (name) => expect(isQuantityKey(columnKey(name))).toBe(true));

test.each([
  'stock_quantity',
  'Quantity Available',
  'qty refunded',
  'min_qty',
  'quantity_returned',
  'unit_price',
  'total',
  'quality',
])('%s is no number of pieces sold', (name) => expect(isQuantityKey(columnKey(name))).toBe(false));

test.each([
  '',
  ' ',
  '0',
  '1',
  ' 1 ',
  '1.0',
  '1.0000',
  '1,00',
  '01',
  '+1',
  '-3',
  '(2)',
  '0.5',
  '1 pc',
  'n/a',
  'NULL',
  '1x',
])('%j is at most one piece', (cell) => expect(isAboveOne(cell)).toBe(false));

test.each([
  '2',
  ' 3',
  '10',
  '1.5',
  '1,5',
  '1.01',
  '02',
  '2 pcs',
  '1,000',
  '1.000.000',
  '1e3',
  '+2',
  'x3',
  '2.0',
  '1 000',
])('%j may be more than one piece', (cell) => expect(isAboveOne(cell)).toBe(true));

test('the fault of a file names the cell, the line, and what to add to the contract', () => {
  expect(undeclaredQuantity(catalog.contract('order_items'), 'Lineitem quantity', '3 pcs', 4)).toEqual({
    reason: 'the column Lineitem quantity holds "3 pcs" (line 4)',
    remedy:
      'declare whether sale_price is per piece or per line: add "quantity: { column: quantity, of: sale_price, price: unit }" (or price: line) to the contract of order_items, and "aliases: [Lineitem quantity]" to its column quantity',
    declarations: [
      {
        line: 'quantity: { column: quantity, of: sale_price, price: unit }',
        others: ['quantity: { column: quantity, of: sale_price, price: line }'],
        kind: 'order_items',
      },
      { line: 'aliases: [Lineitem quantity]', others: [], kind: 'order_items', column: 'quantity' },
    ],
    line: 4,
    kind: 'order_items',
  });
});

describe('a declared price', () => {
  const contract = (price: 'unit' | 'line'): Contract => ({
    kind: 'lines',
    key: ['n'],
    partition: { by: 'value', of: 'n' },
    columns: [
      { name: 'price', type: 'money', required: false },
      { name: 'n', type: 'int64', required: false },
    ],
    quantity: { column: 'n', of: 'price', price },
  });
  const check = (price: 'unit' | 'line', ...values: (string | null)[]) => {
    const fault = quantityRule(contract(price))?.(values);
    return fault ?? values;
  };

  test.each([
    [['9.9900', '3'], '29.9700'],
    [['0.0001', '10'], '0.0010'],
    [['-2.5000', '2'], '-5.0000'],
    [['2.5000', '-2'], '-5.0000'],
    [['2.5000', '0'], '0.0000'],
    [['99999999999999.9999', '1'], '99999999999999.9999'],
    [['9.9900', null], '9.9900'],
    [[null, '3'], null],
  ])('of a piece: %j cost %s', (values, total) => {
    expect(check('unit', ...values)).toEqual([total, values[1]]);
  });

  test('of a line stays as it is', () => expect(check('line', '9.9900', '3')).toEqual(['9.9900', '3']));

  test.each(['unit', 'line'] as const)('of a %s: a row has at most ten million pieces', (price) => {
    expect(check(price, '1.0000', '10000000')).toHaveLength(2);
    for (const count of ['10000001', '-10000001']) {
      expect(check(price, '1.0000', count)).toMatchObject({
        column: 'n',
        reason: `expected at most 10000000 pieces, got ${count}`,
      });
    }
  });

  test('of a piece: the total has at most 14 digits before the point', () => {
    expect(check('unit', '99999999999999.0000', '2')).toMatchObject({
      column: 'price',
      reason: expect.stringContaining('got 2 times 99999999999999.0000'),
    });
  });
});
