import type { MessageAttributes } from './message-attributes';

/** A message as it is kept; instants are milliseconds since the epoch. */
export interface StoredMessage {
  readonly id: string;
  readonly body: string;
  readonly attributes?: MessageAttributes;
  readonly traceHeader?: string;
  readonly sentAt: number;
  /** Waiting from here on: after its delay, or when its visibility timeout ends. */
  readonly availableAt: number;
  /** How often it was received; part of its receipt handle. */
  readonly receiveCount: number;
  readonly firstReceivedAt?: number;
  readonly lastReceivedAt?: number;
  /** Received from the queue that it lies in, so that a receipt handle of it is about. */
  readonly held: boolean;
  /** The queue that gave it up, in a dead-letter queue. */
  readonly sourceArn?: string;
}

/** Received and still invisible to others. */
export const inFlight = (message: StoredMessage, now: number) => message.held && message.availableAt > now;

/** Sent with a delay that is not over. */
export const isDelayed = (message: StoredMessage, now: number) => !message.held && message.availableAt > now;
