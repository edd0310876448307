import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  type S3Client,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { copySource } from '../domain/object-keys';
import { retryConflicts } from './conflicts';
import { inParallel } from './parallel';
import { confirmedEtag } from './s3-errors';

/** The limit of S3 for one request: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html */
const MAX_BYTES_PER_REQUEST = 5 * 1024 ** 3;

/** S3 allows 10,000 parts of up to 5 GiB; parts of this size, copied in parallel, take seconds. */
const PART_BYTES = 512 * 1024 ** 2;
const MAX_PARTS = 10_000;

/** Parts that are copied in parallel. */
const PARALLEL_COPIES = 16;

/** The metadata of an object, without its tags. */
export type ObjectHeaders = Pick<
  HeadObjectCommandOutput,
  'Metadata' | 'ContentType' | 'ContentEncoding' | 'ContentDisposition' | 'ContentLanguage' | 'CacheControl'
>;

export interface ObjectCopy {
  readonly bucket: string;
  readonly from: string;
  readonly to: string;
  /** The version to copy, without quotes. */
  readonly etag: string;
  readonly size: number;
  /** Replaces the object's own metadata. */
  readonly headers?: ObjectHeaders;
  /** Fail if the key exists. */
  readonly isNew?: boolean;
}

/** The largest object that is copied in one request, and the size of the parts of larger ones, in bytes. */
export interface CopySizes {
  readonly maxBytesPerRequest?: number | undefined;
  readonly partBytes?: number;
}

/**
 * Copies one version of an object of any size, with its tags and headers. A retry is safe.
 * @throws what S3 answers: NoSuchKey if it does not exist, PreconditionFailed if it has another ETag, or if `to` exists and
 * `isNew` is set; UnconfirmedWriteError
 */
export async function copyObject(
  client: S3Client,
  copy: ObjectCopy,
  { maxBytesPerRequest = MAX_BYTES_PER_REQUEST, partBytes }: CopySizes = {},
): Promise<void> {
  // After a conflict S3 does not complete the upload any more, so all parts are copied again.
  if (copy.size > maxBytesPerRequest) return retryConflicts(() => copyInParts(client, copy, partBytes));
  const { headers } = copy;
  const { CopyObjectResult } = await client.send(
    new CopyObjectCommand({
      ...ends(copy),
      ...condition(copy),
      ...(headers && { ...headers, MetadataDirective: 'REPLACE' }),
    }),
  );
  confirmedEtag(copy.to, CopyObjectResult);
}

export const headersOf = (head: ObjectHeaders): ObjectHeaders => ({
  Metadata: head.Metadata,
  ContentType: head.ContentType,
  ContentEncoding: head.ContentEncoding,
  ContentDisposition: head.ContentDisposition,
  ContentLanguage: head.ContentLanguage,
  CacheControl: head.CacheControl,
});

const ends = ({ bucket, from, to, etag }: ObjectCopy) => ({
  Bucket: bucket,
  Key: to,
  CopySource: copySource(bucket, from),
  CopySourceIfMatch: `"${etag}"`,
});

const condition = ({ isNew = false }: ObjectCopy) => (isNew ? { IfNoneMatch: '*' } : {});

/** Every part is copied on condition of the object's ETag; a copy that fails is aborted. */
async function copyInParts(
  client: S3Client,
  copy: ObjectCopy,
  partBytes = Math.max(PART_BYTES, Math.ceil(copy.size / MAX_PARTS)),
): Promise<void> {
  const { bucket, from, to, size } = copy;
  const { CopySource, CopySourceIfMatch } = ends(copy);
  const source = { Bucket: bucket, Key: from };
  const head = await client.send(new HeadObjectCommand({ ...source, IfMatch: CopySourceIfMatch }));
  const { TagSet = [] } = await client.send(new GetObjectTaggingCommand(source));
  const Tagging = new URLSearchParams(
    TagSet.map((tag): [string, string] => [tag.Key ?? '', tag.Value ?? '']),
  );
  const { UploadId } = await client.send(
    new CreateMultipartUploadCommand({
      Bucket: bucket,
      Key: to,
      ...(copy.headers ?? headersOf(head)),
      ...(Tagging.size > 0 && { Tagging: `${Tagging}` }),
    }),
  );
  const upload = { Bucket: bucket, Key: to, UploadId };
  try {
    const numbers = Array.from({ length: Math.ceil(size / partBytes) }, (_, at) => at + 1);
    const Parts = await inParallel(PARALLEL_COPIES, numbers, async (PartNumber) => {
      const first = (PartNumber - 1) * partBytes;
      const CopySourceRange = `bytes=${first}-${Math.min(first + partBytes, size) - 1}`;
      const { CopyPartResult } = await client.send(
        new UploadPartCopyCommand({ ...upload, PartNumber, CopySource, CopySourceIfMatch, CopySourceRange }),
      );
      return { PartNumber, ETag: confirmedEtag(to, CopyPartResult) };
    });
    const completed = await client.send(
      new CompleteMultipartUploadCommand({ ...upload, ...condition(copy), MultipartUpload: { Parts } }),
    );
    confirmedEtag(to, completed);
  } catch (error) {
    // If it cannot be aborted, the bucket's lifecycle rule for incomplete uploads deletes it.
    await client.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined);
    throw error;
  }
}
