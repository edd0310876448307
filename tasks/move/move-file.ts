import {
  CopyObjectCommand,
  DeleteObjectCommand,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { copySource } from '../../domain/object-keys';
import type { Move } from '../../domain/workflow';
import { copyInParts } from './copy-in-parts';

/** S3 copies no more in one request: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html */
const MOST_BYTES_AT_ONCE = 5 * 1024 ** 3;

/** Of the file itself, as a look at it is answered, too; another 404 is of an upload in parts, or of the bucket. */
const GONE = ['NoSuchKey', 'NotFound'];

/**
 * - `moved`: the file lies at its destination, and under its key no more.
 * - `gone`: nothing lies under the key, as somebody moved it before.
 * - `replaced`: a newer upload lies there, which is left to its own message; the copy of the older one may have been made.
 */
export type Moved = 'moved' | 'gone' | 'replaced';

export interface MoveDeps {
  readonly client: S3Client;
  readonly bucket: string;
  /** The most that is copied in one request. */
  readonly mostBytesAtOnce?: number;
  /** Runs between copy and delete, while the file lies in both places. */
  readonly whenCopied?: (move: Move) => Promise<void>;
}

/** S3 did not move a file that, as far as anybody knows, is there to be moved. */
export class MoveError extends Error {
  override readonly name = 'MoveError';
  constructor(
    readonly move: Move,
    override readonly cause: unknown,
  ) {
    const why = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    super(`${move.key} to ${move.destination}: ${why}`);
  }
}

/**
 * Copies a file and deletes it, both in the version that was judged alone. Until it is deleted all of it can be done again,
 * and afterwards there is nothing left to do.
 * @throws MoveError
 */
export async function moveFile(move: Move, deps: MoveDeps): Promise<Moved> {
  const { client, bucket, mostBytesAtOnce = MOST_BYTES_AT_ONCE } = deps;
  const target = { Bucket: bucket, Key: move.key };
  const ifMatch = `"${move.etag}"`;
  const copy = {
    Bucket: bucket,
    Key: move.destination,
    CopySource: copySource(bucket, move.key),
    CopySourceIfMatch: ifMatch,
  };
  try {
    if (move.size > mostBytesAtOnce) await copyInParts(client, target, copy, move.size);
    else await client.send(new CopyObjectCommand(copy));
    await deps.whenCopied?.(move);
    await client.send(new DeleteObjectCommand({ ...target, IfMatch: ifMatch }));
    return 'moved';
  } catch (error) {
    const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
    if (status === 404 && GONE.includes((error as Error).name)) return 'gone';
    if (status === 412) return 'replaced';
    throw new MoveError(move, error);
  }
}
