import { fixedKey, headerDecides, keyFault, rejectedForName, uploadKey } from '../../domain/upload-keys';

test('a key is in input/, in the given folder', () => {
  expect(uploadKey('', 'orders.csv')).toBe('input/orders.csv');
  expect(uploadKey(' /march/2025/ ', 'a/orders.csv')).toBe('input/march/2025/a/orders.csv');
});

test.each([
  ['archive/orders.csv', 'expected a key below input/'],
  ['input/', 'is empty'],
  ['input/a//orders.csv', 'is empty'],
  ['input/../staging/orders.csv', 'cannot be named'],
  ['input/./orders.csv', 'cannot be named'],
  ['input/orders\u0000.csv', 'control characters'],
  ['input/orders\u0085.csv', 'control characters'],
  ['input/orders\ud800.csv', 'not valid Unicode'],
  [`input/${'é'.repeat(510)}.csv`, 'has 1030 bytes'],
])('the key %j is invalid', (key, why) => {
  expect(keyFault(key)).toContain(why);
});

test.each([
  'input/%2e%2e/orders.csv',
  'input/<script>.csv',
  'input/..orders.csv',
  'input/orders \u202e🙂.csv',
  `input/${'é'.repeat(507)}.csv`,
])('the key %j is valid', (key) => {
  expect(keyFault(key)).toBeUndefined();
});

const KINDS = [
  { kind: 'products' },
  { kind: 'orders' },
  { kind: 'order_items', match: { names: ['*lines*'] } },
];

test('a name shows that the file is rejected, or that its header decides', () => {
  for (const name of ['x/Orders 1.CSV', 'x/products.csv.gz', 'LINES.csv']) {
    expect(rejectedForName(`input/${name}`)).toBeUndefined();
    expect(headerDecides(`input/${name}`, KINDS)).toBeUndefined();
  }
  expect(rejectedForName('input/orders/list.csv')).toBeUndefined();
  expect(headerDecides('input/orders/list.csv', KINDS)).toBe(
    'The name is not like any of products*, orders*, *lines*: the header decides the kind.',
  );
  expect(rejectedForName('input/orders.xlsx')).toContain('expected .csv, .tsv, .txt, .ndjson');
});

describe('the key of fixed rows', () => {
  const at = new Date('2025-03-30T16:14:26.123Z');

  test.each([
    ['input/a/orders.csv', 'input/a/orders.fixed-20250330T161426Z.csv'],
    ['input/orders.CSV.gz', 'input/orders.fixed-20250330T161426Z.csv'],
    ['input/orders.mended-20250101T000000Z.csv', 'input/orders.fixed-20250330T161426Z.csv'],
  ])('of %s is %s', (key, expected) => {
    expect(fixedKey(key, at)).toBe(expected);
  });

  test('is never too long, and starts like the file name', () => {
    const key = fixedKey(`input/orders ${'🙂'.repeat(250)}.csv`, at);
    expect(Buffer.byteLength(key)).toBeLessThanOrEqual(1024);
    expect(key).toMatch(/^input\/orders 🙂+\.fixed-20250330T161426Z\.csv$/u);
  });
});
