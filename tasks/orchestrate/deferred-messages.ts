import { z } from 'zod';
import { DEFERRED_MESSAGES } from '../../domain/object-keys';
import type { TaskLogger } from '../../runtime/logger';
import { causeOf } from '../../runtime/task-result';
import type { Bucket } from '../../storage/bucket';
import { getJson } from '../../storage/json-object';
import type { FileQueue, ReceivedMessage } from '../../storage/queue';
import { Batch, type BatchLimits } from './batch';
import { readMessage } from './file-events';

/**
 * The share of a full batch at the second and the third try. From the fourth on each file is alone. So one bad file among
 * 2,000 costs about forty executions.
 */
const BATCH_SHARE: Readonly<Record<number, number>> = { 2: 1 / 10, 3: 1 / 100 };

const deferredSchema = z.object({
  messages: z.array(
    z.object({
      messageId: z.string(),
      receiptHandle: z.string(),
      body: z.string(),
      receiveCount: z.number(),
      sentAt: z.number(),
    }),
  ),
  /** Which messages are next if new ones wait as well. */
  next: z.enum(['new', 'aside']),
});

/**
 * Messages that were received and are in no execution yet: they came back, there was no room, or they wait for more files. Returning them to the queue would waste one of their five
 * receives, so they stay hidden and are listed here. If the list is lost or too old, they become visible again by themselves.
 */
export type Deferred = z.infer<typeof deferredSchema>;

const NONE: Deferred = { messages: [], next: 'new' };

export async function readDeferred(bucket: Bucket): Promise<Deferred> {
  return (await getJson(bucket, DEFERRED_MESSAGES, deferredSchema)) ?? NONE;
}

/**
 * Replaces the list of deferred messages, and keeps them hidden.
 * @returns false: it failed, and the messages must be released
 */
export async function deferMessages(
  deferred: Deferred,
  { bucket, queue, logger }: { bucket: Bucket; queue: FileQueue; logger: TaskLogger },
): Promise<boolean> {
  try {
    await bucket.put(DEFERRED_MESSAGES, `${JSON.stringify(deferred)}\n`, 'application/json');
    await queue.hold(deferred.messages.map(({ receiptHandle }) => receiptHandle));
    return true;
  } catch (error) {
    logger.warn('messages not deferred', { cause: causeOf(error) });
    return false;
  }
}

export const isNew = ({ receiveCount }: ReceivedMessage): boolean => receiveCount <= 1;

/**
 * The next batch of messages that came back, and the remaining ones. A file that makes every execution fail takes its whole
 * batch with it. So messages that came back more often go into smaller batches. At the fourth try each is alone, and a good
 * file succeeds with a try to spare.
 *
 * @param messages in any order; those with the fewest receives are first
 */
export function nextOfReturned(
  messages: readonly ReceivedMessage[],
  bucket: string,
  limits: BatchLimits,
): { batch: Batch; left: ReceivedMessage[] } {
  const [first, ...others] = messages.toSorted((a, b) => a.receiveCount - b.receiveCount);
  // New messages without room in an earlier batch count as having come back once.
  const share = BATCH_SHARE[Math.max(2, first?.receiveCount ?? 2)] ?? 0;
  const files = Math.max(1, Math.ceil(limits.files * share));
  const batch = new Batch({ ...limits, files });
  const left: ReceivedMessage[] = [];
  for (const message of first ? [first, ...others] : []) {
    const isAdded =
      message.receiveCount === first?.receiveCount && batch.room > 0 && addTo(batch, message, bucket);
    if (!isAdded) left.push(message);
  }
  return { batch, left };
}

function addTo(batch: Batch, message: ReceivedMessage, bucket: string): boolean {
  const content = readMessage(message.body, bucket);
  if ('files' in content) batch.add(message, content.files);
  return 'files' in content;
}
