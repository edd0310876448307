import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { SourceRecord } from './records';

/** Where records go that cannot become a line of a raw file. */
export interface DeadLetters {
  /** A retry sends it again. */
  send(record: SourceRecord, reason: string): Promise<void>;
}

/** In base64 it leaves room in a message of 1 MiB. */
const MAX_BYTES = 700 * 1024;

/** The dead-letter queue of events: JSON with the reason, the record's position and its bytes in base64. */
export function sqsDeadLetters(client: SQSClient, queueUrl: string): DeadLetters {
  return {
    async send({ source, topic, position, bytes, text, storedAt }, reason) {
      const content = bytes ?? Buffer.from(text ?? '');
      const body = {
        reason,
        source,
        ...(topic && { topic }),
        position,
        ...(storedAt !== undefined && { stored_at: new Date(storedAt).toISOString() }),
        bytes: content.length,
        base64: content.subarray(0, MAX_BYTES).toString('base64'),
      };
      await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(body) }));
    },
  };
}
