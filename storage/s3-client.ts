import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { retryConflicts } from './conflicts';

/** After a conflict the upload is lost, and all its parts have to be uploaded again. */
const LAST_OF_MANY = 'CompleteMultipartUploadCommand';

/**
 * A client of S3, or of the environment's endpoint. It repeats a request after a conflict (409), which the SDK does not. A
 * caller repeats what the client cannot: a multipart upload, a body that is a stream, and a key in the response to
 * DeleteObjects.
 */
export function s3Client(config: S3ClientConfig = {}): S3Client {
  // Resolved once per kind of request instead of for each, which is a sixth of the client's time.
  const client = new S3Client({ cacheMiddleware: true, ...config });
  client.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        const { Body } = args.input as { readonly Body?: unknown };
        const isRepeatable = Body === undefined || typeof Body === 'string' || Body instanceof Uint8Array;
        return commandName === LAST_OF_MANY || !isRepeatable ? next(args) : retryConflicts(() => next(args));
      },
    { step: 'initialize', priority: 'high', name: 'retryConflicts' },
  );
  return client;
}
