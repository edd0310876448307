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
import { inParallel } from './parallel';

/** S3 copies no more in one request: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html */
const MOST_BYTES_AT_ONCE = 5 * 1024 ** 3;

/** S3 takes 10,000 parts of up to 5 GiB; copied side by side, parts of this size take seconds. */
const PART_BYTES = 512 * 1024 ** 2;
const MOST_PARTS = 10_000;

/** Parts on their way at one time. */
const COPIES = 16;

/** What an object says of itself, apart from its tags. */
export type ObjectHeaders = Pick<
  HeadObjectCommandOutput,
  'Metadata' | 'ContentType' | 'ContentEncoding' | 'ContentDisposition' | 'ContentLanguage' | 'CacheControl'
>;

export interface ObjectCopy {
  readonly bucket: string;
  readonly from: string;
  readonly to: string;
  /** Of the version that is to be copied, without quotes. */
  readonly etag: string;
  readonly size: number;
  /** In place of the object's own. */
  readonly headers?: ObjectHeaders;
  /** Only where nothing lies under the key. */
  readonly isNew?: boolean;
}

/** The most that is copied in one request, and of the parts of what is larger. */
export interface CopySizes {
  readonly mostBytesAtOnce?: number | undefined;
  readonly partBytes?: number;
}

/**
 * Copies one version of an object of any size, with its tags and headers. Doing it again changes nothing.
 * @throws whatever S3 answers: 404 where it is gone, 412 where it is another version, or where `to` is not new
 */
export async function copyObject(
  client: S3Client,
  copy: ObjectCopy,
  { mostBytesAtOnce = MOST_BYTES_AT_ONCE, partBytes }: CopySizes = {},
): Promise<void> {
  if (copy.size > mostBytesAtOnce) return copyInParts(client, copy, partBytes);
  const { headers } = copy;
  await client.send(
    new CopyObjectCommand({
      ...ends(copy),
      ...condition(copy),
      ...(headers && { ...headers, MetadataDirective: 'REPLACE' }),
    }),
  );
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

/** Every part is bound to the object's version, and of a copy that fails nothing is left. */
async function copyInParts(
  client: S3Client,
  copy: ObjectCopy,
  partBytes = Math.max(PART_BYTES, Math.ceil(copy.size / MOST_PARTS)),
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
    const Parts = await inParallel(COPIES, numbers, async (PartNumber) => {
      const first = (PartNumber - 1) * partBytes;
      const CopySourceRange = `bytes=${first}-${Math.min(first + partBytes, size) - 1}`;
      const { CopyPartResult } = await client.send(
        new UploadPartCopyCommand({ ...upload, PartNumber, CopySource, CopySourceIfMatch, CopySourceRange }),
      );
      return { PartNumber, ETag: CopyPartResult?.ETag };
    });
    await client.send(
      new CompleteMultipartUploadCommand({ ...upload, ...condition(copy), MultipartUpload: { Parts } }),
    );
  } catch (error) {
    // What could not be taken back goes by the bucket's own rule for unfinished uploads.
    await client.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined);
    throw error;
  }
}
