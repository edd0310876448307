/** The queue of file events, with the operations that orchestrate and settle need. */

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
  /** Sends a message for each body; a retry may send it twice. */
  send(bodies: readonly string[]): Promise<void>;
  /**
   * Up to `max` (at most 10) messages; none if the queue stayed empty for a second. They stay hidden for as long as the
   * orchestrator can run, so that one that is killed does not keep them for hours.
   */
  receive(max: number): Promise<ReceivedMessage[]>;
  /** Keeps messages hidden, from now on, for longer than an execution can run. */
  hold(receiptHandles: readonly string[]): Promise<void>;
  /** Deleting a message that does not exist any more succeeds. */
  delete(receiptHandles: readonly string[]): Promise<void>;
  /** Makes messages visible immediately; ignores one that is deleted or visible already. */
  release(receiptHandles: readonly string[]): Promise<void>;
}
