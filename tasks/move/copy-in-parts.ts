import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  type S3Client,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { inParallel } from '../../lake/parallel';

/** S3 takes 10,000 parts of up to 5 GiB; copied side by side, parts of this size take seconds. */
const PART_BYTES = 512 * 1024 ** 2;
const MOST_PARTS = 10_000;

/** Parts on their way at one time. */
const COPIES = 16;

export interface PartedCopy {
  readonly Bucket: string;
  readonly Key: string;
  readonly CopySource: string;
  readonly CopySourceIfMatch: string;
}

/**
 * What CopyObject does, of an object too large for it: its metadata and tags go along, every part is bound to its version,
 * and of a copy that fails nothing is left.
 * @param source the object that `copy` names as its source
 * @param partBytes of each part but the last
 * @throws whatever S3 answers; 404 and 412 as of CopyObject
 */
export async function copyInParts(
  client: S3Client,
  source: { readonly Bucket: string; readonly Key: string },
  copy: PartedCopy,
  size: number,
  partBytes = Math.max(PART_BYTES, Math.ceil(size / MOST_PARTS)),
): Promise<void> {
  const { Bucket, Key, CopySource, CopySourceIfMatch } = copy;
  const { Metadata, ContentType, ContentEncoding, ContentDisposition, ContentLanguage, CacheControl } =
    await client.send(new HeadObjectCommand({ ...source, IfMatch: CopySourceIfMatch }));
  const { TagSet = [] } = await client.send(new GetObjectTaggingCommand(source));
  const headers = {
    Metadata,
    ContentType,
    ContentEncoding,
    ContentDisposition,
    ContentLanguage,
    CacheControl,
  };
  const Tagging = new URLSearchParams(
    TagSet.map((tag): [string, string] => [tag.Key ?? '', tag.Value ?? '']),
  );
  const { UploadId } = await client.send(
    new CreateMultipartUploadCommand({
      Bucket,
      Key,
      ...headers,
      ...(Tagging.size > 0 && { Tagging: `${Tagging}` }),
    }),
  );
  const upload = { Bucket, Key, UploadId };
  try {
    const numbers = Array.from({ length: Math.ceil(size / partBytes) }, (_, at) => at + 1);
    const Parts = await inParallel(COPIES, numbers, async (PartNumber) => {
      const first = (PartNumber - 1) * partBytes;
      const CopySourceRange = `bytes=${first}-${Math.min(first + partBytes, size) - 1}`;
      const { CopyPartResult } = await client.send(
        new UploadPartCopyCommand({ ...upload, PartNumber, CopySource, CopySourceIfMatch, CopySourceRange }),
      );
      return { PartNumber, ETag: CopyPartResult?.ETag };
    });
    await client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));
  } catch (error) {
    // What could not be taken back goes by the bucket's own rule for unfinished uploads.
    await client.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined);
    throw error;
  }
}
