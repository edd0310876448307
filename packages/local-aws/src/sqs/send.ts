import { randomUUID } from 'node:crypto';
import { AwsError } from '../endpoint/service';
import { invalidParameter } from './errors';
import type { StoredMessage } from './message';
import { attributesSize, checkMessageAttributes, type MessageAttributes } from './message-attributes';
import type { Queue } from './queue';

export interface Draft {
  readonly body: string;
  readonly attributes?: MessageAttributes | undefined;
  readonly traceHeader?: string | undefined;
  /** The queue's delay by default. */
  readonly delaySeconds?: number | undefined;
}

/** SQS accepts only the characters of XML 1.0. */
const FORBIDDEN = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

/** Size in bytes that counts towards the limits of messages and batches. */
export function draftSize(draft: Draft): number {
  return Buffer.byteLength(draft.body) + attributesSize(draft.attributes);
}

/**
 * Validates a draft and creates the message.
 * @throws AwsError for an invalid body or attribute
 */
export function createMessage(queue: Queue, draft: Draft, now: number): StoredMessage {
  if (draft.body === '')
    throw new AwsError('MissingParameter', 'The request must contain the parameter MessageBody.');
  if (FORBIDDEN.test(draft.body)) {
    throw new AwsError(
      'InvalidMessageContents',
      'Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF.',
    );
  }
  const limit = Number(queue.attributes.MaximumMessageSize);
  if (draftSize(draft) > limit) {
    throw invalidParameter(
      `One or more parameters are invalid. Reason: Message must be shorter than ${limit} bytes.`,
    );
  }
  const delay = draft.delaySeconds ?? Number(queue.attributes.DelaySeconds);
  if (delay < 0 || delay > 900) {
    throw invalidParameter(
      `Value ${delay} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.`,
    );
  }
  const attributes = draft.attributes ?? {};
  checkMessageAttributes(attributes);
  return {
    id: randomUUID(),
    body: draft.body,
    ...(Object.keys(attributes).length > 0 && { attributes }),
    ...(draft.traceHeader !== undefined && { traceHeader: draft.traceHeader }),
    sentAt: now,
    availableAt: now + 1000 * delay,
    receiveCount: 0,
    held: false,
  };
}
