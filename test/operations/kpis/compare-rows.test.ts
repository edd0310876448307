import fc from 'fast-check';
import { catalog } from '../../../catalog/catalog';
import { canonicalNumber, type MartCells } from '../../../domain/mart';
import { compareRows, keyOf } from '../../../operations/kpis/compare-rows';

describe('a number has one text', () => {
  test.each([
    ['12.50', '12.5'],
    ['012', '12'],
    ['1.25E1', '12.5'],
    ['125e-1', '12.5'],
    ['5e-3', '0.005'],
    ['1200', '1200'],
    ['12e2', '1200'],
    ['-0.10', '-0.1'],
    ['+3', '3'],
    ['.5', '0.5'],
    ['0.00', '0'],
    ['-0', '0'],
    ['123456789012345678901234567890123456.78', '123456789012345678901234567890123456.78'],
    ['', ''],
    ['.', '.'],
    ['12,5', '12,5'],
    ['1 2', '1 2'],
    ['NaN', 'NaN'],
  ])('%s is %s', (text, canonical) => expect(canonicalNumber(text)).toBe(canonical));

  test('however zeros and exponent shift it', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
        fc.integer({ min: -12, max: 12 }),
        fc.integer({ min: 0, max: 5 }),
        (digits, exponent, zeros) => {
          const shifted = `${digits}${'0'.repeat(zeros)}e${exponent - zeros}`;
          expect(canonicalNumber(shifted)).toBe(canonicalNumber(`${digits}e${exponent}`));
          if (exponent >= 0) expect(canonicalNumber(shifted)).toBe(String(digits * 10n ** BigInt(exponent)));
        },
      ),
    );
  });
});

const day = (order_date: string, total_orders = '1'): MartCells => ({ order_date, total_orders });
const keyed = (...rows: MartCells[]) =>
  new Map(rows.map((cells) => [keyOf(catalog.mart('order_kpis'), cells), cells]));
const compare = (expected: MartCells[], found: MartCells[], most = 20) =>
  compareRows('t', catalog.mart('order_kpis'), keyed(...expected), found, most);

test('the same rows in any order do not differ', async () => {
  expect(await compare([day('a'), day('b')], [day('b'), day('a')])).toEqual({
    found: 2,
    differences: 0,
    first: [],
  });
});

test('tells rows that are missing, not expected, there twice, or have other values', async () => {
  const found = [day('b', '2'), { ...day('c'), note: 'x' }, day('d'), day('c'), {}];
  expect(await compare([day('a'), day('b'), day('c')], found)).toEqual({
    found: 5,
    differences: 6,
    first: [
      {
        table: 't',
        key: ['b'],
        kind: 'different',
        columns: [{ name: 'total_orders', expected: '1', found: '2' }],
      },
      { table: 't', key: ['c'], kind: 'different', columns: [{ name: 'note', expected: null, found: 'x' }] },
      { table: 't', key: ['d'], kind: 'unexpected', columns: [] },
      { table: 't', key: ['c'], kind: 'unexpected', columns: [] },
      { table: 't', key: [''], kind: 'unexpected', columns: [] },
      { table: 't', key: ['a'], kind: 'missing', columns: [] },
    ],
  });
});

test('counts every difference and tells the first', async () => {
  const { differences, first } = await compare(
    ['a', 'b', 'c', 'd'].map((date) => day(date)),
    [],
    2,
  );
  expect(differences).toBe(4);
  expect(first.map(({ key }) => key)).toEqual([['a'], ['b']]);
});

test('a key of two columns is not mistaken for another of the same text', async () => {
  const row = (category: string, order_date: string) => ({ category, order_date });
  const expected = row('a', 'b,c');
  const { differences } = await compareRows(
    't',
    catalog.mart('category_kpis'),
    new Map([[keyOf(catalog.mart('category_kpis'), expected), expected]]),
    [row('a","b', 'c')],
    20,
  );
  expect(differences).toBe(2);
});
