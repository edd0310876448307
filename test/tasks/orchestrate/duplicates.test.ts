import { catalog } from '../../../catalog/catalog';
import { type FinalOutcome, type Finding, ledgerKey } from '../../../domain/ledger';
import { entryKey } from '../../../lake/log';
import { findDuplicates } from '../../../tasks/orchestrate/duplicates';
import { type FileEvent, RECONCILED } from '../../../tasks/orchestrate/file-events';
import { MemoryBucket } from '../../builders/memory-bucket';
import { MemoryLedger } from '../../builders/memory-ledger';

const at = (minute: number) => new Date(Date.UTC(2025, 2, 30, 12, minute));
const ADD = { path: 'x', partitionValues: {}, size: 1, modificationTime: 1 };
const KEY = 'input/orders.csv';

let now: Date;
let bucket: MemoryBucket;
let ledger: MemoryLedger;

beforeEach(async () => {
  bucket = new MemoryBucket('memory', () => now);
  ledger = new MemoryLedger();
  await commit(2, 4);
  await loaded(KEY, 1);
});

/** The table's commit in that minute; the earlier upload was recorded at the third. */
async function commit(minute: number, version: number, dataChange = true): Promise<void> {
  now = at(minute);
  await bucket.put(entryKey('staging/orders', version), JSON.stringify({ add: { ...ADD, dataChange } }));
}

async function loaded(key: string, minute: number, more: Partial<Finding> = {}): Promise<void> {
  const { etag, size, uploaded_at } = await upload(key, minute);
  await bucket.delete(key);
  const found = { kind: 'orders', staged_version: 4, outcome: 'archived' as FinalOutcome } as const;
  await ledger.record([{ key, etag, size, uploaded_at, execution: 'e-1', ...found, ...more }], at(3));
}

async function upload(
  key: string,
  minute: number,
  body = 'rows',
  eventName = 'ObjectCreated:Put',
): Promise<FileEvent> {
  now = at(minute);
  await bucket.put(key, body);
  const { etag = '', size = 0 } = (await bucket.head(key)) ?? {};
  return { key, etag, size, uploaded_at: now.toISOString(), sequencer: '', eventName };
}

const duplicatesOf = async (...files: FileEvent[]) =>
  Object.fromEntries(await findDuplicates(files, { bucket, ledger, catalog }));

const isDuplicate = async (file: FileEvent) => Object.keys(await duplicatesOf(file)).length === 1;

test('the same content under the same key is a duplicate of the loaded upload', async () => {
  const again = await upload(KEY, 10);
  const upload1 = ledgerKey({ ...again, uploaded_at: at(1).toISOString() }).upload;
  expect(await duplicatesOf(again)).toEqual({ [KEY]: upload1 });
});

test('an upload of a kind that has no contract any more is not a duplicate', async () => {
  await loaded('input/gifts.csv', 1, { kind: 'gifts' });
  expect(await duplicatesOf(await upload('input/gifts.csv', 10))).toEqual({});
});

test('a third upload is a duplicate of the first', async () => {
  const second = await upload(KEY, 10);
  const [[, first] = []] = Object.entries(await duplicatesOf(second));
  const { sequencer: _, eventName: __, ...identity } = second;
  await ledger.begin('e-2', [identity], at(11));
  const found = { kind: 'orders', staged_version: 4, outcome: 'duplicate', duplicate_of: first } as const;
  await ledger.record([{ ...identity, execution: 'e-2', ...found }], at(12));
  expect(await duplicatesOf(await upload(KEY, 20))).toEqual({ [KEY]: first });
});

test.each<[string, () => Promise<FileEvent>]>([
  ['other content', () => upload(KEY, 10, 'more')],
  ['another key', () => upload('input/eu/orders.csv', 10)],
  ['a copy, as a replay is', () => upload(KEY, 10, 'rows', 'ObjectCreated:Copy')],
  ['a file whose event was lost', () => upload(KEY, 10, 'rows', RECONCILED)],
])('%s is not a duplicate', async (_, make) => {
  expect(await isDuplicate(await make())).toBe(false);
});

test.each<[string, Partial<Finding>]>([
  ['was rejected', { outcome: 'rejected' }],
  ['was replaced before it was moved', { outcome: 'replaced' }],
  ['had rows that gave way to others', { staged_version: undefined }],
])('the content of an upload that %s is loaded again', async (_, more) => {
  await loaded('input/orders-2.csv', 1, more);
  expect(await isDuplicate(await upload('input/orders-2.csv', 10))).toBe(false);
});

test('the previous upload decides, not an earlier one', async () => {
  await loaded(KEY, 2, { etag: 'other' });
  expect(await isDuplicate(await upload(KEY, 10))).toBe(false);
});

test.each<[string, boolean, () => Promise<void>]>([
  ['was compacted', true, () => commit(4, 5, false)],
  ['got a row from anybody', false, () => commit(4, 5)],
  ['got a row after it was compacted', false, () => commit(4, 5, false).then(() => commit(5, 6))],
  ['has a commit that cannot be read', false, () => bucket.put(entryKey('staging/orders', 5), '{"add":')],
  ['has a gap in its log', false, () => commit(4, 6, false)],
  ['no longer has the commit', false, () => bucket.delete(entryKey('staging/orders', 4))],
  ['was made anew since', false, () => commit(5, 4)],
])('if the table %s since, it is a duplicate: %s', async (_, expected, change) => {
  await change();
  expect(await isDuplicate(await upload(KEY, 10))).toBe(expected);
});

test.each<[string, string, number, boolean]>([
  ['of the kind, uploaded before it', 'input/orders_x.csv', 5, false],
  ['of a kind that its name does not tell', 'input/export.csv', 5, false],
  ['of another kind', 'input/products.csv', 5, true],
  ['that is the mark of a folder', 'input/eu/', 5, true],
  ['uploaded after it', 'input/orders_x.csv', 11, true],
])('if a file waits %s, %s', async (_, key, minute, expected) => {
  const again = await upload(KEY, 10);
  await upload(key, minute);
  expect(await isDuplicate(again)).toBe(expected);
});

test('duplicates do not prevent each other', async () => {
  await loaded('input/orders-2.csv', 1);
  const first = await upload(KEY, 9);
  const second = await upload('input/orders-2.csv', 11);
  expect(Object.keys(await duplicatesOf(second, first)).sort()).toEqual(['input/orders-2.csv', KEY]);
  // What replaced one of them does.
  await upload(KEY, 10, 'other rows');
  expect(Object.keys(await duplicatesOf(second, first))).toEqual([KEY]);
});
