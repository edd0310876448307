import { type LedgerItem, ledgerKey } from '../../domain/ledger';
import { archiveKey, rejectedKey } from '../../domain/object-keys';
import type { BatchFile } from '../../domain/workflow';
import type { Bucket } from '../../storage/bucket';
import type { CopiedBack, CopyBack } from '../../storage/copy-back';
import type { Ledger } from '../../storage/ledger/ledger';

export interface RestoreDeps {
  readonly bucket: Pick<Bucket, 'list'>;
  readonly ledger: Pick<Ledger, 'latest'>;
  /** @param uploadedAt the time of the upload that the copy repeats. @returns undefined: the file is gone */
  readonly copyBack: (file: CopyBack, uploadedAt: string) => Promise<CopiedBack | undefined>;
}

/** Most uploads of the key to check. */
const MAX_UPLOADS = 20;

/** S3 lists times by the second. */
const SECOND = 1000;

/**
 * Restores a file that the execution of an earlier upload moved. The same content was uploaded again under the key while that
 * execution ran, which then deleted the new upload, since S3 deletes by ETag. Its rows are loaded, but with the time of the
 * earlier upload, and a file uploaded between the two would win over them. So the content is copied back to `input/` as a
 * replay of this upload. Safe to repeat: it is copied only if nothing is under the key.
 *
 * @param file the object was missing when its message was processed
 * @returns the reason for its ledger item; undefined if it is missing for another reason
 */
export async function restoreReupload(
  file: Pick<BatchFile, 'key' | 'etag' | 'size' | 'uploaded_at'>,
  deps: RestoreDeps,
): Promise<string | undefined> {
  const { key, etag, size, uploaded_at } = file;
  let { upload } = ledgerKey(file);
  for (let checked = 0; checked < MAX_UPLOADS; checked++) {
    const earlier = await deps.ledger.latest(key, upload);
    if (!earlier) return undefined;
    upload = earlier.upload;
    if (earlier.etag !== etag || earlier.size !== size) continue;
    const archived = await placeSince(earlier, Date.parse(uploaded_at), deps.bucket);
    if (archived === undefined) continue;
    const copied = await deps.copyBack({ archived, key }, uploaded_at);
    return copied && 'the execution of an earlier upload with the same content moved it; it was restored';
  }
  return undefined;
}

/**
 * Where an execution of the upload moved it, at that time or later. The ledger's outcome cannot say so: an execution can die
 * after it moved its files, and be recorded later than this one.
 */
async function placeSince(
  { key, etag, size, executions, destination }: LedgerItem,
  since: number,
  bucket: RestoreDeps['bucket'],
): Promise<string | undefined> {
  for (const place of executions.flatMap((id) => [archiveKey(id, key), rejectedKey(id, key)])) {
    for await (const found of bucket.list(place)) {
      // The execution may have moved another upload of the key. A multipart upload has another ETag after a copy.
      const isSame = found.etag === etag || (found.size === size && place === destination);
      if (found.key === place && isSame && found.lastModified.getTime() + SECOND > since) return place;
      break;
    }
  }
  return undefined;
}
