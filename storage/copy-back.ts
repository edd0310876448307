import { HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { REPLAYED_UPLOAD } from '../domain/replay';
import { type CopySizes, copyObject, headersOf } from './copy-object';
import { ignoreErrors } from './s3-errors';

export interface CopyBack {
  /** The file's key, below `archive/` or `rejected/`. */
  readonly archived: string;
  /** The key to copy it to, below `input/`. */
  readonly key: string;
}

export interface CopiedBack {
  /** `left`: the key exists already. */
  readonly outcome: 'replayed' | 'left';
  /** The time of the upload that the copy repeats; its rows get this version. */
  readonly uploaded_at: string;
}

/**
 * Copies a processed file back below `input/`, to process it again with the version of the upload that it repeats. A key
 * that exists is not overwritten, so that an upload which waits to be processed is not lost. A retry is safe.
 * @param uploadedAt the time of that upload, from the time that the file already repeats if it is a replay itself
 * @returns undefined if the file does not exist any more
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
  const found = await ignoreErrors(
    ['NoSuchKey'],
    client.send(new HeadObjectCommand({ Bucket: bucket, Key: archived })),
  );
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
  const copied = await ignoreErrors(
    ['PreconditionFailed'],
    copyObject(client, copy, sizes).then(() => true),
  );
  return { outcome: copied ? 'replayed' : 'left', uploaded_at };
}
