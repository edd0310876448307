import { LakeError } from '../../lake/errors';
import { entryKey } from '../../lake/log';
import { putEntry } from '../../lake/log-entry';
import { MemoryBucket } from '../builders/memory-bucket';

const LOCATION = 'staging/things';
const mine = { txnId: 'mine', operation: 'MERGE' };
const actions = [{ txn: { appId: 'a', version: 1 } }];

test('an entry that is not there yet is written: commitInfo, then the actions, one a line', async () => {
  const bucket = new MemoryBucket();
  expect(await putEntry({ bucket }, LOCATION, 7, mine, actions)).toBe('committed');
  expect(bucket.text('staging/things/_delta_log/00000000000000000007.json')).toBe(
    '{"commitInfo":{"txnId":"mine","operation":"MERGE"}}\n{"txn":{"appId":"a","version":1}}\n',
  );
});

test.each([
  ['another commit of ours', '{"commitInfo":{"txnId":"theirs"}}\n'],
  [
    'a writer that names no transaction',
    '{"commitInfo":{"operation":"WRITE"}}\n{"txn":{"appId":"b","version":1}}\n',
  ],
  ['a writer without commitInfo', '{"txn":{"appId":"b","version":1}}\n'],
  ['something that is no JSON', 'hello'],
])('an entry of %s is a conflict and stays as it is', async (_, entry) => {
  const bucket = new MemoryBucket();
  await bucket.put(entryKey(LOCATION, 7), entry);
  expect(await putEntry({ bucket }, LOCATION, 7, mine, actions)).toBe('conflict');
  expect(bucket.text(entryKey(LOCATION, 7))).toBe(entry);
});

test('of many writers of one version exactly one commits', async () => {
  const bucket = new MemoryBucket();
  const outcomes = await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      putEntry({ bucket }, LOCATION, 0, { txnId: `writer ${n}` }, actions),
    ),
  );
  expect(outcomes.filter((outcome) => outcome === 'committed')).toHaveLength(1);
});

test('a bucket that says that an entry exists, and has none, is an error that names the entry', async () => {
  const bucket = new MemoryBucket();
  const refusing = Object.assign(Object.create(bucket) as MemoryBucket, {
    putIfAbsent: async () => 'exists' as const,
  });
  const failure = putEntry({ bucket: refusing }, LOCATION, 3, mine, actions);
  await expect(failure).rejects.toThrow(LakeError);
  await expect(failure).rejects.toThrow(/_delta_log\/00000000000000000003\.json cannot be written/);
});
