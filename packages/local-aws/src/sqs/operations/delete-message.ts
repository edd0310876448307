import { z } from 'zod';
import { operation } from '../../endpoint/json-protocol';
import { runBatch } from '../batch';
import type { Queue } from '../queue';
import { isNewestReceipt, readReceiptHandle } from '../receipt-handle';
import type { SqsStore } from '../store';

/**
 * Idempotent. A handle of an earlier receive succeeds without effect, because the message was received again since.
 */
export const deleteMessage = operation({
  input: z.object({ QueueUrl: z.string(), ReceiptHandle: z.string() }),
  run({ QueueUrl, ReceiptHandle }, store: SqsStore) {
    const queue = store.at(QueueUrl);
    const ids = deletable(queue, ReceiptHandle);
    if (ids.length > 0) store.commit({ type: 'deleted', queue: queue.name, ids });
    return {};
  },
});

export const deleteMessageBatch = operation({
  input: z.object({
    QueueUrl: z.string(),
    Entries: z.array(z.object({ Id: z.string(), ReceiptHandle: z.string() })),
  }),
  run({ QueueUrl, Entries }, store: SqsStore) {
    const queue = store.at(QueueUrl);
    const ids: string[] = [];
    const result = runBatch(Entries, ({ ReceiptHandle }) => {
      ids.push(...deletable(queue, ReceiptHandle));
      return {};
    });
    if (ids.length > 0) store.commit({ type: 'deleted', queue: queue.name, ids });
    return result;
  },
});

/** The id of the handle's message if the handle is current, otherwise empty. */
function deletable(queue: Queue, handle: string): string[] {
  const { id, receiveCount } = readReceiptHandle(queue.name, handle);
  const message = queue.message(id);
  return message && isNewestReceipt(message, receiveCount) ? [id] : [];
}
