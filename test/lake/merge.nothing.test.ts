import { merge } from '../../lake/merge';
import { readSnapshot } from '../../lake/snapshot';
import {
  mergeRows,
  openTestLake,
  relationOf,
  type TestLake,
  THINGS,
  TOTALS,
  thing,
} from '../builders/test-lake';

let lake: TestLake;
beforeEach(async () => {
  lake = await openTestLake();
});
afterEach(() => lake.close());

const writes = () =>
  ['put', 'putIfAbsent', 'upload', 'delete'].flatMap((operation) =>
    lake.bucket.calls.filter((call) => call.operation === operation),
  );

test('no rows and no table: nothing is made', async () => {
  expect(await mergeRows(lake, THINGS, [])).toMatchObject({ version: null, attempts: 0, inserted: 0 });
  expect(writes()).toEqual([]);
});

test('no rows and no table, but a txn: an empty table that names it', async () => {
  const txns = [{ appId: 'a', version: 1 }];
  expect(await mergeRows(lake, THINGS, [], { txns })).toMatchObject({ version: 0, filesAdded: 0 });
  const snapshot = await readSnapshot(lake, THINGS.location);
  expect([snapshot?.files.size, snapshot?.metadata.partitionColumns]).toEqual([0, ['place']]);
  expect([...(snapshot?.txns ?? [])]).toEqual([['a', 1]]);
  expect(await mergeRows(lake, THINGS, [thing(1, 'a', 1)], { txns })).toMatchObject({
    version: 1,
    inserted: 1,
  });
});

test('only rows that are superseded: nothing is committed or written', async () => {
  await mergeRows(lake, THINGS, [thing(1, 'a', 5), thing(2, 'b', 5)]);
  lake.bucket.calls.length = 0;
  const outcome = await mergeRows(lake, THINGS, [thing(1, 'a', 5), thing(2, 'c', 4)]);
  expect(outcome).toMatchObject({ version: 0, superseded: 2, filesAdded: 0, filesRemoved: 0, attempts: 0 });
  expect(writes()).toEqual([]);
});

test('rows equal to those of a table without versions: nothing is committed', async () => {
  const rows = [{ category: 'a', day: '2025-07-01', total: '1.00' }];
  await mergeRows(lake, TOTALS, rows);
  expect(await mergeRows(lake, TOTALS, rows)).toMatchObject({ version: 0, superseded: 1, attempts: 0 });
});

test('deletes of keys that are not there: nothing is committed', async () => {
  await mergeRows(lake, THINGS, [thing(1, 'a', 1)]);
  const rows = await relationOf(lake, THINGS, []);
  expect(await merge(lake, THINGS, { rows, deletes: '(select 9 as id)' })).toMatchObject({
    version: 0,
    deleted: 0,
  });
});

test('a txn that goes on is committed alone, once', async () => {
  await mergeRows(lake, THINGS, [thing(1, 'a', 1)], { txns: [{ appId: 'a', version: 1 }] });
  const txns = [
    { appId: 'a', version: 2 },
    { appId: 'b', version: 7 },
  ];
  expect(await mergeRows(lake, THINGS, [], { txns })).toMatchObject({
    version: 1,
    filesAdded: 0,
    attempts: 1,
  });
  expect(await mergeRows(lake, THINGS, [], { txns })).toMatchObject({ version: 1, attempts: 0 });
  const entry = lake.bucket.text('staging/things/_delta_log/00000000000000000001.json') ?? '';
  const actions = entry
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(actions.slice(1).map(({ txn }) => [txn.appId, txn.version])).toEqual([
    ['a', 2],
    ['b', 7],
  ]);
  const snapshot = await readSnapshot(lake, THINGS.location);
  expect([...(snapshot?.txns ?? [])]).toEqual([
    ['a', 2],
    ['b', 7],
  ]);
});
