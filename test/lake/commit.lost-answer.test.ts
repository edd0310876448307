import { entryKey } from '../../lake/log';
import { putEntry } from '../../lake/log-entry';
import { readSnapshot } from '../../lake/snapshot';
import { failOnce, MemoryBucket } from '../builders/memory-bucket';
import { readDeltaRows } from '../builders/read-delta';
import { mergeRows, openTestLake, THINGS, thing } from '../builders/test-lake';

const LOCATION = 'staging/things';
const mine = { txnId: 'mine' };
const isEntry = (key: string) => key.endsWith('.json');

test('a client that retried and met its own entry has committed', async () => {
  const bucket = new MemoryBucket();
  const retrying = Object.assign(Object.create(bucket) as MemoryBucket, {
    putIfAbsent: async (key: string, body: string) => {
      await bucket.putIfAbsent(key, body);
      return bucket.putIfAbsent(key, body);
    },
  });
  expect(await putEntry({ bucket: retrying }, LOCATION, 0, mine, [])).toBe('committed');
});

test('a write whose answer is lost has committed', async () => {
  const bucket = new MemoryBucket();
  bucket.after = failOnce('putIfAbsent', isEntry);
  expect(await putEntry({ bucket }, LOCATION, 0, mine, [])).toBe('committed');
});

test('a write that failed while another writer committed is a conflict', async () => {
  const bucket = new MemoryBucket();
  bucket.before = async ({ operation }) => {
    if (operation !== 'putIfAbsent') return;
    bucket.before = undefined;
    await bucket.put(entryKey(LOCATION, 0), '{"commitInfo":{"txnId":"theirs"}}\n');
    throw new Error('connection reset');
  };
  expect(await putEntry({ bucket }, LOCATION, 0, mine, [])).toBe('conflict');
});

test('a write that failed and left no entry throws what the bucket threw', async () => {
  const bucket = new MemoryBucket();
  bucket.before = failOnce('putIfAbsent', isEntry, new Error('no route to host'));
  await expect(putEntry({ bucket }, LOCATION, 0, mine, [])).rejects.toThrow('no route to host');
});

test('a merge whose commit fails with an unknown outcome keeps its data files, and a repetition brings nothing twice', async () => {
  const lake = await openTestLake();
  try {
    lake.bucket.after = ({ operation, key }) => {
      if (isEntry(key) && (operation === 'putIfAbsent' || operation === 'get'))
        throw new Error('network is down');
    };
    await expect(mergeRows(lake, THINGS, [thing(1, 'a', 1)])).rejects.toThrow('network is down');
    lake.bucket.after = undefined;
    expect(await readDeltaRows(lake.bucket, LOCATION)).toHaveLength(1);
    expect(await mergeRows(lake, THINGS, [thing(1, 'a', 1)])).toMatchObject({ version: 0, superseded: 1 });
    expect((await readSnapshot(lake, LOCATION))?.version).toBe(0);
  } finally {
    lake.close();
  }
});
