import { Readable } from 'node:stream';
import { Upload } from '@aws-sdk/lib-storage';
import { keyFault } from '../../domain/upload-keys';
import { isConflict } from '../../storage/conflicts';
import { codeOf, confirmedEtag } from '../../storage/s3-errors';
import type { Deployment } from '../deployment';
import { DeploymentError } from '../errors';

/** S3 accepts at most 10,000 parts of at least 5 MiB. */
const MIN_PART_BYTES = 8 * 1024 * 1024;
const MAX_PARTS = 10_000;

/** Concurrent parts: this many are in memory, and one that is being filled. */
const CONCURRENT_PARTS = 2;

export interface UploadRequest {
  readonly key: string;
  /** If it fails, nothing is uploaded. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Expected bytes; if the body has a different length, nothing is uploaded. undefined: not known. */
  readonly size?: number;
  /** True to replace a waiting file under the key. */
  readonly replace: boolean;
}

/**
 * Uploads a stream to `input/`, in parts if it is large. The object exists only after the last byte.
 * @throws DeploymentError for an invalid key, if a file is waiting under it, if another request for the key was in progress,
 * and if the body ends early
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
    partSize: Math.max(MIN_PART_BYTES, Math.ceil((size ?? 0) / MAX_PARTS)),
    queueSize: CONCURRENT_PARTS,
  });
  try {
    confirmedEtag(key, await upload.done());
  } catch (error) {
    if (!replace && codeOf(error) === 'PreconditionFailed') {
      throw new DeploymentError(
        `${key}: a file is waiting under this key; confirm that you want to replace it`,
      );
    }
    if (isConflict(error)) {
      throw new DeploymentError(
        `${key}: another request for this key was in progress; upload the file again`,
      );
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
