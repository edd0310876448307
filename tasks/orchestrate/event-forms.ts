import { z } from 'zod';
import { jsonOrUndefined } from '../../domain/json';
import { decodeEventKey } from '../../domain/object-keys';

/** What S3 says happened to an object, whatever the form of the message. */
export interface ObjectEvent {
  readonly bucket: string;
  readonly key: string;
  /** As in S3 notifications: `ObjectCreated:Put`. */
  readonly eventName: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Hex, without quotes; only events of created objects surely have one. */
  readonly etag: string;
  /** Bytes. */
  readonly size: number;
  readonly sequencer: string;
}

/** The events of a message, of which there are none in S3's test event; or why it has no events of S3. */
export type MessageEvents = { readonly events: readonly ObjectEvent[] } | { readonly fault: string };

const objectSchema = z.object({
  size: z.number().int().nonnegative().default(0),
  sequencer: z.string().default(''),
});

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
const notificationSchema = z.object({
  Records: z.array(
    z.object({
      eventName: z.string(),
      eventTime: z.string(),
      s3: z.object({
        bucket: z.object({ name: z.string() }),
        object: objectSchema.extend({ key: z.string(), eTag: z.string().default('') }),
      }),
    }),
  ),
});

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html; its time has no fraction of a second. */
const eventBridgeSchema = z.object({
  source: z.literal('aws.s3'),
  'detail-type': z.string(),
  time: z.string(),
  detail: z.object({
    bucket: z.object({ name: z.string() }),
    object: objectSchema.extend({ key: z.string(), etag: z.string().default('') }),
    reason: z.string().optional(),
  }),
});

/** https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html; with raw delivery there is only the message. */
const snsSchema = z.object({ Type: z.string(), TopicArn: z.string(), Message: z.string() });

const testEventSchema = z.object({ Event: z.literal('s3:TestEvent') });

/** Reads S3 notifications and EventBridge events, both also through SNS, and S3's test event. */
export function readEvents(body: string): MessageEvents {
  const json = jsonOrUndefined(body);
  if (json === undefined) return { fault: 'not JSON' };
  const sns = snsSchema.safeParse(json);
  return sns.success ? fromTopic(sns.data) : readForms(json);
}

function fromTopic({ Type, TopicArn, Message }: z.infer<typeof snsSchema>): MessageEvents {
  if (Type !== 'Notification') {
    return {
      fault: `a message of type ${Type} of the topic ${TopicArn}, not a notification; confirm or end the subscription`,
    };
  }
  const json = jsonOrUndefined(Message);
  if (json === undefined)
    return { fault: `a notification of the topic ${TopicArn} whose message is not JSON` };
  const found = readForms(json);
  return 'fault' in found ? { fault: `a notification of the topic ${TopicArn}: ${found.fault}` } : found;
}

function readForms(json: unknown): MessageEvents {
  if (testEventSchema.safeParse(json).success) return { events: [] };
  if (typeof json === 'object' && json !== null && 'detail-type' in json) {
    const event = eventBridgeSchema.safeParse(json);
    return event.success
      ? fromEventBridge(event.data)
      : { fault: `not an EventBridge event of S3: ${z.prettifyError(event.error)}` };
  }
  const event = notificationSchema.safeParse(json);
  return event.success
    ? fromNotification(event.data)
    : { fault: `not an S3 event: ${z.prettifyError(event.error)}` };
}

function fromNotification({ Records }: z.infer<typeof notificationSchema>): MessageEvents {
  const events: ObjectEvent[] = [];
  for (const { eventName, eventTime, s3 } of Records) {
    const { bucket, object } = s3;
    const key = decoded(object.key);
    if (key === undefined) return { fault: `key ${JSON.stringify(object.key)} is not URL-encoded` };
    const time = Date.parse(eventTime);
    if (Number.isNaN(time)) return { fault: `eventTime ${JSON.stringify(eventTime)} is not a time` };
    const { eTag, size, sequencer } = object;
    const etag = eTag.replaceAll('"', '');
    if (etag === '' && eventName.includes('ObjectCreated:'))
      return { fault: `no eTag of ${JSON.stringify(key)}` };
    events.push({ bucket: bucket.name, key, eventName, time, etag, size, sequencer });
  }
  return { events };
}

/** The names that S3 notifications have for the same reasons. */
const CREATED_BY: Readonly<Record<string, string>> = {
  PutObject: 'Put',
  'POST Object': 'Post',
  CopyObject: 'Copy',
  CompleteMultipartUpload: 'CompleteMultipartUpload',
};

/** Keys are plain here: a plus sign is one. */
function fromEventBridge({
  'detail-type': type,
  time,
  detail,
}: z.infer<typeof eventBridgeSchema>): MessageEvents {
  const at = Date.parse(time);
  if (Number.isNaN(at)) return { fault: `time ${JSON.stringify(time)} is not a time` };
  const { bucket, object, reason = '' } = detail;
  const { key, size, sequencer } = object;
  const etag = object.etag.replaceAll('"', '');
  const isCreated = type === 'Object Created';
  if (etag === '' && isCreated) return { fault: `no etag of ${JSON.stringify(key)}` };
  const eventName = isCreated ? `ObjectCreated:${CREATED_BY[reason] ?? reason}` : type;
  return { events: [{ bucket: bucket.name, key, eventName, time: at, etag, size, sequencer }] };
}

function decoded(key: string): string | undefined {
  try {
    return decodeEventKey(key);
  } catch {
    return undefined;
  }
}
