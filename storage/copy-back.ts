import { HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { REPLAYED_UPLOAD } from '../domain/replay';
import { type CopySizes, copyObject, headersOf } from './copy-object';
import { ignoreStatus } from './s3-status';

export interface CopyBack {
  /** Where the file lies, below `archive/` or `rejected/`. */
  readonly archived: string;
  /** Where it is to lie, below `input/`. */
  readonly key: string;
}

export interface CopiedBack {
  /** `left`: something lies under the key. */
  readonly outcome: 'replayed' | 'left';
  /** The upload that the copy repeats, whose time its rows will have. */
  readonly uploaded_at: string;
}

/**
 * Copies a file that was dealt with back below `input/`, to be brought in again as old as the upload that it repeats. Only
 * where nothing lies under the key, so that an upload which is still to be dealt with is not lost.
 * @param uploadedAt the time of that upload; told the one that the file repeats, where it is a replay itself
 * @returns undefined where the file is gone
 */
export async function copyBack(
  { archived, key }: CopyBack,
  uploadedAt: (repeats: string | undefined) => string,
  {
    client,
    bucket,
    sizes,
  }: { readonly client: S3Client; readonly bucket: string; readonly sizes?: CopySizes },
): Promise<CopiedBack | undefined> {
  const head = new HeadObjectCommand({ Bucket: bucket, Key: archived });
  const found = await ignoreStatus([404], client.send(head));
  if (!found) return undefined;
  const uploaded_at = uploadedAt(found.Metadata?.[REPLAYED_UPLOAD]);
  const copy = {
    bucket,
    from: archived,
    to: key,
    etag: (found.ETag ?? '').replaceAll('"', ''),
    size: found.ContentLength ?? 0,
    headers: headersOf({ ...found, Metadata: { ...found.Metadata, [REPLAYED_UPLOAD]: uploaded_at } }),
    isNew: true,
  };
  const copied = await ignoreStatus(
    [409, 412],
    copyObject(client, copy, sizes).then(() => true),
  );
  return { outcome: copied ? 'replayed' : 'left', uploaded_at };
}
