import type { DeployedServices } from 'local-aws';
import { decodeEventKey } from '../domain/object-keys';

/**
 * Tells the queues again of every object that lies where a notification looks and that no message names, as after a
 * queue was purged or a directory was copied. A message in flight names its object.
 * @returns how many objects
 */
export async function announceWaitingFiles({ notifications, s3, sqs }: DeployedServices): Promise<number> {
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

/** The objects of a bucket that a message names; none for a message that is no S3 event. */
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
