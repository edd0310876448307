import type { MessageAttributes } from './message-attributes';

/** A stored message; times in milliseconds since the epoch. */
export interface StoredMessage {
  readonly id: string;
  readonly body: string;
  readonly attributes?: MessageAttributes;
  readonly traceHeader?: string;
  readonly sentAt: number;
  /** End of the delay or of the visibility timeout. */
  readonly availableAt: number;
  /** Part of the receipt handle. */
  readonly receiveCount: number;
  readonly firstReceivedAt?: number;
  readonly lastReceivedAt?: number;
  /** True after a receive from the current queue, so that a receipt handle exists. */
  readonly held: boolean;
  /** In a dead-letter queue: the source queue. */
  readonly sourceArn?: string;
}

/** Received and not visible. */
export const inFlight = (message: StoredMessage, now: number) => message.held && message.availableAt > now;

/** Sent with a delay that has not elapsed. */
export const isDelayed = (message: StoredMessage, now: number) => !message.held && message.availableAt > now;
