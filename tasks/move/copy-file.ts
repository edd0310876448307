import type { S3Client } from '@aws-sdk/client-s3';
import type { Move } from '../../domain/workflow';
import { copyObject } from '../../storage/copy-object';
import { statusOf } from '../../storage/s3-status';
import { MoveError } from './move-error';

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
  { client, bucket, mostBytesAtOnce }: CopyDeps,
): Promise<'copied' | 'gone' | 'replaced'> {
  const { key: from, destination: to, etag, size } = move;
  try {
    await copyObject(client, { bucket, from, to, etag, size }, { mostBytesAtOnce });
    return 'copied';
  } catch (error) {
    const status = statusOf(error);
    if (status === 404 && GONE.includes((error as Error).name)) return 'gone';
    if (status === 412) return 'replaced';
    throw new MoveError(move, error);
  }
}
