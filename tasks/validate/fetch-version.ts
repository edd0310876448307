import { replayedUpload } from '../../domain/replay';
import type { BatchFile } from '../../domain/workflow';
import type { Bucket, ObjectInfo } from '../../storage/bucket';

/** `gone`: the key does not exist. `replaced`: the object is from another upload than the one in the batch. */
export type FetchOutcome = Fetched | 'gone' | 'replaced';

export interface Fetched {
  /** For a replay: the time of the original upload. */
  readonly replayOf?: string;
}

/**
 * Downloads the version of a file that the batch names.
 *
 * A second upload of an identical file has the same ETag, but is another version: a row carries the time of its upload,
 * and the latest row of a key wins, so the rows of the second upload must not get the time of the first. Last-Modified
 * distinguishes them. S3 reports it in whole seconds, hence the rounding up. The second upload has its own message.
 */
export async function fetchVersion(bucket: Bucket, file: BatchFile, path: string): Promise<FetchOutcome> {
  const found = await bucket.download(file.key, path, file.etag, file.size);
  if (!found) return (await bucket.head(file.key)) ? 'replaced' : 'gone';
  if (isLater(found, file)) return 'replaced';
  const replayOf = replayedUpload(found.metadata, file.uploaded_at);
  return replayOf === undefined ? {} : { replayOf };
}

/** Checks the version like `fetchVersion`, without a download. */
export async function checkVersion(
  bucket: Bucket,
  file: BatchFile,
): Promise<'gone' | 'replaced' | undefined> {
  const found = await bucket.head(file.key);
  if (!found) return 'gone';
  return found.etag !== file.etag || isLater(found, file) ? 'replaced' : undefined;
}

function isLater({ lastModified }: ObjectInfo, { uploaded_at }: BatchFile): boolean {
  return lastModified.getTime() > Math.ceil(Date.parse(uploaded_at) / 1000) * 1000;
}
