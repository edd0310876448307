import type { S3Client } from '@aws-sdk/client-s3';
import type { Move } from '../../domain/workflow';
import { copyObject } from '../../storage/copy-object';
import { codeOf } from '../../storage/s3-errors';
import { MoveError } from './move-error';

export interface CopyDeps {
  readonly client: S3Client;
  readonly bucket: string;
  /** Most bytes to copy in one request. */
  readonly maxBytesPerRequest?: number;
}

/**
 * Copies the validated version of a file to its destination. Repeating it changes nothing.
 *
 * @returns `gone`: nothing is under the key, as it was moved before; `replaced`: a newer upload is there
 * @throws MoveError
 */
export async function copyFile(
  move: Move,
  { client, bucket, maxBytesPerRequest }: CopyDeps,
): Promise<'copied' | 'gone' | 'replaced'> {
  const { key: from, destination: to, etag, size } = move;
  try {
    await copyObject(client, { bucket, from, to, etag, size }, { maxBytesPerRequest });
    return 'copied';
  } catch (error) {
    const code = codeOf(error);
    if (code === 'NoSuchKey') return 'gone';
    if (code === 'PreconditionFailed') return 'replaced';
    throw new MoveError(move, error);
  }
}
