/** The queue of file events, as far as orchestrate and settle need it. */

export interface ReceivedMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  /** Times the message has been received, this one included. */
  readonly receiveCount: number;
  /** When it was sent, epoch milliseconds. */
  readonly sentAt: number;
}

export interface FileQueue {
  /** A message for each body; sent twice where a try that was told as failed had succeeded. */
  send(bodies: readonly string[]): Promise<void>;
  /**
   * Up to `max` (at most 10) messages; none when the queue stayed empty for a second. They stay hidden for as long as
   * the orchestrator can take, so that one that dies does not keep them for hours.
   */
  receive(max: number): Promise<ReceivedMessage[]>;
  /** Keeps messages hidden for longer than an execution can run, from now on. */
  hold(receiptHandles: readonly string[]): Promise<void>;
  /** Deleting a message that is gone succeeds. */
  delete(receiptHandles: readonly string[]): Promise<void>;
  /** Makes messages visible at once; one that is gone, or visible already, is passed over. */
  release(receiptHandles: readonly string[]): Promise<void>;
}
