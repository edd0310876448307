import { TableMismatchError, UnsupportedTableError } from '../../lake/errors';
import { entryKey } from '../../lake/log';
import { schemaString } from '../../lake/schema';
import { readSnapshot } from '../../lake/snapshot';
import { mergeRows, openTestLake, type TestLake, THINGS, thing } from '../builders/test-lake';

let lake: TestLake;
beforeEach(async () => {
  lake = await openTestLake();
});
afterEach(() => lake.close());

async function createTable(protocol: object, metadata: object): Promise<void> {
  const metaData = {
    id: 'table',
    format: { provider: 'parquet', options: {} },
    schemaString: schemaString(THINGS.columns),
    partitionColumns: ['place'],
    configuration: {},
    ...metadata,
  };
  const entry = [{ protocol }, { metaData }].map((action) => `${JSON.stringify(action)}\n`).join('');
  await lake.bucket.put(entryKey(THINGS.location, 0), entry);
}

const WITH_KEY = { ...THINGS, properties: { 'daybook.key': 'id' } };

const PROTOCOL = { minReaderVersion: 1, minWriterVersion: 2 };

test.each<[string, object]>([
  ['checkConstraints', { minReaderVersion: 1, minWriterVersion: 3 }],
  ['checkConstraints, changeDataFeed, generatedColumns', { minReaderVersion: 1, minWriterVersion: 4 }],
  [
    'changeDataFeed',
    { minReaderVersion: 1, minWriterVersion: 7, writerFeatures: ['appendOnly', 'changeDataFeed'] },
  ],
  ['writer version 8', { minReaderVersion: 1, minWriterVersion: 8 }],
])('a table that asks its writers for %s is not written', async (features, protocol) => {
  await createTable(protocol, {});
  const merging = mergeRows(lake, THINGS, [thing(1, 'a', 1)]);
  await expect(merging).rejects.toThrow(UnsupportedTableError);
  await expect(merging).rejects.toThrow(`table staging/things: to write it one needs ${features}, which`);
});

test.each<[string, object, string]>([
  ['only takes appends', { configuration: { 'delta.appendOnly': 'true' } }, 'delta.appendOnly is set'],
  [
    'has other partitions',
    { partitionColumns: [] },
    'stored with partitions by none, declared are place. To change it, see',
  ],
  [
    'has another type',
    { schemaString: schemaString(THINGS.columns).replace('"decimal(18,4)"', '"double"') },
    'column price is stored as double, declared is decimal(18,4) (money). To change it, see "Change a type',
  ],
  [
    'has a column more',
    { schemaString: schemaString([...THINGS.columns, { name: 'more', type: 'long' }]) },
    'column more is stored, and not declared: declare it again',
  ],
  [
    'has another type in its partition',
    {
      schemaString: schemaString(THINGS.columns).replace('"place","type":"string"', '"place","type":"long"'),
    },
    'column place is stored as long (int64), declared is string (text or json)',
  ],
  [
    'has another key',
    { configuration: { 'daybook.key': 'place' } },
    'its daybook.key is stored as place, declared is id',
  ],
  [
    'has an invariant',
    {
      schemaString: schemaString(THINGS.columns).replace(
        '"metadata":{}',
        '"metadata":{"delta.invariants":"id > 0"}',
      ),
    },
    'column id has the invariant id > 0',
  ],
])('a table that %s is not written', async (_, metadata, message) => {
  await createTable(PROTOCOL, metadata);
  const merging = mergeRows(lake, WITH_KEY, [thing(1, 'a', 1)]);
  await expect(merging).rejects.toThrow(TableMismatchError);
  await expect(merging).rejects.toThrow(message);
  expect(lake.bucket.callsOf('upload')).toEqual([]);
});

test('a table that another writer made with the same columns is written', async () => {
  await createTable(
    { minReaderVersion: 1, minWriterVersion: 7, writerFeatures: ['appendOnly', 'invariants'] },
    {},
  );
  expect(await mergeRows(lake, THINGS, [thing(1, 'a', 1)])).toMatchObject({ version: 1, inserted: 1 });
});

test('a table without a key in its properties gets it with the next commit, and then keeps it', async () => {
  await createTable(PROTOCOL, { configuration: { 'delta.logRetentionDuration': 'interval 7 days' } });
  await mergeRows(lake, WITH_KEY, [thing(1, 'a', 1)]);
  await mergeRows(lake, WITH_KEY, [thing(1, 'a', 2)]);
  expect((await readSnapshot(lake, THINGS.location))?.metadata.configuration).toEqual({
    'delta.logRetentionDuration': 'interval 7 days',
    'daybook.key': 'id',
  });
  expect(lake.bucket.text(entryKey(THINGS.location, 2))).not.toContain('metaData');
  const other = { ...THINGS, key: ['place'], properties: { 'daybook.key': 'place' } };
  await expect(mergeRows(lake, other, [thing(1, 'a', 3)])).rejects.toThrow(
    'table staging/things: its daybook.key is stored as id, declared is place. To change it, see',
  );
});
