import { AwsError } from '../endpoint/service';
import type { StoredMessage } from './message';

/**
 * A receipt handle names the queue, the message and which of its receipts is meant, so that it needs no record
 * of its own. To callers it is opaque.
 */
export function receiptHandle(queue: string, message: StoredMessage): string {
  return Buffer.from(`local-sqs/${queue}/${message.id}/${message.receiveCount}`).toString('base64');
}

/**
 * The message that a handle was given for.
 *
 * @throws AwsError ReceiptHandleIsInvalid for what no receive of this queue has answered
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

/** Whether the handle is of the message's newest receipt, which alone can delete it. */
export function isNewestReceipt(message: StoredMessage, receiveCount: number): boolean {
  return message.held && message.receiveCount === receiveCount;
}
