import { AvailabilityHeap, type HeapEntry } from './availability-heap';
import type { StoredMessage } from './message';
import type { QueueAttributes } from './queue-attributes';

/** A queue in memory: its messages, ordered by availability, and its waiting receivers. */
export class Queue {
  modifiedAt: number;
  private readonly byId = new Map<string, { message: StoredMessage; heapEntry: HeapEntry }>();
  private readonly heap = new AvailabilityHeap();
  private readonly waiting = new Set<() => void>();
  private sequence = 0;

  constructor(
    readonly name: string,
    readonly arn: string,
    readonly createdAt: number,
    public attributes: QueueAttributes,
  ) {
    this.modifiedAt = createdAt;
  }

  get size(): number {
    return this.byId.size;
  }

  messages(): StoredMessage[] {
    return [...this.byId.values()].map(({ message }) => message);
  }

  message(id: string): StoredMessage | undefined {
    return this.byId.get(id)?.message;
  }

  /** Adds or replaces a message and wakes waiting receivers. */
  put(message: StoredMessage): void {
    const heapEntry = { messageId: message.id, at: message.availableAt, sequence: ++this.sequence };
    this.byId.set(message.id, { message, heapEntry });
    this.heap.push(heapEntry);
    if (this.heap.size > 2 * this.byId.size + 1000) this.heap.retain((each) => this.isCurrent(each));
    this.wake();
  }

  remove(id: string): void {
    this.byId.delete(id);
  }

  clear(): void {
    this.byId.clear();
  }

  /**
   * Takes the longest available message out of the heap; the message stays in the queue until it is put again, removed or
   * put back. undefined if none is available.
   */
  takeNext(now: number): StoredMessage | undefined {
    for (let heapEntry = this.heap.peek(); heapEntry && heapEntry.at <= now; heapEntry = this.heap.peek()) {
      this.heap.pop();
      if (this.isCurrent(heapEntry)) return this.message(heapEntry.messageId);
    }
    return undefined;
  }

  /** True if `takeNext` returns a message. */
  hasAvailable(now: number): boolean {
    const message = this.takeNext(now);
    if (message) this.putBack(message);
    return message !== undefined;
  }

  putBack(message: StoredMessage): void {
    const stored = this.byId.get(message.id);
    if (stored) this.heap.push(stored.heapEntry);
  }

  /**
   * Resolves when a message may have become available: on a change, when the next message becomes available, after
   * `milliseconds`, or on the signal.
   */
  arrival(milliseconds: number, now: number, signal?: AbortSignal): Promise<void> {
    const untilNext = (this.heap.peek()?.at ?? Number.POSITIVE_INFINITY) - now;
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.waiting.delete(done);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, Math.max(1, Math.min(milliseconds, untilNext)));
      this.waiting.add(done);
      signal?.addEventListener('abort', done);
    });
  }

  wake(): void {
    for (const done of [...this.waiting]) done();
  }

  private isCurrent(heapEntry: HeapEntry): boolean {
    return this.byId.get(heapEntry.messageId)?.heapEntry === heapEntry;
  }
}
