import type { FileQueue, ReceivedMessage } from '../../storage/queue';

/** Most messages of one receive, and most concurrent receives. */
const MAX_MESSAGES = 10;
const MAX_CONCURRENT = 8;

/**
 * How long messages are received at most; 2,000 take seconds. A queue with a message every second is never empty, and the
 * messages so far must start long before the orchestrator's timeout.
 */
export const MAX_RECEIVING_MS = 20_000;

/**
 * Receives messages until there is no room, the queue is empty, or `MAX_RECEIVING_MS` are over. Takes every message that it
 * received. The number of concurrent receives grows while the queue is full, so that a short queue costs few requests.
 */
export async function receiveFor(
  room: () => number,
  queue: Pick<FileQueue, 'receive'>,
  take: (message: ReceivedMessage) => void,
  clock: () => Date,
): Promise<void> {
  const end = clock().getTime() + MAX_RECEIVING_MS;
  let receives = 1;
  while (clock().getTime() < end) {
    const left = room();
    if (left <= 0) return;
    const wanted = Array.from({ length: Math.min(receives, Math.ceil(left / MAX_MESSAGES)) }, (_, at) =>
      Math.min(MAX_MESSAGES, left - at * MAX_MESSAGES),
    );
    const answers = await Promise.all(wanted.map((count) => queue.receive(count)));
    const messages = answers.flat();
    if (messages.length === 0) return;
    for (const message of messages) take(message);
    const isFull = messages.length >= (wanted.length * MAX_MESSAGES) / 2;
    receives = isFull ? Math.min(MAX_CONCURRENT, 2 * receives) : 1;
  }
}
