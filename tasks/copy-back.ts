import { CopyObjectCommand, HeadObjectCommand, type S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { copySource } from '../domain/object-keys';
import { REPLAYED_UPLOAD } from '../domain/replay';

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
  { client, bucket }: { readonly client: S3Client; readonly bucket: string },
): Promise<CopiedBack | undefined> {
  const found = await unless([404], () =>
    client.send(new HeadObjectCommand({ Bucket: bucket, Key: archived })),
  );
  if (!found) return undefined;
  const uploaded_at = uploadedAt(found.Metadata?.[REPLAYED_UPLOAD]);
  const copied = await unless([409, 412], () =>
    client.send(
      new CopyObjectCommand({
        Bucket: bucket,
        Key: key,
        CopySource: copySource(bucket, archived),
        CopySourceIfMatch: found.ETag,
        IfNoneMatch: '*',
        MetadataDirective: 'REPLACE',
        ContentType: found.ContentType,
        ContentEncoding: found.ContentEncoding,
        Metadata: { ...found.Metadata, [REPLAYED_UPLOAD]: uploaded_at },
      }),
    ),
  );
  return { outcome: copied ? 'replayed' : 'left', uploaded_at };
}

/** undefined where S3 answers one of these. */
async function unless<Answer>(
  statuses: readonly number[],
  send: () => Promise<Answer>,
): Promise<Answer | undefined> {
  try {
    return await send();
  } catch (error) {
    const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
    if (status !== undefined && statuses.includes(status)) return undefined;
    throw error;
  }
}
