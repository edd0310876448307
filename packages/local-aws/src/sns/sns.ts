import type { MessageAttributes } from '../sqs/message-attributes';
import type { SnsStore } from './store';

/** What a subscriber that is not reached from here would have been sent; one line of outbox.jsonl. */
export interface OutboxEntry {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly protocol: string;
  readonly endpoint: string;
  readonly topicArn: string;
  readonly messageId: string;
  readonly subject: string | undefined;
  readonly message: string;
  /** Why a queue did not get it. */
  readonly error: string | undefined;
}

/** What the operations work with. */
export interface Sns {
  readonly store: SnsStore;
  readonly account: string;
  readonly clock: () => Date;
  /** Sends a topic's message to a queue; attributes only where delivery is raw. */
  readonly deliver: (
    queueArn: string,
    body: string,
    attributes: MessageAttributes | undefined,
    topicArn: string,
  ) => Promise<void>;
  readonly outbox: (entry: OutboxEntry) => void;
}
