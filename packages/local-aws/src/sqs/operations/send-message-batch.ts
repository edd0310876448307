import { z } from 'zod';
import { operation } from '../../endpoint/json-protocol';
import { AwsError } from '../../endpoint/service';
import { runBatch } from '../batch';
import type { StoredMessage } from '../message';
import { createMessage, draftSize } from '../send';
import type { SqsStore } from '../store';
import { draftSchema, readDraft, sendResult } from './send-message';

const MAX_BYTES = 1_048_576;

export const sendMessageBatch = operation({
  input: z.object({ QueueUrl: z.string(), Entries: z.array(draftSchema.extend({ Id: z.string() })) }),
  run({ QueueUrl, Entries }, store: SqsStore) {
    const queue = store.at(QueueUrl);
    const bytes = Entries.reduce(
      (total, entry) => total + draftSize({ body: entry.MessageBody, attributes: entry.MessageAttributes }),
      0,
    );
    if (bytes > MAX_BYTES) {
      throw new AwsError(
        'BatchRequestTooLong',
        `Batch requests cannot be longer than ${MAX_BYTES} bytes. You have sent ${bytes} bytes.`,
      );
    }
    const messages: StoredMessage[] = [];
    const result = runBatch(Entries, (entry) => {
      const message = createMessage(queue, readDraft(entry), store.now());
      messages.push(message);
      return sendResult(message);
    });
    if (messages.length > 0) store.commit({ type: 'put', queue: queue.name, messages });
    return result;
  },
});
