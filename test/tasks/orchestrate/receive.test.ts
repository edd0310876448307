import type { ReceivedMessage } from '../../../storage/queue';
import { MAX_RECEIVING_MS, receiveFor } from '../../../tasks/orchestrate/receive';

const message = (messageId: string): ReceivedMessage => ({
  messageId,
  receiptHandle: messageId,
  body: '{}',
  receiveCount: 1,
  sentAt: 0,
});

/** A queue to which a message comes every so many milliseconds, as the clock tells them; a receive waits for one. */
function trickle(everyMs: number) {
  let now = 0;
  let sent = 0;
  return {
    clock: () => new Date(now),
    queue: {
      receive: async () => {
        now += Math.min(1000, everyMs);
        return everyMs > 1000 ? [] : [message(`${sent++}`)];
      },
    },
  };
}

describe('receiving messages', () => {
  it('ends with the messages so far if messages never stop coming', async () => {
    const { clock, queue } = trickle(500);
    const taken: ReceivedMessage[] = [];
    await receiveFor(
      () => 2000 - taken.length,
      queue,
      (one) => taken.push(one),
      clock,
    );
    expect(taken).toHaveLength(MAX_RECEIVING_MS / 500);
  });

  it('ends as soon as the queue was empty for a second', async () => {
    const { clock, queue } = trickle(1500);
    await receiveFor(
      () => 2000,
      queue,
      () => {},
      clock,
    );
    expect(clock().getTime()).toBe(1000);
  });
});
