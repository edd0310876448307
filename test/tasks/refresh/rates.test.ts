import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import type { Mart, MartColumnType } from '../../../domain/mart';
import { DuckDb } from '../../../engine/duckdb/session';
import sparkFunctionsSql from '../../../engine/duckdb/spark_functions.sql';
import { completeRows } from '../../../tasks/refresh/mart-rows';

let directory: string;
let db: DuckDb;
beforeAll(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'rates-'));
  db = await DuckDb.open({ tempDirectory: directory });
  await db.run(sparkFunctionsSql);
});
afterAll(() => {
  db.close();
  rmSync(directory, { recursive: true, force: true });
});

const PARTS: readonly MartColumnType[] = ['count', 'money'];

/** In ten-thousandths. */
type Value = { readonly type: MartColumnType; readonly value: bigint };
const value: fc.Arbitrary<Value> = fc
  .constantFrom(...PARTS)
  .chain((type) =>
    fc
      .bigInt({ min: 0n, max: 10n ** 9n })
      .map((whole) => ({ type, value: type === 'count' ? whole * 10_000n : whole * 100n })),
  );

/** By whole numbers, rounded half up to hundredths. */
function expected(type: MartColumnType, a: bigint, b: bigint): string | null {
  if (b === 0n) return null;
  const scale = type === 'percent' ? 10_000n : 100n;
  const hundredths = (2n * a * scale + b) / (2n * b);
  return `${hundredths / 100n}.${String(hundredths % 100n).padStart(2, '0')}`;
}

async function rateOf(type: MartColumnType, dividend: Value, divisor: Value): Promise<unknown> {
  const mart = {
    columns: [
      { name: 'a', type: dividend.type },
      { name: 'b', type: divisor.type },
      { name: 'rate', type, rate: { dividend: 'a', divisor: 'b' } },
    ],
    refresh: { by: 'day' },
  } as unknown as Mart;
  const amount = ({ type: of, value: of10000 }: Value) =>
    of === 'count' ? `${of10000 / 10_000n}::bigint` : `(${of10000}::decimal(38,0) * 0.0001)::decimal(38,4)`;
  const [row] = await db.rows(
    completeRows(mart, `(select ${amount(dividend)} as a, ${amount(divisor)} as b)`),
  );
  return row?.rate;
}

test.each<[string, MartColumnType, Value, Value, string]>([
  ['pieces per order', 'money', { type: 'count', value: 70_000n }, { type: 'count', value: 20_000n }, '3.50'],
  [
    'revenue per order',
    'money',
    { type: 'money', value: 100_100n },
    { type: 'count', value: 20_000n },
    '5.01',
  ],
  [
    'margin of revenue',
    'percent',
    { type: 'money', value: 50_000n },
    { type: 'money', value: 200_000n },
    '25.00',
  ],
])('%s', async (_, type, dividend, divisor, rate) => {
  expect(await rateOf(type, dividend, divisor)).toBe(rate);
});

test('a rate of any two columns is their quotient, rounded half up', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom<MartColumnType>('money', 'percent'),
      value,
      value,
      async (type, a, b) => {
        const rate = expected(type, a.value, b.value);
        // A percent has three digits before the point.
        fc.pre(type !== 'percent' || rate === null || rate.length <= 6);
        expect(await rateOf(type, a, b)).toBe(rate);
      },
    ),
    { numRuns: 200 },
  );
});
