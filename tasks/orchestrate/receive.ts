import type { FileQueue, ReceivedMessage } from '../queue';

/** Messages that one receive brings at most, and receives at one time. */
const MESSAGES = 10;
const RECEIVES = 8;

/**
 * Takes messages off the queue until there is no room or the queue is empty; all that a round of receives brings are taken.
 * A queue that has plenty is asked by more and more receives at a time; one that holds little costs no more of them than it
 * must.
 */
export async function receiveFor(
  room: () => number,
  queue: Pick<FileQueue, 'receive'>,
  take: (message: ReceivedMessage) => void,
): Promise<void> {
  let receives = 1;
  for (;;) {
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
