import type { LocalService } from '../endpoint/service';
import { DEFAULT_PLACE } from '../place';
import { assertAccess, hideMissingKey } from './access';
import { drainBody } from './body';
import { findOperation } from './dispatch';
import { matchingQueues, type NotificationConfiguration } from './notification';
import { notify } from './operations/notify';
import type { S3Deps } from './operations/operation';
import { errorReply, type Reply, send } from './reply';
import { parseRequest, type S3Request } from './request';
import { Store } from './store/store';

export type { NotificationConfiguration, QueueConfiguration } from './notification';

export interface S3ServiceOptions {
  /** Created if necessary; used by one process at a time. */
  readonly directory: string;
  /** Region in events of `resendNotifications`; `us-east-1` by default. */
  readonly region?: string;
  /** Sends a bucket's message to a queue; a throw fails the request with InternalError. By default messages are dropped. */
  readonly deliver?: S3Deps['deliver'];
  readonly clock?: () => Date;
}

export interface ListedObject {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  /** In milliseconds, as in the object's event. */
  readonly lastModified: Date;
}

export interface S3Service extends LocalService {
  /** Idempotent. @throws InvalidBucketName */
  createBucket(name: string): Promise<void>;
  /** Replaces a bucket's persistent configuration. @throws NoSuchBucket */
  setNotification(bucket: string, configuration: NotificationConfiguration): Promise<void>;
  /** In UTF-8 byte order of the keys; the bucket may change meanwhile. @throws NoSuchBucket */
  listObjects(bucket: string, prefix: string): AsyncIterable<ListedObject>;
  /**
   * Sends an event again for every object that matches an `ObjectCreated:Put` configuration and is accepted by `keep` (ETag
   * without quotes). The event time is the upload time.
   * @returns the number of objects
   * @throws NoSuchBucket, and errors of `deliver`
   */
  resendNotifications(bucket: string, keep: (key: string, etag: string) => boolean): Promise<number>;
}

/** S3 on disk. Acknowledged objects survive the death of the process. */
export async function createS3Service(options: S3ServiceOptions): Promise<S3Service> {
  const store = await Store.open(options.directory, options.clock ?? (() => new Date()));
  const deps: S3Deps = { store, deliver: options.deliver ?? (async () => {}) };
  const region = options.region ?? DEFAULT_PLACE.region;

  return {
    name: 's3',

    async handle(http, response, context) {
      let resource = http.url ?? '/';
      try {
        const request = parseRequest(http, context);
        resource = request.resource;
        await send(http, response, await answer(request, deps), context.requestId);
      } catch (error) {
        if (response.headersSent) return void response.destroy();
        await drainBody(http);
        await send(http, response, errorReply(error, resource, context.requestId), context.requestId);
      }
    },

    createBucket: (name) => store.createBucket(name),
    setNotification: (bucket, configuration) => store.bucket(bucket).setNotification(configuration),

    async *listObjects(bucket, prefix) {
      for (const { key, size, etag, lastModified } of store.bucket(bucket).index.withPrefix(prefix)) {
        yield { key, size, etag, lastModified: new Date(lastModified) };
      }
    },

    async resendNotifications(name, keep) {
      const bucket = store.bucket(name);
      let count = 0;
      for (const version of bucket.index.withPrefix('')) {
        const { key, etag, lastModified, sequencer } = version;
        if (matchingQueues(bucket.settings.notification, 'ObjectCreated:Put', key).length === 0) continue;
        if (!keep(key, etag)) continue;
        await notify(deps, bucket, {
          name: 'ObjectCreated:Put',
          bucket: name,
          key,
          time: lastModified,
          sequencer,
          created: version,
          requestId: `requeued-${sequencer}`,
          region,
          sourceAddress: '127.0.0.1',
        });
        count++;
      }
      return count;
    },

    close: () => store.close(),
  };
}

async function answer(request: S3Request, deps: S3Deps): Promise<Reply> {
  const { name, run } = findOperation(request);
  assertAccess(name, request);
  try {
    return await run(request, deps);
  } catch (error) {
    hideMissingKey(name, request, error);
    throw error;
  }
}
