import { BrokenLogError, UnsupportedTableError } from '../../lake/errors';
import { entryKey } from '../../lake/log';
import { readSnapshot } from '../../lake/snapshot';
import { openTestLake, type TestLake } from '../builders/test-lake';

const LOCATION = 'staging/t';
const PROTOCOL = { minReaderVersion: 1, minWriterVersion: 2 };
const METADATA = {
  id: 'table',
  format: { provider: 'parquet', options: {} },
  schemaString: '{"type":"struct","fields":[]}',
  partitionColumns: [],
  configuration: {},
};
const CREATION = [{ protocol: PROTOCOL }, { metaData: METADATA }];
const add = (path: string, rest = {}) => ({
  add: { path, partitionValues: {}, size: 1, modificationTime: 0, dataChange: true, ...rest },
});
const remove = (path: string) => ({ remove: { path, deletionTimestamp: 5, dataChange: true } });

let lake: TestLake;
beforeEach(async () => {
  lake = await openTestLake();
});
afterEach(() => lake.close());

/** Writes entries from version 0 on; `undefined` leaves one out. */
async function writeLog(...entries: (readonly unknown[] | undefined)[]): Promise<void> {
  for (const [version, actions] of entries.entries()) {
    if (!actions) continue;
    const text = actions.map((action) => `${JSON.stringify(action)}\n`).join('');
    await lake.bucket.put(entryKey(LOCATION, version), text);
  }
}

const paths = async () => [...((await readSnapshot(lake, LOCATION))?.files.keys() ?? [])].sort();

test('without a log there is no table, whatever else lies there', async () => {
  await lake.bucket.put(`${LOCATION}/part-1.parquet`, 'x');
  await lake.bucket.put(`${LOCATION}2/_delta_log/00000000000000000000.json`, 'x');
  expect(await readSnapshot(lake, LOCATION)).toBeUndefined();
});

test('later actions win: files come and go and come again, txns go on, metaData and protocol are replaced', async () => {
  await writeLog(
    [
      { commitInfo: { operation: 'WRITE' } },
      ...CREATION,
      add('a'),
      add('b'),
      { txn: { appId: 'x', version: 9 } },
    ],
    [remove('a'), add('c'), { txn: { appId: 'x', version: 4 } }, { txn: { appId: 'y', version: 1 } }],
    [remove('b'), { metaData: { ...METADATA, name: 'renamed' } }],
    [add('a', { size: 7 })],
  );
  const snapshot = await readSnapshot(lake, LOCATION);
  expect(snapshot?.version).toBe(3);
  expect(await paths()).toEqual(['a', 'c']);
  expect(snapshot?.files.get('a')?.size).toBe(7);
  expect([...(snapshot?.tombstones.keys() ?? [])]).toEqual(['b']);
  expect([...(snapshot?.txns ?? [])]).toEqual([
    ['x', 4],
    ['y', 1],
  ]);
  expect(snapshot?.metadata.name).toBe('renamed');
});

test('a file is one file however its path is encoded', async () => {
  await writeLog(
    [...CREATION, add('p=a%20b/%C3%A9.parquet'), add('p=%25/x.parquet')],
    [remove('p=a b/é.parquet')],
  );
  expect(await paths()).toEqual(['p=%/x.parquet']);
});

test('unknown actions, unknown fields, blank lines and other files of the log are passed over', async () => {
  await writeLog([
    ...CREATION,
    { domainMetadata: { domain: 'd' } },
    add('a', { clusteringProvider: 'x', future: [1] }),
  ]);
  await lake.bucket.put(entryKey(LOCATION, 1), `\n${JSON.stringify(add('b'))}\r\n\n`);
  for (const name of [
    '00000000000000000000.crc',
    '00000000000000000000.00000000000000000001.compacted.json',
    '_commits/x',
    '.tmp',
  ]) {
    await lake.bucket.put(`${LOCATION}/_delta_log/${name}`, 'x');
  }
  expect(await paths()).toEqual(['a', 'b']);
});

test.each<[string, (readonly unknown[] | undefined)[], string]>([
  [
    'in the middle',
    [CREATION, undefined, [add('a')]],
    'expected staging/t/_delta_log/00000000000000000001.json in its log, found 2 next',
  ],
  [
    'at the start',
    [undefined, [add('a')]],
    'expected staging/t/_delta_log/00000000000000000000.json in its log, found 1 next',
  ],
])('a gap %s is an error that names the entry', async (_, entries, message) => {
  await writeLog(...entries);
  await expect(readSnapshot(lake, LOCATION)).rejects.toThrow(BrokenLogError);
  await expect(readSnapshot(lake, LOCATION)).rejects.toThrow(message);
});

test.each<[string, string]>([
  ['is no JSON', '{"add":'],
  ['has an add without a path', '{"add":{"size":1}}'],
])('an entry that %s is an error that names it', async (_, text) => {
  await writeLog(CREATION);
  await lake.bucket.put(entryKey(LOCATION, 1), text);
  await expect(readSnapshot(lake, LOCATION)).rejects.toThrow(
    /00000000000000000001\.json is no list of actions/,
  );
});

test('a log without metaData is an error', async () => {
  await writeLog([{ protocol: PROTOCOL }]);
  await expect(readSnapshot(lake, LOCATION)).rejects.toThrow(/up to version 0 has no metaData/);
});

test('an entry whose get fails is not taken for a missing one', async () => {
  await writeLog(CREATION, [add('a')]);
  lake.bucket.before = ({ operation, key }) => {
    if (operation === 'get' && key.endsWith('1.json')) throw new Error('slow down');
  };
  await expect(readSnapshot(lake, LOCATION)).rejects.toThrow('slow down');
});

describe('a table that asks for more than we can', () => {
  test.each<[string, object]>([
    ['columnMapping', { minReaderVersion: 2, minWriterVersion: 5 }],
    [
      'deletionVectors, timestampNtz',
      {
        minReaderVersion: 3,
        minWriterVersion: 7,
        readerFeatures: ['deletionVectors', 'timestampNtz'],
        writerFeatures: [],
      },
    ],
    ['reader version 4', { minReaderVersion: 4, minWriterVersion: 8 }],
  ])('of its readers is refused by name: %s', async (features, protocol) => {
    await writeLog([{ protocol }, { metaData: METADATA }]);
    await expect(readSnapshot(lake, LOCATION)).rejects.toThrow(UnsupportedTableError);
    await expect(readSnapshot(lake, LOCATION)).rejects.toThrow(`to read it one needs ${features}`);
  });

  test('of its writers alone can be read', async () => {
    const protocol = {
      minReaderVersion: 1,
      minWriterVersion: 7,
      writerFeatures: ['appendOnly', 'changeDataFeed'],
    };
    await writeLog([{ protocol }, { metaData: METADATA }, add('a')]);
    expect(await paths()).toEqual(['a']);
  });

  test('by files outside of it is refused', async () => {
    await writeLog([...CREATION, add('s3://elsewhere/x.parquet')]);
    await expect(readSnapshot(lake, LOCATION)).rejects.toThrow(
      /files elsewhere \(s3:\/\/elsewhere\/x\.parquet\)/,
    );
  });

  test('by a checkpoint of the second specification alone is refused by name', async () => {
    await writeLog(undefined, [add('a')]);
    await lake.bucket.put(
      `${LOCATION}/_delta_log/00000000000000000000.checkpoint.80a083e8-7026-4e79-81be-64bd76c43a11.json`,
      '{}',
    );
    await expect(readSnapshot(lake, LOCATION)).rejects.toThrow(/v2Checkpoint/);
  });
});
