import { AvailabilityHeap, type Turn } from './availability-heap';
import type { StoredMessage } from './message';
import type { QueueAttributes } from './queue-attributes';

/** A queue in memory: its messages, in the order in which they may be received, and who waits for one. */
export class Queue {
  modifiedAt: number;
  private readonly kept = new Map<string, { message: StoredMessage; turn: Turn }>();
  private readonly turns = new AvailabilityHeap();
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
    return this.kept.size;
  }

  messages(): StoredMessage[] {
    return [...this.kept.values()].map(({ message }) => message);
  }

  message(id: string): StoredMessage | undefined {
    return this.kept.get(id)?.message;
  }

  /** Adds a message, or puts it in place of its former self, and wakes those who wait. */
  put(message: StoredMessage): void {
    const turn = { messageId: message.id, at: message.availableAt, sequence: ++this.sequence };
    this.kept.set(message.id, { message, turn });
    this.turns.push(turn);
    if (this.turns.size > 2 * this.kept.size + 1000) this.turns.retain((each) => this.isCurrent(each));
    this.wake();
  }

  remove(id: string): void {
    this.kept.delete(id);
  }

  clear(): void {
    this.kept.clear();
  }

  /**
   * Takes the turn of the message that has waited longest; the message stays and has no turn until it is put
   * again, removed or given back. undefined: none is available.
   */
  takeNext(now: number): StoredMessage | undefined {
    for (let turn = this.turns.peek(); turn && turn.at <= now; turn = this.turns.peek()) {
      this.turns.pop();
      if (this.isCurrent(turn)) return this.message(turn.messageId);
    }
    return undefined;
  }

  putBack(message: StoredMessage): void {
    const entry = this.kept.get(message.id);
    if (entry) this.turns.push(entry.turn);
  }

  /**
   * Resolves when a message may have become available: on a change, at the next turn, after `milliseconds`, or on
   * the signal.
   */
  arrival(milliseconds: number, now: number, signal?: AbortSignal): Promise<void> {
    const untilNextTurn = (this.turns.peek()?.at ?? Number.POSITIVE_INFINITY) - now;
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.waiting.delete(done);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, Math.max(1, Math.min(milliseconds, untilNextTurn)));
      this.waiting.add(done);
      signal?.addEventListener('abort', done);
    });
  }

  wake(): void {
    for (const done of [...this.waiting]) done();
  }

  private isCurrent(turn: Turn): boolean {
    return this.kept.get(turn.messageId)?.turn === turn;
  }
}
