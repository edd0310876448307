/**
 * One entry of a table's log: reading it, and writing it if no other writer has.
 * https://github.com/delta-io/delta/blob/master/PROTOCOL.md#creation-of-new-log-entries
 */

import type { Bucket } from '../storage/bucket';
import { type Action, type CommitInfo, parseEntry, serializeEntry } from './actions';
import { BrokenLogError, LakeError } from './errors';
import type { Lake } from './lake';
import { entryKey } from './log';

/**
 * The actions of an entry; undefined if it does not exist.
 * @throws BrokenLogError if it cannot be parsed
 */
export async function readEntry(
  { bucket, cache }: Pick<Lake, 'bucket' | 'cache'>,
  location: string,
  version: number,
): Promise<readonly Action[] | undefined> {
  const key = entryKey(location, version);
  const known = cache?.entries.get(key);
  if (known) return known;
  const body = await bucket.get(key);
  if (!body) return undefined;
  try {
    const actions = parseEntry(Buffer.from(body).toString('utf8'));
    cache?.entries.set(key, actions);
    return actions;
  } catch (cause) {
    throw new BrokenLogError(location, `its log entry ${key} is no list of actions`, { cause });
  }
}

/**
 * Writes the log entry of a version unless another writer has (put-if-absent). `conflict` means that the entry belongs to
 * another writer and nothing of ours was written. A lost response is recognised: an entry with our own `txnId` is ours,
 * whichever of the client's requests wrote it. A retry with the same `txnId` is safe.
 *
 * @param info written as the first action; its `txnId` must be unique to this attempt
 * @throws what the bucket throws if the outcome stays unknown: the entry may exist or not, so the files that it names must
 * not be deleted; LakeError if the bucket says that the entry exists, and has none
 */
export async function putEntry(
  { bucket, cache }: Pick<Lake, 'bucket' | 'cache'>,
  location: string,
  version: number,
  info: CommitInfo & { readonly txnId: string },
  actions: readonly Action[],
): Promise<'committed' | 'conflict'> {
  const key = entryKey(location, version);
  const body = serializeEntry([{ commitInfo: info }, ...actions]);
  let failure: unknown;
  try {
    if ((await bucket.putIfAbsent(key, body, 'application/json')) === 'created') {
      cache?.entries.set(key, parseEntry(body));
      return 'committed';
    }
  } catch (error) {
    failure = error;
  }
  const entry = await readOwner(bucket, key, failure);
  if (entry) return entry.txnId === info.txnId ? 'committed' : 'conflict';
  throw failure ?? new LakeError(location, `${key} cannot be written because it exists, and cannot be read`);
}

/** The writer of the entry; undefined if there is no entry. */
async function readOwner(
  bucket: Bucket,
  key: string,
  failure: unknown,
): Promise<{ txnId: string | undefined } | undefined> {
  let body: Uint8Array | undefined;
  try {
    body = await bucket.get(key);
  } catch (error) {
    throw failure ?? error;
  }
  if (!body) return undefined;
  const text = Buffer.from(body).toString('utf8');
  return { txnId: txnIdOf(text) };
}

function txnIdOf(text: string): string | undefined {
  try {
    return parseEntry(text).find(({ commitInfo }) => commitInfo)?.commitInfo?.txnId;
  } catch {
    // It is not ours; reading the log reports what is wrong with it.
    return undefined;
  }
}
