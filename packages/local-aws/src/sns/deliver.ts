import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { formList } from '../endpoint/form';
import type { MessageAttributes } from '../sqs/message-attributes';
import { checkMessageAttributes } from '../sqs/message-attributes';
import { invalidParameter } from './errors';
import type { Sns } from './sns';
import type { Subscription } from './store';

const attributeEntry = z.object({
  Name: z.string(),
  Value: z.object({
    DataType: z.string(),
    StringValue: z.string().optional(),
    BinaryValue: z.string().optional(),
  }),
});

/** The common fields of Publish and PublishBatch entries. */
export const messageFields = z.object({
  Message: z.string(),
  Subject: z.string().optional(),
  MessageStructure: z.string().optional(),
  MessageAttributes: formList(attributeEntry).transform((entries) =>
    Object.fromEntries(entries.map(({ Name, Value }) => [Name, Value])),
  ),
});

type MessageFields = z.infer<typeof messageFields>;

/** A validated message. */
interface Notification {
  readonly messageId: string;
  readonly topicArn: string;
  readonly subject: string | undefined;
  /** The message for a protocol. */
  readonly textFor: (protocol: string) => string;
  readonly attributes: MessageAttributes;
  readonly at: Date;
}

const MAX_BYTES = 262_144;

/** @throws AwsError InvalidParameter */
export function readNotification(input: MessageFields, topicArn: string, at: Date): Notification {
  const { Message, Subject, MessageAttributes } = input;
  if (Message === '') throw invalidParameter('Empty message');
  if (Buffer.byteLength(Message) > MAX_BYTES)
    throw invalidParameter(`Message too long: expected at most ${MAX_BYTES} bytes`);
  if (Subject !== undefined && !/^\P{Cc}{1,100}$/u.test(Subject)) {
    throw invalidParameter('Subject: expected 1 to 100 characters on one line');
  }
  checkMessageAttributes(MessageAttributes);
  return {
    messageId: randomUUID(),
    topicArn,
    subject: Subject,
    textFor: input.MessageStructure === 'json' ? textsByProtocol(Message) : () => Message,
    attributes: MessageAttributes,
    at,
  };
}

/**
 * Delivers the notification to each subscription. A failed delivery (queue deleted, access denied) is written to the
 * outbox with its error and does not affect the others.
 */
export async function deliverToAll(sns: Sns, notification: Notification, endpoint: string): Promise<void> {
  for (const subscription of sns.store.allSubscriptions(notification.topicArn)) {
    if (subscription.protocol !== 'sqs') {
      writeToOutbox(sns, notification, subscription);
      continue;
    }
    const raw = subscription.attributes.RawMessageDelivery?.toLowerCase() === 'true';
    try {
      const { topicArn, attributes } = notification;
      const body = raw ? notification.textFor('sqs') : envelope(notification, subscription, endpoint);
      await sns.deliver(subscription.endpoint, body, raw ? attributes : undefined, topicArn);
    } catch (error) {
      writeToOutbox(sns, notification, subscription, error instanceof Error ? error.message : String(error));
    }
  }
}

/**
 * The JSON message for a queue. The signature is empty, because no certificate exists to verify it.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html#http-notification-json
 */
function envelope(notification: Notification, subscription: Subscription, endpoint: string): string {
  const attributes = Object.entries(notification.attributes).map(([name, attribute]) => [
    name,
    { Type: attribute.DataType, Value: attribute.StringValue ?? attribute.BinaryValue },
  ]);
  return JSON.stringify({
    Type: 'Notification',
    MessageId: notification.messageId,
    TopicArn: notification.topicArn,
    Subject: notification.subject,
    Message: notification.textFor('sqs'),
    Timestamp: notification.at.toISOString(),
    SignatureVersion: '1',
    Signature: '',
    SigningCertURL: '',
    UnsubscribeURL: `${endpoint}/?Action=Unsubscribe&SubscriptionArn=${subscription.arn}`,
    ...(attributes.length > 0 && { MessageAttributes: Object.fromEntries(attributes) }),
  });
}

function writeToOutbox(
  sns: Sns,
  notification: Notification,
  subscription: Subscription,
  error?: string,
): void {
  sns.outbox({
    at: notification.at.toISOString(),
    protocol: subscription.protocol,
    endpoint: subscription.endpoint,
    topicArn: notification.topicArn,
    messageId: notification.messageId,
    subject: notification.subject,
    message: notification.textFor(subscription.protocol),
    error,
  });
}

function textsByProtocol(message: string): (protocol: string) => string {
  let texts: Record<string, unknown>;
  try {
    texts = JSON.parse(message);
  } catch {
    throw invalidParameter('Message Structure - JSON message body failed to parse');
  }
  const standard = texts?.default;
  if (typeof standard !== 'string')
    throw invalidParameter('Message Structure - No default entry in JSON message body');
  return (protocol) => {
    const text = Object.hasOwn(texts, protocol) ? texts[protocol] : standard;
    return typeof text === 'string' ? text : standard;
  };
}
