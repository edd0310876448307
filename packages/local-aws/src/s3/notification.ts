import { percentEncode } from './listing';
import type { ObjectVersion } from './store/version';

export interface QueueConfiguration {
  readonly id: string;
  readonly queueArn: string;
  /** `s3:ObjectCreated:*`, `s3:ObjectRemoved:Delete` and others. */
  readonly events: readonly string[];
  /** All rules must match; empty matches every key. */
  readonly filterRules: readonly { readonly name: 'prefix' | 'suffix'; readonly value: string }[];
}

export interface NotificationConfiguration {
  readonly queueConfigurations: readonly QueueConfiguration[];
}

export const NO_NOTIFICATION: NotificationConfiguration = { queueConfigurations: [] };

/** An event name in a message; configurations add the prefix `s3:`. */
export type EventName =
  | 'ObjectCreated:Put'
  | 'ObjectCreated:Copy'
  | 'ObjectCreated:CompleteMultipartUpload'
  | 'ObjectRemoved:Delete';

export interface ObjectEvent {
  readonly name: EventName;
  readonly bucket: string;
  readonly key: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly sequencer: string;
  /** undefined for a removed object. */
  readonly created?: Pick<ObjectVersion, 'size' | 'etag'>;
  readonly requestId: string;
  readonly region: string;
  readonly sourceAddress: string;
}

export function matchingQueues(
  configuration: NotificationConfiguration,
  name: EventName,
  key: string,
): readonly QueueConfiguration[] {
  return configuration.queueConfigurations.filter(
    ({ events, filterRules }) =>
      events.some((pattern) => matchesEvent(pattern, `s3:${name}`)) &&
      filterRules.every((rule) =>
        rule.name === 'prefix' ? key.startsWith(rule.value) : key.endsWith(rule.value),
      ),
  );
}

/** S3 event names, with `*` for all of a kind. */
export const EVENT_PATTERN =
  /^s3:(ObjectCreated|ObjectRemoved|ObjectRestore|Replication|LifecycleExpiration|ObjectTagging|ObjectAcl):(\*|[A-Za-z]+)$|^s3:(LifecycleTransition|IntelligentTiering|ReducedRedundancyLostObject)$/;

function matchesEvent(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name;
}

/**
 * The event message for a queue.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 */
export function eventMessage(event: ObjectEvent, configurationId: string): string {
  const owner = { principalId: 'LOCAL' };
  return JSON.stringify({
    Records: [
      {
        eventVersion: '2.1',
        eventSource: 'aws:s3',
        awsRegion: event.region,
        eventTime: new Date(event.time).toISOString(),
        eventName: event.name,
        userIdentity: owner,
        requestParameters: { sourceIPAddress: event.sourceAddress },
        responseElements: { 'x-amz-request-id': event.requestId, 'x-amz-id-2': 'local' },
        s3: {
          s3SchemaVersion: '1.0',
          configurationId,
          bucket: { name: event.bucket, ownerIdentity: owner, arn: `arn:aws:s3:::${event.bucket}` },
          object: {
            // Form-encoded: a space is a plus.
            key: percentEncode(event.key).replaceAll('%20', '+'),
            ...(event.created && { size: event.created.size, eTag: event.created.etag }),
            sequencer: event.sequencer,
          },
        },
      },
    ],
  });
}
