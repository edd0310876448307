import type { StoredMessage } from './message';
import type { Queue } from './queue';
import { redrivePolicy } from './queue-attributes';
import type { Change, SqsStore } from './store';

function isExpired(queue: Queue, message: StoredMessage, now: number): boolean {
  return now - message.sentAt > 1000 * Number(queue.attributes.MessageRetentionPeriod);
}

/** Deletes all messages past the retention period. */
export function expire(store: SqsStore, queue: Queue): void {
  const now = store.now();
  const ids = queue
    .messages()
    .filter((message) => isExpired(queue, message, now))
    .map(({ id }) => id);
  if (ids.length > 0) store.commit({ type: 'deleted', queue: queue.name, ids });
}

/**
 * Receives up to `max` messages and hides them for the visibility timeout. A message that was received maxReceiveCount
 * times is moved to the dead-letter queue instead; one past its retention period is deleted.
 * @param visibilitySeconds the queue's visibility timeout by default
 * @param maxBytes of the bodies together
 */
export function receive(
  store: SqsStore,
  queue: Queue,
  max: number,
  visibilitySeconds?: number,
  maxBytes = Number.POSITIVE_INFINITY,
): StoredMessage[] {
  const now = store.now();
  const policy = redrivePolicy(queue.attributes);
  const deadLetters = policy && store.findArn(policy.deadLetterTargetArn);
  const seconds = visibilitySeconds ?? Number(queue.attributes.VisibilityTimeout);
  const taken: StoredMessage[] = [];
  const received: string[] = [];
  const dead: string[] = [];
  const expired: string[] = [];
  let bytes = 0;

  while (received.length < max) {
    const message = queue.takeNext(now);
    if (!message) break;
    bytes += Buffer.byteLength(message.body);
    if (bytes > maxBytes) {
      queue.putBack(message);
      break;
    }
    taken.push(message);
    if (isExpired(queue, message, now)) expired.push(message.id);
    else if (deadLetters && message.receiveCount >= policy.maxReceiveCount) dead.push(message.id);
    else received.push(message.id);
  }

  const changes: Change[] = [];
  if (expired.length > 0) changes.push({ type: 'deleted', queue: queue.name, ids: expired });
  if (deadLetters && dead.length > 0) {
    changes.push({ type: 'dead', queue: queue.name, to: deadLetters.name, ids: dead, at: now });
  }
  if (received.length > 0) {
    changes.push({
      type: 'received',
      queue: queue.name,
      ids: received,
      at: now,
      until: now + 1000 * seconds,
    });
  }
  try {
    store.commit(...changes);
  } catch (error) {
    for (const message of taken) queue.putBack(message);
    throw error;
  }
  return received.flatMap((id) => queue.message(id) ?? []);
}
