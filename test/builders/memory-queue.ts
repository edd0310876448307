import type { FileQueue, ReceivedMessage } from '../../storage/queue';

/** A queue in memory without a visibility timeout of its own: a received message stays hidden until it is released. */
export class MemoryQueue implements FileQueue {
  private readonly visible: ReceivedMessage[] = [];
  private readonly hidden = new Map<string, ReceivedMessage>();

  /** Receipt handles that an execution holds. */
  readonly held: string[] = [];

  async send(bodies: string | readonly string[], sentAt = Date.UTC(2025, 2, 30, 12)): Promise<void> {
    for (const body of [bodies].flat()) this.add(body, sentAt);
  }

  private add(body: string, sentAt: number): void {
    const n = this.visible.length + this.hidden.size + 1;
    this.visible.push({ messageId: `m${n}`, receiptHandle: `m${n}#0`, body, receiveCount: 0, sentAt });
  }

  get waiting(): string[] {
    return this.visible.map(({ messageId }) => messageId);
  }

  get inFlight(): string[] {
    return [...this.hidden.values()].map(({ messageId }) => messageId);
  }

  async receive(max: number): Promise<ReceivedMessage[]> {
    return this.visible.splice(0, Math.min(max, 10)).map((message) => {
      const receiveCount = message.receiveCount + 1;
      const received = { ...message, receiveCount, receiptHandle: `${message.messageId}#${receiveCount}` };
      this.hidden.set(received.receiptHandle, received);
      return received;
    });
  }

  async hold(handles: readonly string[]): Promise<void> {
    for (const handle of handles) if (this.hidden.has(handle)) this.held.push(handle);
  }

  async delete(handles: readonly string[]): Promise<void> {
    for (const handle of handles) this.hidden.delete(handle);
  }

  async release(handles: readonly string[]): Promise<void> {
    for (const handle of handles) {
      const message = this.hidden.get(handle);
      if (message) this.visible.push(message);
      this.hidden.delete(handle);
    }
  }
}
