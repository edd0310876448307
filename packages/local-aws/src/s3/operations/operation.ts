import type { Reply } from '../reply';
import type { S3Request } from '../request';
import type { Store } from '../store/store';

export interface S3Deps {
  readonly store: Store;
  /** Sends a bucket's message to a queue; a throw fails the request. */
  readonly deliver: (queueArn: string, body: string, bucket: string) => Promise<void>;
}

/** @throws S3Error for a rejected request */
export type Operation = (request: S3Request, deps: S3Deps) => Promise<Reply>;
