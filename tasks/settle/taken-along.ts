import { ledgerKey } from '../../domain/ledger';
import type { BatchFile } from '../../domain/workflow';
import type { CopiedBack, CopyBack } from '../copy-back';
import type { Ledger } from '../ledger/ledger';

export interface TakenAlongDeps {
  readonly ledger: Pick<Ledger, 'latest'>;
  /** @param uploadedAt of the upload that the copy is to repeat. @returns undefined where the file is gone */
  readonly copyBack: (file: CopyBack, uploadedAt: string) => Promise<CopiedBack | undefined>;
}

/**
 * Puts back a file that the execution of the upload before it took along: the same content came again under the key while
 * that execution was at work, which then moved it as what it had read, since S3 deletes by ETag. Its rows are in, but as
 * old as the earlier upload, and what was uploaded between the two would win over them. So the content comes in once more,
 * as a replay of this upload. Safe to do again: it is copied only where nothing lies under the key.
 *
 * @param file of which nothing was there when its message came
 * @returns what is to be said of it; undefined where it was gone for another reason
 */
export async function putBackTakenAlong(
  file: Pick<BatchFile, 'key' | 'etag' | 'size' | 'uploaded_at'>,
  { ledger, copyBack }: TakenAlongDeps,
): Promise<string | undefined> {
  const { key, etag, size, uploaded_at } = file;
  const earlier = await ledger.latest(key, ledgerKey(file).upload);
  if (earlier?.destination === undefined || earlier.etag !== etag || earlier.size !== size) return undefined;
  // It was at its end before this upload was there.
  if (earlier.updated_at < uploaded_at) return undefined;
  const copied = await copyBack({ archived: earlier.destination, key }, uploaded_at);
  return copied && 'the upload before it had the same content, and took it along; it was put back';
}
