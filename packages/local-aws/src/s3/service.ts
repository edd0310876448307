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
  /** Made where it is not there. One process at a time has it. */
  readonly directory: string;
  /** Of the events that `resendNotifications` sends; `us-east-1` by default. */
  readonly region?: string;
  /** Puts a bucket's message on the queue of an ARN; a request whose message it refuses is answered with InternalError. Without it, messages are dropped. */
  readonly deliver?: S3Deps['deliver'];
  readonly clock?: () => Date;
}

export interface ListedObject {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  /** To the millisecond, as in the object's event. */
  readonly lastModified: Date;
}

export interface S3Service extends LocalService {
  /** Creating a bucket that is there changes nothing. @throws InvalidBucketName */
  createBucket(name: string): Promise<void>;
  /** Replaces a bucket's configuration, which survives a restart. @throws NoSuchBucket */
  setNotification(bucket: string, configuration: NotificationConfiguration): Promise<void>;
  /** In the order of the keys' UTF-8 bytes; the bucket may change meanwhile. @throws NoSuchBucket */
  listObjects(bucket: string, prefix: string): AsyncIterable<ListedObject>;
  /**
   * Tells the configured queues again of every object that is there, matches an `ObjectCreated:Put` configuration and
   * is accepted by `keep` (the ETag without quotes), with the time of its upload as the event's time.
   * @returns how many objects
   * @throws NoSuchBucket, and what `deliver` throws
   */
  resendNotifications(bucket: string, keep: (key: string, etag: string) => boolean): Promise<number>;
}

/** S3 on disk. Opening it brings back every object that was acknowledged before, however the last run ended. */
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
