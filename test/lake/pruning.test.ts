import type { AddFile } from '../../lake/actions';
import { filesThatMayHold } from '../../lake/pruning';
import { openTestLake, type TestLake, THINGS, TOTALS } from '../builders/test-lake';

let lake: TestLake;
beforeAll(async () => {
  lake = await openTestLake();
});
afterAll(() => lake.close());

const file = (stats: string | undefined): Pick<AddFile, 'stats'> => ({ stats });
const range = (min: unknown, max: unknown) =>
  file(`{"numRecords":2,"minValues":{"id":${min}},"maxValues":{"id":${max}},"nullCount":{"id":0}}`);

const ids = (...values: string[]) => `(select unnest([${values.map((value) => `${value}::bigint`)}]) as id)`;

test('a file is read where a key lies within its range, not merely between the least and the greatest key', async () => {
  const files = new Map([
    ['below', range(0, 9)],
    ['between', range(11, 89)],
    ['from the first', range(10, 20)],
    ['up to the last', range(80, 90)],
    ['all', range(0, 100)],
    ['above', range(91, 99)],
  ]);
  expect(await filesThatMayHold(lake, THINGS, files, ids('10', '90'))).toEqual([
    'from the first',
    'up to the last',
    'all',
  ]);
});

test('neighbours of 64 bits are told apart', async () => {
  const files = new Map([
    ['least', range('-9223372036854775808', '-9223372036854775807')],
    ['last but one', range('9223372036854775806', '9223372036854775806')],
    ['last', range('9223372036854775807', '9223372036854775807')],
  ]);
  expect(await filesThatMayHold(lake, THINGS, files, ids('9223372036854775807'))).toEqual(['last']);
  expect(await filesThatMayHold(lake, THINGS, files, ids('(-9223372036854775807 - 1)'))).toEqual(['least']);
});

test.each([
  ['has none', undefined],
  ['is no JSON', '{"numRecords":'],
  ['is empty', '{}'],
  ['has no bounds of the key', '{"numRecords":1,"minValues":{"other":1},"maxValues":{"other":1}}'],
  ['has one bound alone', '{"minValues":{"id":900}}'],
  ['has bounds of another type', '{"minValues":{"id":"x"},"maxValues":{"id":"y"}}'],
  ['has null bounds', '{"minValues":{"id":null},"maxValues":{"id":null}}'],
])('a file whose stats tell nothing (%s) is read', async (_, stats) => {
  expect(await filesThatMayHold(lake, THINGS, new Map([['x', file(stats)]]), ids('1'))).toEqual(['x']);
});

test('no key, no file', async () => {
  expect(await filesThatMayHold(lake, THINGS, new Map([['x', range(1, 9)]]), ids())).toEqual([]);
});

test('of several key columns each must have a value within its range', async () => {
  const stats = (category: [string, string], day: [string, string]) =>
    file(
      JSON.stringify({
        minValues: { category: category[0], day: day[0] },
        maxValues: { category: category[1], day: day[1] },
      }),
    );
  const files = new Map([
    ['both', stats(['a', 'c'], ['2025-07-01', '2025-07-31'])],
    ['wrong day', stats(['a', 'c'], ['2025-08-01', '2025-08-31'])],
    ['wrong category', stats(['Za', 'Zz'], ['2025-07-01', '2025-07-31'])],
    ['greater in bytes', stats(['z', 'é\u{10ffff}'], ['2025-07-01', '2025-07-31'])],
  ]);
  const keys = `(select * from (values ('b', date '2025-07-15'), ('é', date '2025-07-16')) t(category, day))`;
  expect(await filesThatMayHold(lake, TOTALS, files, keys)).toEqual(['both', 'greater in bytes']);
});
