import { z } from 'zod';
import { MESSAGES_ASIDE } from '../../domain/object-keys';
import type { TaskLogger } from '../../runtime/logger';
import { causeOf } from '../../runtime/task-result';
import type { Bucket } from '../../storage/bucket';
import { getJson } from '../../storage/json-object';
import type { FileQueue, ReceivedMessage } from '../../storage/queue';
import { Batch, type BatchLimits } from './batch';
import { readMessage } from './file-events';

/**
 * What part of the files of a full batch go together at their second try, and at their third; from then on each goes alone.
 * So one bad file among 2,000 costs about forty executions.
 */
const PART: Readonly<Record<number, number>> = { 2: 1 / 10, 3: 1 / 100 };

const asideSchema = z.object({
  messages: z.array(
    z.object({
      messageId: z.string(),
      receiptHandle: z.string(),
      body: z.string(),
      receiveCount: z.number(),
      sentAt: z.number(),
    }),
  ),
  /** Whose turn it is, where new messages wait, too. */
  next: z.enum(['new', 'aside']),
});

/**
 * Messages that were received and are in no execution yet. To put them back would cost each one of its five receives for
 * nothing; so they stay hidden, and are told here. Should this be lost or too old, they come back by themselves.
 */
export type Aside = z.infer<typeof asideSchema>;

const NONE: Aside = { messages: [], next: 'new' };

export async function readAside(bucket: Bucket): Promise<Aside> {
  return (await getJson(bucket, MESSAGES_ASIDE, asideSchema)) ?? NONE;
}

/**
 * Keeps messages for the next batches, in the place of those that were aside before.
 * @returns false: they are not kept, and must be released
 */
export async function setAside(
  aside: Aside,
  { bucket, queue, logger }: { bucket: Bucket; queue: FileQueue; logger: TaskLogger },
): Promise<boolean> {
  try {
    await bucket.put(MESSAGES_ASIDE, `${JSON.stringify(aside)}\n`, 'application/json');
    await queue.hold(aside.messages.map(({ receiptHandle }) => receiptHandle));
    return true;
  } catch (error) {
    logger.warn('messages not set aside', { cause: causeOf(error) });
    return false;
  }
}

export const isNew = ({ receiveCount }: ReceivedMessage): boolean => receiveCount <= 1;

/**
 * The next batch of messages that came back, and what then is left of them. A file over which every execution fails takes
 * along whatever is in its batch; so the oftener messages came back, the fewer go together: at the fourth try each goes
 * alone, and who is not to blame gets through with a try to spare.
 *
 * @param messages in any order; those with the fewest receives go first
 */
export function nextOfReturned(
  messages: readonly ReceivedMessage[],
  bucket: string,
  limits: BatchLimits,
): { batch: Batch; left: ReceivedMessage[] } {
  const [first, ...others] = messages.toSorted((a, b) => a.receiveCount - b.receiveCount);
  // New ones that an earlier batch had no room for go as those that came back once.
  const part = PART[Math.max(2, first?.receiveCount ?? 2)] ?? 0;
  const files = Math.max(1, Math.ceil(limits.files * part));
  const batch = new Batch({ ...limits, files });
  const left: ReceivedMessage[] = [];
  for (const message of first ? [first, ...others] : []) {
    const isTaken =
      message.receiveCount === first?.receiveCount && batch.room > 0 && addTo(batch, message, bucket);
    if (!isTaken) left.push(message);
  }
  return { batch, left };
}

function addTo(batch: Batch, message: ReceivedMessage, bucket: string): boolean {
  const content = readMessage(message.body, bucket);
  if ('files' in content) batch.add(message, content.files);
  return 'files' in content;
}
