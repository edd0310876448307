/**
 * The one way into a table's log.
 * https://github.com/delta-io/delta/blob/master/PROTOCOL.md#creation-of-new-log-entries
 */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Bucket } from '../storage/bucket';
import { type Action, type CommitInfo, parseEntry, serializeEntry } from './actions';
import { LakeError } from './errors';
import { entryKey } from './log';

/** How often an entry that is neither free nor there yet is tried: S3 answers 409 while another write is under way. */
const UNDECIDED = { tries: 6, delayMs: 50 };

/**
 * Writes the log's entry for a version unless another writer has. `conflict` means that the entry is another's and
 * nothing of ours was written. An answer that got lost is made up for: an entry that carries our own `txnId` is ours,
 * whichever of the client's requests wrote it.
 *
 * @param info goes in as the first action; its `txnId` is unique to this attempt
 * @throws what the bucket throws where the outcome stays unknown: the entry may then be there or not, and what it names
 * must stay
 */
export async function commit(
  bucket: Bucket,
  location: string,
  version: number,
  info: CommitInfo & { readonly txnId: string },
  actions: readonly Action[],
  undecided: { readonly tries: number; readonly delayMs: number } = UNDECIDED,
): Promise<'committed' | 'conflict'> {
  const key = entryKey(location, version);
  const body = serializeEntry([{ commitInfo: info }, ...actions]);
  for (let tries = 1; ; tries++) {
    let failure: unknown;
    try {
      if ((await bucket.putIfAbsent(key, body, 'application/json')) === 'created') return 'committed';
    } catch (error) {
      failure = error;
    }
    const entry = await readOwner(bucket, key, failure);
    if (entry) return entry.txnId === info.txnId ? 'committed' : 'conflict';
    if (failure !== undefined) throw failure;
    if (tries >= undecided.tries) {
      throw new LakeError(
        location,
        `${key} cannot be written, and is not there either, after ${tries} tries`,
      );
    }
    await sleep(undecided.delayMs * 2 ** tries);
  }
}

/** Whose entry it is; undefined where there is none. */
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
    // Not ours at any rate; whoever reads the log says what is wrong with it.
    return undefined;
  }
}
