import { Readable } from 'node:stream';
import { Upload } from '@aws-sdk/lib-storage';
import { keyFault } from '../../domain/upload-keys';
import { statusOf } from '../../storage/ignore-status';
import type { Deployment } from '../deployment';
import { DeploymentError } from '../errors';

/** S3 takes parts from 5 MiB on, and at most 10,000 of them. */
const LEAST_PART_BYTES = 8 * 1024 * 1024;
const MOST_PARTS = 10_000;

/** Parts on their way at one time: as many are in memory, and one that fills. */
const PARTS_AT_ONCE = 2;

export interface UploadRequest {
  readonly key: string;
  /** Where it fails, nothing is uploaded. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Bytes that are to come; one more or less, and nothing is uploaded. undefined where that is not known. */
  readonly size?: number;
  /** Whether it may take the place of a file that waits under the key. */
  readonly replace: boolean;
}

/**
 * Drops a file into `input/` as it comes, in parts where it is large. Nothing lies under the key before its last byte came.
 * @throws DeploymentError for a key that no file may have, where another file waits under it, and where the body is cut off
 */
export async function uploadStream(
  { s3, bucket }: Pick<Deployment, 's3' | 'bucket'>,
  { key, body, size, replace }: UploadRequest,
): Promise<void> {
  const fault = keyFault(key);
  if (fault) throw new DeploymentError(`${JSON.stringify(key)} cannot be uploaded: ${fault}`);
  const upload = new Upload({
    client: s3,
    params: {
      Bucket: bucket,
      Key: key,
      Body: Readable.from(size === undefined ? body : exactly(size, body)),
      ContentType: key.toLowerCase().endsWith('.gz') ? 'application/gzip' : 'text/csv',
      ...(!replace && { IfNoneMatch: '*' }),
    },
    partSize: Math.max(LEAST_PART_BYTES, Math.ceil((size ?? 0) / MOST_PARTS)),
    queueSize: PARTS_AT_ONCE,
  });
  try {
    await upload.done();
  } catch (error) {
    if (!replace && [409, 412].includes(statusOf(error) ?? 0)) {
      throw new DeploymentError(`${key}: a file waits under this key; it is replaced only when you say so`);
    }
    throw error;
  }
}

async function* exactly(size: number, body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    yield chunk;
  }
  if (bytes !== size) {
    throw new DeploymentError(
      `the upload was cut off: expected ${size} bytes, got ${bytes}; nothing was uploaded`,
    );
  }
}
