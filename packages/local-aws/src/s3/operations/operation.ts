import type { Reply } from '../reply';
import type { S3Request } from '../request';
import type { Store } from '../store/store';

/** What operations work on. */
export interface S3Deps {
  readonly store: Store;
  /** Puts a bucket's message on the queue of an ARN; a throw fails the request that caused it. */
  readonly deliver: (queueArn: string, body: string, bucket: string) => Promise<void>;
}

/** One operation of S3. Throws an S3Error where it refuses. */
export type Operation = (request: S3Request, deps: S3Deps) => Promise<Reply>;
