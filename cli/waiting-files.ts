import type { DeployedServices } from 'local-aws';
import { decodeEventKey } from '../domain/object-keys';

/**
 * Sends a new notification for every object that matches one and has no message in the queue, for example after the queue
 * was purged or a data directory was copied. Messages in flight count.
 * @returns the number of objects
 */
export async function announceWaitingFiles({
  notifications,
  s3,
  sqs,
}: Pick<DeployedServices, 'notifications' | 's3' | 'sqs'>): Promise<number> {
  let count = 0;
  for (const bucket of new Set(notifications.map((notification) => notification.bucket))) {
    const queues = notifications.filter((notification) => notification.bucket === bucket);
    const bodies = queues.flatMap(({ queueArn }) => sqs.bodies(queueArn.split(':').at(-1) ?? ''));
    const named = new Set(bodies.flatMap((body) => objectsOf(body, bucket)));
    count += await s3.resendNotifications(bucket, (key, etag) => !named.has(version(key, etag)));
  }
  return count;
}

const version = (key: string, etag: string): string => `${etag} ${key}`;

interface S3Record {
  readonly s3?: {
    readonly bucket?: { readonly name?: string };
    readonly object?: { key?: string; eTag?: string };
  };
}

/** The objects of a bucket in a message; empty for a message that is not an S3 event. */
function objectsOf(body: string, bucket: string): string[] {
  try {
    const { Records = [] } = JSON.parse(body) as { Records?: S3Record[] };
    return Records.filter(({ s3 }) => s3?.bucket?.name === bucket).map(({ s3 }) =>
      version(decodeEventKey(s3?.object?.key ?? ''), s3?.object?.eTag ?? ''),
    );
  } catch {
    return [];
  }
}
