import { describeMessage, type ReceivedMessage } from './operations/receive-message';
import { isNewestReceipt, readReceiptHandle } from './receipt-handle';
import { receive } from './receive';
import type { SqsStore } from './store';

/** A consumer of one queue within this process; permissions are the caller's concern. */
export interface QueueConsumer {
  readonly visibilityTimeoutSeconds: number;
  /** True if a message is visible. */
  hasMessages(): boolean;
  /** Receives visible messages and hides them for the visibility timeout, without waiting. */
  receive(max: number, maxBytes: number): ReceivedMessage[];
  /** Deletes received messages; ignores handles of earlier receives. */
  delete(receiptHandles: readonly string[]): void;
  /** Makes received messages visible. */
  release(receiptHandles: readonly string[]): void;
  /** Resolves when a message may have become visible, after `milliseconds`, or on the signal. */
  arrival(milliseconds: number, signal: AbortSignal): Promise<void>;
}

/** Each call throws AwsError QueueDoesNotExist if the queue was deleted. */
export function queueConsumer(store: SqsStore, name: string, account: string): QueueConsumer {
  const held = (handle: string): string[] => {
    const { id, receiveCount } = readReceiptHandle(name, handle);
    const message = store.queue(name).message(id);
    return message && isNewestReceipt(message, receiveCount) ? [id] : [];
  };
  return {
    get visibilityTimeoutSeconds() {
      return Number(store.queue(name).attributes.VisibilityTimeout);
    },
    hasMessages: () => store.queue(name).hasAvailable(store.now()),
    receive: (max, maxBytes) =>
      receive(store, store.queue(name), max, undefined, maxBytes).map((message) =>
        describeMessage(name, message, account, ['All'], ['All']),
      ),
    delete(receiptHandles) {
      const ids = receiptHandles.flatMap(held);
      if (ids.length > 0) store.commit({ type: 'deleted', queue: name, ids });
    },
    release(receiptHandles) {
      const until = store.now();
      store.commit(
        ...receiptHandles
          .flatMap(held)
          .map((id) => ({ type: 'visibility' as const, queue: name, id, until })),
      );
    },
    arrival: (milliseconds, signal) => store.queue(name).arrival(milliseconds, store.now(), signal),
  };
}
