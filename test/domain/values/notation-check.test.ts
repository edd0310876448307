import fc from 'fast-check';
import type { Contract } from '../../../domain/contract';
import { RowCheck } from '../../../domain/row-rules';

const CONTRACT: Contract = {
  kind: 'order_items',
  key: ['id'],
  partition: { by: 'value', of: 'name' },
  columns: [
    { name: 'id', type: 'int64', required: true },
    { name: 'name', type: 'text', required: false },
    { name: 'sale_price', type: 'money', required: false },
    { name: 'shipping', type: 'money', required: false },
  ],
};

/** Checks rows of the prices of two columns. */
function mixed(rows: readonly (readonly [string, string?])[], contract = CONTRACT) {
  const header = {
    contract,
    positions: [0, 1, 2, 3],
    width: 4,
    names: ['id', 'name', 'price', 'shipping'],
    extraColumns: [],
    missingColumns: [],
    renamedColumns: [],
    isReordered: false,
    guards: [],
    kept: [],
  };
  const rules = new RowCheck(header, { timeZone: 'UTC' });
  for (const [at, [price, shipping = '']] of rows.entries())
    rules.check([`${at}`, 'x', price, shipping], at + 2);
  return rules.mixedNotations;
}

test.each([
  [['12.50'], ['12,50']],
  [['12,50'], ['1.234']],
  [['1,234.50'], ['1.234,50']],
  [['1,234,567'], ['3,5']],
  [['1.234.567'], ['3.5']],
  [['$12.00'], ['12.00 €']],
  [['$12.00'], ['USD 12.00']],
  [['EUR 7'], ['CHF 7']],
  [
    ['EUR 7', ''],
    ['', 'CHF 7'],
  ],
] as const)('%j and %j in one file contradict each other, in any order of the rows', (one, other) => {
  const plain = ['7'] as const;
  expect(mixed([one, plain, other])).toBeDefined();
  expect(mixed([plain, other, plain, one])).toBeDefined();
  expect(mixed([one, one])).toBeUndefined();
});

test.each([
  [['12.50'], ['1,234.50']],
  [['1 234,50'], ['1.234,50']],
  [['$12.00'], ['12.00']],
  [['€ 12'], ['12 EUR']],
  [
    ['12.50', '1,50'],
    ['7', '7'],
  ],
] as const)('%j and %j in one file do not', (one, other) => expect(mixed([one, other])).toBeUndefined());

test('the fault names the column, both values with their lines, and the line to add', () => {
  expect(mixed([['7'], ['12,50'], ['7'], ['1.234']])).toEqual({
    reason:
      'the column sale_price mixes decimal points and decimal commas: "12,50" in line 3 and "1.234" in line 5',
    remedy: `add "notation: { decimal: ',' }" (or '.') to the column sale_price in the contract of order_items`,
    declarations: [
      {
        line: "notation: { decimal: ',' }",
        others: ["notation: { decimal: '.' }"],
        kind: 'order_items',
        column: 'sale_price',
      },
    ],
    line: 5,
  });
});

test('dates of which one proves the day first and another one the month first contradict each other', () => {
  const columns = CONTRACT.columns.map((column) =>
    column.name === 'shipping' ? ({ ...column, name: 'created_at', type: 'timestamp' } as const) : column,
  );
  const dates = (...texts: string[]) =>
    mixed(
      texts.map((text) => ['', text] as const),
      { ...CONTRACT, columns },
    );
  expect(dates('13/08/2025', '01/02/2025', '08/14/2025')).toMatchObject({
    reason:
      'the column created_at mixes orders of day and month: "13/08/2025" in line 2 and "08/14/2025" in line 4',
    remedy:
      'write all dates in one order, and add "notation: { dateOrder: dmy }" (or mdy) to the column created_at in the contract of order_items',
  });
  expect(dates('13/08/2025', '01/02/2025', '2025-08-14')).toBeUndefined();
});

test('a declared notation contradicts nothing', () => {
  const notation = { decimal: ',', currency: 'USD' } as const;
  expect(
    mixed([['12,50'], ['1.234'], ['$1'], ['1 USD'], ['CAD 1']], { ...CONTRACT, notation }),
  ).toBeUndefined();
});

test('mixing is found in every order of the rows, and only then', () => {
  /** An amount, and what it shows. */
  const amounts = fc.constantFrom(
    ...([
      ['7', {}],
      ['12.50', { decimal: '.' }],
      ['1,234.50', { decimal: '.' }],
      ['1,234,567', { decimal: '.' }],
      ['12,50', { decimal: ',' }],
      ['1.234.567', { decimal: ',' }],
      ['1 234', {}],
      ['$7', { currency: '$' }],
      ['$7.50', { currency: '$', decimal: '.' }],
      ['7,5 €', { currency: 'EUR', decimal: ',' }],
      ['EUR 7', { currency: 'EUR' }],
      // Bad values show nothing.
      ['1,234', {}],
      ['x', {}],
    ] as readonly [string, { decimal?: string; currency?: string }][]),
  );
  const rows = fc.array(amounts, { maxLength: 6 });
  fc.assert(
    fc.property(rows, fc.infiniteStream(fc.nat()), (found, order) => {
      const decimals = new Set(found.flatMap(([, { decimal }]) => decimal ?? []));
      const currencies = new Set(found.flatMap(([, { currency }]) => currency ?? []));
      const isMixed = decimals.size > 1 || currencies.size > 1;
      const shuffled = found
        .map((row) => [order.next().value, row] as const)
        .sort(([a], [b]) => a - b)
        .map(([, row]) => row);
      for (const file of [found, found.toReversed(), shuffled]) {
        const fault = mixed(file.map(([text]) => [text] as const));
        expect(fault !== undefined).toBe(isMixed);
      }
    }),
  );
});
