import { z } from 'zod';
import { operation } from '../../endpoint/json-protocol';
import { invalidParameter } from '../errors';
import type { StoredMessage } from '../message';
import { type MessageAttributes, md5, md5OfAttributes, selectMessageAttributes } from '../message-attributes';
import { receiptHandle } from '../receipt-handle';
import { receive } from '../receive';
import type { SqsStore } from '../store';

/** A message in the response. */
export interface ReceivedMessage {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly Body: string;
  readonly MD5OfBody: string;
  readonly Attributes?: Readonly<Record<string, string>>;
  readonly MessageAttributes?: MessageAttributes;
  readonly MD5OfMessageAttributes?: string | undefined;
}

/** A long poll ends early, without messages, when the caller disconnects or the service closes. */
export const receiveMessage = operation({
  input: z.object({
    QueueUrl: z.string(),
    MaxNumberOfMessages: z.number().int().default(1),
    VisibilityTimeout: z.number().int().optional(),
    WaitTimeSeconds: z.number().int().optional(),
    AttributeNames: z.array(z.string()).default([]),
    MessageSystemAttributeNames: z.array(z.string()).default([]),
    MessageAttributeNames: z.array(z.string()).default([]),
  }),
  async run(input, store: SqsStore, context) {
    const { MaxNumberOfMessages, VisibilityTimeout, WaitTimeSeconds } = input;
    checkRange('MaxNumberOfMessages', MaxNumberOfMessages, 1, 10);
    checkRange('VisibilityTimeout', VisibilityTimeout ?? 0, 0, 43_200);
    checkRange('WaitTimeSeconds', WaitTimeSeconds ?? 0, 0, 20);
    const name = store.at(input.QueueUrl).name;
    const seconds = WaitTimeSeconds ?? Number(store.queue(name).attributes.ReceiveMessageWaitTimeSeconds);
    const deadline = performance.now() + 1000 * seconds;

    for (;;) {
      const queue = store.queue(name);
      if (store.closed.aborted || context.signal?.aborted) return {};
      const messages = receive(store, queue, MaxNumberOfMessages, VisibilityTimeout);
      if (messages.length > 0) {
        const systemAttributes = [...input.AttributeNames, ...input.MessageSystemAttributeNames];
        return {
          Messages: messages.map((message) =>
            describeMessage(name, message, context.account, systemAttributes, input.MessageAttributeNames),
          ),
        };
      }
      const left = deadline - performance.now();
      if (left <= 0) return {};
      await queue.arrival(left, store.now(), context.signal);
    }
  },
});

function checkRange(name: string, value: number, min: number, max: number): void {
  if (value < min || value > max) {
    throw invalidParameter(
      `Value ${value} for parameter ${name} is invalid. Reason: Must be between ${min} and ${max}, if provided.`,
    );
  }
}

/** A message as ReceiveMessage returns it, with the requested attributes. */
export function describeMessage(
  queue: string,
  message: StoredMessage,
  account: string,
  systemAttributes: readonly string[],
  messageAttributes: readonly string[],
): ReceivedMessage {
  const all = {
    SenderId: account,
    SentTimestamp: String(message.sentAt),
    ApproximateReceiveCount: String(message.receiveCount),
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
    ...(message.sourceArn && { DeadLetterQueueSourceArn: message.sourceArn }),
    ...(message.traceHeader && { AWSTraceHeader: message.traceHeader }),
  };
  const selected = Object.entries(all).filter(
    ([name]) => systemAttributes.includes('All') || systemAttributes.includes(name),
  );
  return {
    MessageId: message.id,
    ReceiptHandle: receiptHandle(queue, message),
    Body: message.body,
    MD5OfBody: md5(message.body),
    ...(selected.length > 0 && { Attributes: Object.fromEntries(selected) }),
    ...attributesOf(message, messageAttributes),
  };
}

function attributesOf(message: StoredMessage, requested: readonly string[]) {
  const selected = selectMessageAttributes(message.attributes, requested);
  if (Object.keys(selected).length === 0) return {};
  return { MessageAttributes: selected, MD5OfMessageAttributes: md5OfAttributes(selected) };
}
