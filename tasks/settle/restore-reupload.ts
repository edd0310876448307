import { type LedgerItem, ledgerKey } from '../../domain/ledger';
import { archiveKey, rejectedKey } from '../../domain/object-keys';
import type { BatchFile } from '../../domain/workflow';
import type { Bucket } from '../../storage/bucket';
import type { CopiedBack, CopyBack } from '../../storage/copy-back';
import type { Ledger } from '../../storage/ledger/ledger';

export interface TakenAlongDeps {
  readonly bucket: Pick<Bucket, 'list'>;
  readonly ledger: Pick<Ledger, 'latest'>;
  /** @param uploadedAt of the upload that the copy is to repeat. @returns undefined where the file is gone */
  readonly copyBack: (file: CopyBack, uploadedAt: string) => Promise<CopiedBack | undefined>;
}

/** Uploads of a key between the one that was taken along and the one that took it. */
const MOST_BETWEEN = 20;

/** S3 lists times by the second. */
const SECOND = 1000;

/**
 * Puts back a file that the execution of an earlier upload took along: the same content came again under the key while
 * that execution was at work, which then moved it as what it had read, since S3 deletes by ETag. Its rows are in, but as
 * old as the earlier upload, and what was uploaded between the two would win over them. So the content comes in once more,
 * as a replay of this upload. Safe to do again: it is copied only where nothing lies under the key.
 *
 * @param file of which nothing was there when its message came
 * @returns what is to be said of it; undefined where it was gone for another reason
 */
export async function putBackTakenAlong(
  file: Pick<BatchFile, 'key' | 'etag' | 'size' | 'uploaded_at'>,
  deps: TakenAlongDeps,
): Promise<string | undefined> {
  const { key, etag, size, uploaded_at } = file;
  let { upload } = ledgerKey(file);
  for (let looks = 0; looks < MOST_BETWEEN; looks++) {
    const earlier = await deps.ledger.latest(key, upload);
    if (!earlier) return undefined;
    upload = earlier.upload;
    if (earlier.etag !== etag || earlier.size !== size) continue;
    const archived = await placeSince(earlier, Date.parse(uploaded_at), deps.bucket);
    if (archived === undefined) continue;
    const copied = await deps.copyBack({ archived, key }, uploaded_at);
    return copied && 'an upload before it had the same content, and took it along; it was put back';
  }
  return undefined;
}

/**
 * Where an execution of the upload moved it to, at that time or later. Not by what the ledger says of its end: an execution
 * can have died after it moved its files, and come to be told later than this one.
 */
async function placeSince(
  { key, etag, size, executions, destination }: LedgerItem,
  since: number,
  bucket: TakenAlongDeps['bucket'],
): Promise<string | undefined> {
  for (const place of executions.flatMap((id) => [archiveKey(id, key), rejectedKey(id, key)])) {
    for await (const found of bucket.list(place)) {
      // The execution may have moved another upload of the key. What came in parts has another ETag once it is copied.
      const isIt = found.etag === etag || (found.size === size && place === destination);
      if (found.key === place && isIt && found.lastModified.getTime() + SECOND > since) return place;
      break;
    }
  }
  return undefined;
}
