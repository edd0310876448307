import { z } from 'zod';
import { operation } from '../../endpoint/json-protocol';
import { invalidParameter } from '../errors';
import type { StoredMessage } from '../message';
import { md5, md5OfAttributes, messageAttributesSchema } from '../message-attributes';
import { createMessage, type Draft } from '../send';
import type { SqsStore } from '../store';

/** The common fields of SendMessage and SendMessageBatch entries. */
export const draftSchema = z.object({
  MessageBody: z.string(),
  DelaySeconds: z.number().int().optional(),
  MessageAttributes: messageAttributesSchema.optional(),
  MessageSystemAttributes: messageAttributesSchema.optional(),
  MessageDeduplicationId: z.string().optional(),
});

export const sendMessage = operation({
  input: draftSchema.extend({ QueueUrl: z.string() }),
  run(input, store: SqsStore) {
    const queue = store.at(input.QueueUrl);
    const message = createMessage(queue, readDraft(input), store.now());
    store.commit({ type: 'put', queue: queue.name, messages: [message] });
    return sendResult(message);
  },
});

/** @throws AwsError for FIFO parameters and unknown system attributes */
export function readDraft(input: z.infer<typeof draftSchema>): Draft {
  if (input.MessageDeduplicationId !== undefined) {
    throw invalidParameter(
      'The request includes the parameter MessageDeduplicationId, which is not valid for a standard queue.',
    );
  }
  const { AWSTraceHeader, ...others } = input.MessageSystemAttributes ?? {};
  const unknown = Object.keys(others)[0];
  if (unknown !== undefined) {
    throw invalidParameter(`The message system attribute ${unknown} is not valid: expected AWSTraceHeader.`);
  }
  return {
    body: input.MessageBody,
    attributes: input.MessageAttributes,
    traceHeader: AWSTraceHeader?.StringValue,
    delaySeconds: input.DelaySeconds,
  };
}

/** The response to the sender, with digests for verification. */
export function sendResult(message: StoredMessage) {
  const AWSTraceHeader = { DataType: 'String', StringValue: message.traceHeader };
  return {
    MessageId: message.id,
    MD5OfMessageBody: md5(message.body),
    MD5OfMessageAttributes: md5OfAttributes(message.attributes),
    MD5OfMessageSystemAttributes: message.traceHeader && md5OfAttributes({ AWSTraceHeader }),
  };
}
