import { type EventName, eventMessage, matchingQueues, type ObjectEvent } from '../notification';
import type { S3Request } from '../request';
import type { BucketStore } from '../store/bucket-store';
import type { ObjectVersion } from '../store/version';
import type { S3Deps } from './operation';

/** Notifies the configured queues of a created object, before the request is answered. */
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

/** Notifies the configured queues of a removed object, before the request is answered. */
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

/** Sends an event to every queue with a matching configuration. */
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
