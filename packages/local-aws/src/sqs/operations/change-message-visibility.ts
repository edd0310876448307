import { z } from 'zod';
import { operation } from '../../endpoint/json-protocol';
import { AwsError } from '../../endpoint/service';
import { runBatch } from '../batch';
import { invalidParameter } from '../errors';
import { inFlight } from '../message';
import type { Queue } from '../queue';
import { isNewestReceipt, readReceiptHandle } from '../receipt-handle';
import type { Change, SqsStore } from '../store';

const TWELVE_HOURS = 43_200;

/** A timeout of 0 makes the message visible. */
export const changeMessageVisibility = operation({
  input: z.object({ QueueUrl: z.string(), ReceiptHandle: z.string(), VisibilityTimeout: z.number().int() }),
  run({ QueueUrl, ReceiptHandle, VisibilityTimeout }, store: SqsStore) {
    store.commit(visibility(store.at(QueueUrl), ReceiptHandle, VisibilityTimeout, store.now()));
    return {};
  },
});

export const changeMessageVisibilityBatch = operation({
  input: z.object({
    QueueUrl: z.string(),
    Entries: z.array(
      z.object({
        Id: z.string(),
        ReceiptHandle: z.string(),
        VisibilityTimeout: z.number().int().default(30),
      }),
    ),
  }),
  run({ QueueUrl, Entries }, store: SqsStore) {
    const queue = store.at(QueueUrl);
    const changes: Change[] = [];
    const result = runBatch(Entries, ({ ReceiptHandle, VisibilityTimeout }) => {
      changes.push(visibility(queue, ReceiptHandle, VisibilityTimeout, store.now()));
      return {};
    });
    store.commit(...changes);
    return result;
  },
});

function visibility(queue: Queue, handle: string, seconds: number, now: number): Change {
  const { id, receiveCount } = readReceiptHandle(queue.name, handle);
  const message = queue.message(id);
  if (!message || !isNewestReceipt(message, receiveCount)) {
    throw invalidParameter(
      `Value ${handle} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.`,
    );
  }
  if (!inFlight(message, now)) {
    throw new AwsError(
      'MessageNotInflight',
      `The message ${id} is not in flight: its visibility timeout is over.`,
    );
  }
  if (seconds < 0 || seconds > TWELVE_HOURS) {
    throw invalidParameter(
      `Value ${seconds} for parameter VisibilityTimeout is invalid. Reason: VisibilityTimeout must be an integer between 0 and ${TWELVE_HOURS}.`,
    );
  }
  const until = now + 1000 * seconds;
  if (until - (message.lastReceivedAt ?? now) > 1000 * TWELVE_HOURS) {
    throw invalidParameter(
      `Value ${seconds} for parameter VisibilityTimeout is invalid. Reason: Total VisibilityTimeout for the message is beyond the limit [${TWELVE_HOURS} seconds].`,
    );
  }
  return { type: 'visibility', queue: queue.name, id, until };
}
