import { replayedUpload } from '../../domain/replay';
import type { BatchFile } from '../../domain/workflow';
import type { Bucket, ObjectInfo } from '../../storage/bucket';

/** `gone`: nothing lies under the key. `replaced`: another upload than the one the batch was told of. */
export type FetchOutcome = Fetched | 'gone' | 'replaced';

export interface Fetched {
  /** Of a replay: the time of the upload that it repeats. */
  readonly replayOf?: string;
}

/**
 * Brings the version of a file that its upload made onto local disk.
 *
 * An identical file uploaded again has the same ETag, and still is another version: rows carry the time of their
 * upload, by which the latest of a key wins, so taking the new upload for the old one would date its rows too early.
 * It shows by its Last-Modified, which S3 tells to the second only; hence the rounding up. Its own message brings it in.
 */
export async function fetchVersion(bucket: Bucket, file: BatchFile, path: string): Promise<FetchOutcome> {
  const found = await bucket.download(file.key, path, file.etag, file.size);
  if (!found) return (await bucket.head(file.key)) ? 'replaced' : 'gone';
  if (isLater(found, file)) return 'replaced';
  const replayOf = replayedUpload(found.metadata, file.uploaded_at);
  return replayOf === undefined ? {} : { replayOf };
}

/** As `fetchVersion`, of a file that need not be read. */
export async function lookAtVersion(
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
