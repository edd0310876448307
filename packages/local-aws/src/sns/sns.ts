import type { MessageAttributes } from '../sqs/message-attributes';
import type { SnsStore } from './store';

/** A message that was not delivered; one line of outbox.jsonl. */
interface OutboxEntry {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly protocol: string;
  readonly endpoint: string;
  readonly topicArn: string;
  readonly messageId: string;
  readonly subject: string | undefined;
  readonly message: string;
  /** The delivery error of a queue. */
  readonly error: string | undefined;
}

export interface Sns {
  readonly store: SnsStore;
  readonly account: string;
  readonly clock: () => Date;
  /** Sends a topic's message to a queue; attributes only for raw delivery. */
  readonly deliver: (
    queueArn: string,
    body: string,
    attributes: MessageAttributes | undefined,
    topicArn: string,
  ) => Promise<void>;
  readonly outbox: (entry: OutboxEntry) => void;
}
