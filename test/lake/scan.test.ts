import { catalog } from '../../catalog/catalog';
import { MissingDataFileError } from '../../lake/errors';
import { scan } from '../../lake/scan';
import { readSnapshot } from '../../lake/snapshot';
import { mergeRows, openTestLake, type TestLake, THINGS, thing } from '../builders/test-lake';

let lake: TestLake;
beforeEach(async () => {
  lake = await openTestLake();
});
afterEach(() => lake.close());

const schemaOf = async (view: string) =>
  (await lake.db.rows(`describe ${view}`)).map(
    ({ column_name, column_type }) => `${column_name} ${column_type}`,
  );

test('a view has every column of the table, those of the partition too, in its type', async () => {
  await mergeRows(lake, THINGS, [thing(1, "it's 😀/%", 1), thing(2, null, 2, { seen_at: null })]);
  await scan(lake, await readSnapshot(lake, THINGS.location), THINGS, 'things');
  expect(await schemaOf('things')).toEqual([
    'id BIGINT',
    'place VARCHAR',
    'price DECIMAL(18,4)',
    'seen_at TIMESTAMP WITH TIME ZONE',
    '_source_key VARCHAR',
    '_source_modified_at TIMESTAMP WITH TIME ZONE',
    '_source_line BIGINT',
  ]);
  expect(await lake.db.rows('select id, place, price, seen_at from things order by id')).toEqual([
    { id: '1', place: "it's 😀/%", price: '1.5000', seen_at: '2025-07-01 10:00:00.123456+00' },
    { id: '2', place: null, price: '1.5000', seen_at: null },
  ]);
});

test('a view may have some columns alone, and replaces one of its name', async () => {
  await mergeRows(lake, THINGS, [thing(1, 'a', 1)]);
  const snapshot = await readSnapshot(lake, THINGS.location);
  await scan(lake, snapshot, THINGS, 'things');
  await scan(lake, snapshot, THINGS, 'things', ['place', 'id']);
  expect(await lake.db.rows('from things')).toEqual([{ place: 'a', id: '1' }]);
});

test('a table that is not there is an empty view of the same columns', async () => {
  await scan(lake, undefined, catalog.stagingTable('orders'), 'orders');
  expect(await lake.db.rows('from orders')).toEqual([]);
  expect(await schemaOf('orders')).toEqual([
    'order_id BIGINT',
    'user_id BIGINT',
    'status VARCHAR',
    'created_at TIMESTAMP WITH TIME ZONE',
    'returned_at TIMESTAMP WITH TIME ZONE',
    'shipped_at TIMESTAMP WITH TIME ZONE',
    'delivered_at TIMESTAMP WITH TIME ZONE',
    'num_of_item BIGINT',
    'currency VARCHAR',
    'year VARCHAR',
    'month VARCHAR',
    '_source_key VARCHAR',
    '_source_modified_at TIMESTAMP WITH TIME ZONE',
    '_source_line BIGINT',
  ]);
});

test('files that were scanned before are not downloaded again', async () => {
  await mergeRows(lake, THINGS, [thing(1, 'a', 1), thing(2, 'b', 1)]);
  await scan(lake, await readSnapshot(lake, THINGS.location), THINGS, 'before');
  await mergeRows(lake, THINGS, [thing(3, 'b', 1)]);
  lake.bucket.calls.length = 0;
  await scan(lake, await readSnapshot(lake, THINGS.location), THINGS, 'after');
  expect(lake.bucket.callsOf('download')).toHaveLength(1);
  expect(
    await lake.db.rows('select (select count(*) from before) as b, (select count(*) from after) as a'),
  ).toEqual([{ b: '2', a: '3' }]);
});

test('a data file that is gone is an error that names it', async () => {
  await mergeRows(lake, THINGS, [thing(1, 'a', 1)]);
  const snapshot = await readSnapshot(lake, THINGS.location);
  const [file] = lake.bucket.keys('staging/things/place=a/');
  lake.bucket.objects.delete(file ?? '');
  const scanning = scan(lake, snapshot, THINGS, 'things');
  await expect(scanning).rejects.toThrow(MissingDataFileError);
  await expect(scanning).rejects.toThrow(`its data file ${file} is not in the bucket`);
});
