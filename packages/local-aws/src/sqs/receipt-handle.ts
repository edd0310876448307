import { AwsError } from '../endpoint/service';
import type { StoredMessage } from './message';

/**
 * A receipt handle encodes queue, message and receive count, so that no record of it is needed. It is opaque to callers.
 */
export function receiptHandle(queue: string, message: StoredMessage): string {
  return Buffer.from(`local-sqs/${queue}/${message.id}/${message.receiveCount}`).toString('base64');
}

/**
 * Decodes a receipt handle.
 * @throws AwsError ReceiptHandleIsInvalid
 */
export function readReceiptHandle(queue: string, handle: string): { id: string; receiveCount: number } {
  const [, name, id, count] = Buffer.from(handle, 'base64').toString('utf8').split('/');
  if (name !== queue || !id || !/^\d+$/.test(count ?? '')) {
    throw new AwsError(
      'ReceiptHandleIsInvalid',
      `The input receipt handle ${JSON.stringify(handle.slice(0, 100))} is not a valid receipt handle of the queue ${queue}.`,
      404,
    );
  }
  return { id, receiveCount: Number(count) };
}

/** Only the handle of the latest receive can delete a message. */
export function isNewestReceipt(message: StoredMessage, receiveCount: number): boolean {
  return message.held && message.receiveCount === receiveCount;
}
