import type { FileQueue, ReceivedMessage } from '../../storage/queue';

/** Messages that one receive brings at most, and receives at one time. */
const MESSAGES = 10;
const RECEIVES = 8;

/**
 * How long messages are taken at most: 2,000 take seconds. Where one comes before the queue has been empty for a second, again
 * and again, the queue never is; what has come must start, long before the orchestrator's time is over.
 */
export const RECEIVING_MS = 20_000;

/**
 * Takes messages off the queue until there is no room, the queue is empty or it has gone on for `RECEIVING_MS`; all that a
 * round of receives brings are taken.
 * A queue that has plenty is asked by more and more receives at a time; one that holds little costs no more of them than it
 * must.
 */
export async function receiveFor(
  room: () => number,
  queue: Pick<FileQueue, 'receive'>,
  take: (message: ReceivedMessage) => void,
  clock: () => Date,
): Promise<void> {
  const end = clock().getTime() + RECEIVING_MS;
  let receives = 1;
  while (clock().getTime() < end) {
    const left = room();
    if (left <= 0) return;
    const wanted = Array.from({ length: Math.min(receives, Math.ceil(left / MESSAGES)) }, (_, at) =>
      Math.min(MESSAGES, left - at * MESSAGES),
    );
    const answers = await Promise.all(wanted.map((count) => queue.receive(count)));
    const messages = answers.flat();
    if (messages.length === 0) return;
    for (const message of messages) take(message);
    const isPlenty = messages.length >= (wanted.length * MESSAGES) / 2;
    receives = isPlenty ? Math.min(RECEIVES, 2 * receives) : 1;
  }
}
