import { CopyObjectCommand, type S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { copySource } from '../../domain/object-keys';
import type { Move } from '../../domain/workflow';
import { copyInParts } from './copy-in-parts';
import { MoveError } from './move-error';

/** S3 copies no more in one request: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html */
const MOST_BYTES_AT_ONCE = 5 * 1024 ** 3;

/** Of the file itself, as a look at it is answered, too; another 404 is of an upload in parts, or of the bucket. */
const GONE = ['NoSuchKey', 'NotFound'];

export interface CopyDeps {
  readonly client: S3Client;
  readonly bucket: string;
  /** The most that is copied in one request. */
  readonly mostBytesAtOnce?: number;
}

/**
 * Copies a file to its destination, in the version that was judged alone. Doing it again changes nothing.
 *
 * @returns `gone`: nothing lies under the key, as somebody moved it before; `replaced`: a newer upload lies there
 * @throws MoveError
 */
export async function copyFile(
  move: Move,
  { client, bucket, mostBytesAtOnce = MOST_BYTES_AT_ONCE }: CopyDeps,
): Promise<'copied' | 'gone' | 'replaced'> {
  const copy = {
    Bucket: bucket,
    Key: move.destination,
    CopySource: copySource(bucket, move.key),
    CopySourceIfMatch: `"${move.etag}"`,
  };
  try {
    if (move.size > mostBytesAtOnce) {
      await copyInParts(client, { Bucket: bucket, Key: move.key }, copy, move.size);
    } else {
      await client.send(new CopyObjectCommand(copy));
    }
    return 'copied';
  } catch (error) {
    const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
    if (status === 404 && GONE.includes((error as Error).name)) return 'gone';
    if (status === 412) return 'replaced';
    throw new MoveError(move, error);
  }
}
