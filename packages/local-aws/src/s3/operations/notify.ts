import { type EventName, eventMessage, matchingQueues, type ObjectEvent } from '../notification';
import type { S3Request } from '../request';
import type { BucketStore } from '../store/bucket-store';
import type { ObjectVersion } from '../store/version';
import type { S3Deps } from './operation';

/** Tells the queues that want to know of an object just written, before the request is answered. */
export async function notifyCreated(
  request: S3Request,
  deps: S3Deps,
  name: EventName,
  version: ObjectVersion,
): Promise<void> {
  await notify(deps, deps.store.bucket(request.bucket), {
    ...origin(request),
    name,
    key: version.key,
    time: version.lastModified,
    sequencer: version.sequencer,
    created: version,
  });
}

/** Tells the queues that want to know of an object just deleted, before the request is answered. */
export async function notifyRemoved(request: S3Request, deps: S3Deps, key: string): Promise<void> {
  const { timeline } = deps.store;
  await notify(deps, deps.store.bucket(request.bucket), {
    ...origin(request),
    name: 'ObjectRemoved:Delete',
    key,
    time: timeline.now(),
    sequencer: timeline.sequencer(),
  });
}

/** Passes an event to every queue whose configuration it matches. */
export async function notify(
  { deliver }: Pick<S3Deps, 'deliver'>,
  bucket: BucketStore,
  event: ObjectEvent,
): Promise<void> {
  for (const queue of matchingQueues(bucket.settings.notification, event.name, event.key)) {
    await deliver(queue.queueArn, eventMessage(event, queue.id), event.bucket);
  }
}

function origin({ bucket, context, http }: S3Request) {
  return {
    bucket,
    requestId: context.requestId,
    region: context.region,
    sourceAddress: http.socket.remoteAddress ?? '127.0.0.1',
  };
}
