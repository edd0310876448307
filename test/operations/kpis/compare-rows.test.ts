import fc from 'fast-check';
import { canonicalNumber } from '../../../domain/mart';
import { compareRows } from '../../../operations/kpis/compare-rows';
import { openTestLake, type TestLake } from '../../builders/test-lake';

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

let lake: TestLake;
beforeEach(async () => {
  lake = await openTestLake();
});
afterEach(() => lake.close());

type Row = readonly [category: string | null, day: string | null, orders: number | null];

/** The differences between rows, which DuckDB holds in two tables. */
async function compare(expected: readonly Row[], found: readonly Row[], most = 20) {
  for (const [name, rows] of Object.entries({ expected, found })) {
    await lake.db.run(`create or replace temp table ${name} (category varchar, day varchar, orders bigint)`);
    for (const [category, day, orders] of rows) {
      await lake.db.run(`insert into ${name} values ($category, $day, $orders)`, { category, day, orders });
    }
  }
  const columns = ['category', 'day', 'orders'];
  const textOf = (value: string) => `cast(${value} as varchar)`;
  return compareRows(
    lake,
    { table: 't', key: ['category', 'day'], columns, expected: 'expected', found: 'found', textOf },
    most,
  );
}

test('the same rows in any order do not differ, and null is equal to null', async () => {
  const [a, b]: Row[] = [
    ['a', '1', 1],
    ['b', '1', null],
  ];
  expect(await compare([a, b] as Row[], [b, a] as Row[])).toEqual({
    expected: 2,
    found: 2,
    differences: 0,
    first: [],
  });
});

test('tells rows that are missing, not expected, there twice, or have other values, in the order of the key', async () => {
  const expected: Row[] = [
    ['a', '1', 1],
    ['b', '1', 1],
    ['c', '1', 1],
    ['e', '1', 1],
  ];
  const found: Row[] = [
    ['d', '1', 1],
    ['c', '1', 1],
    ['c', '1', 1],
    ['b', '1', 2],
    ['e', '1', null],
  ];
  expect(await compare(expected, found)).toEqual({
    expected: 4,
    found: 5,
    differences: 5,
    first: [
      { table: 't', key: ['a', '1'], kind: 'missing', columns: [] },
      {
        table: 't',
        key: ['b', '1'],
        kind: 'different',
        columns: [{ name: 'orders', expected: '1', found: '2' }],
      },
      { table: 't', key: ['c', '1'], kind: 'unexpected', columns: [] },
      { table: 't', key: ['d', '1'], kind: 'unexpected', columns: [] },
      {
        table: 't',
        key: ['e', '1'],
        kind: 'different',
        columns: [{ name: 'orders', expected: '1', found: null }],
      },
    ],
  });
});

test('counts every difference and tells the first', async () => {
  const rows = ['a', 'b', 'c', 'd'].map((category): Row => [category, '1', 1]);
  const { differences, first } = await compare(rows, [], 2);
  expect(differences).toBe(4);
  expect(first.map(({ key }) => key[0])).toEqual(['a', 'b']);
});
