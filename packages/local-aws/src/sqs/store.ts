import { join } from 'node:path';
import { Journal } from '../journal/journal';
import type { Place } from '../place';
import { queueDoesNotExist } from './errors';
import type { StoredMessage } from './message';
import { Queue } from './queue';
import type { QueueAttributes } from './queue-attributes';

/** A redrive from a dead-letter queue, as ListMessageMoveTasks returns it. */
export interface MoveTask {
  readonly handle: string;
  readonly sourceArn: string;
  readonly destinationArn?: string;
  readonly startedAt: number;
  readonly moved: number;
  readonly toMove: number;
  readonly failure?: string;
}

/** A journal entry. Times in milliseconds since the epoch. */
export type Change =
  | { type: 'queue'; name: string; createdAt: number; modifiedAt: number; attributes: QueueAttributes }
  | { type: 'queue-deleted'; queue: string }
  | { type: 'put'; queue: string; messages: readonly StoredMessage[] }
  | { type: 'received'; queue: string; ids: readonly string[]; at: number; until: number }
  | { type: 'visibility'; queue: string; id: string; until: number }
  | { type: 'deleted'; queue: string; ids: readonly string[] }
  | { type: 'purged'; queue: string }
  | { type: 'dead'; queue: string; to: string; ids: readonly string[]; at: number }
  | { type: 'move-task'; task: MoveTask };

const TASKS_KEPT = 100;
const MESSAGES_PER_LINE = 50;

export interface StoreOptions extends Place {
  readonly directory: string;
  readonly clock: () => Date;
}

/** All queues of the account. Changes are written to the journal before they are applied. */
export class SqsStore {
  private readonly queues = new Map<string, Queue>();
  private tasks: MoveTask[] = [];
  private readonly journal: Journal<Change>;
  private readonly closing = new AbortController();

  constructor(private readonly options: StoreOptions) {
    this.journal = new Journal<Change>({
      path: join(options.directory, 'journal.jsonl'),
      replay: (change) => this.apply(change),
      snapshot: () => this.snapshot(),
    });
  }

  /** Aborted once the store is closed. */
  get closed(): AbortSignal {
    return this.closing.signal;
  }

  now(): number {
    return this.options.clock().getTime();
  }

  arnOf(name: string): string {
    return `arn:aws:sqs:${this.options.region}:${this.options.account}:${name}`;
  }

  /** By ascending name. */
  all(): Queue[] {
    return [...this.queues.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  find(name: string): Queue | undefined {
    return this.queues.get(name);
  }

  findArn(arn: string): Queue | undefined {
    const queue = this.queues.get(arn.split(':').at(-1) ?? '');
    return queue?.arn === arn ? queue : undefined;
  }

  /** @throws AwsError QueueDoesNotExist */
  queue(name: string): Queue {
    const found = this.queues.get(name);
    if (!found) throw queueDoesNotExist(name);
    return found;
  }

  /** The queue of a URL. Only the last segment is used, so that URLs remain valid when the port changes. */
  at(queueUrl: string): Queue {
    return this.queue(queueUrl.split('?')[0]?.split('/').at(-1) ?? '');
  }

  /** The newest first. */
  moveTasks(sourceArn: string): MoveTask[] {
    return this.tasks.filter((task) => task.sourceArn === sourceArn).reverse();
  }

  /** Writes the changes to the journal atomically, then applies them. @throws if the write fails, without changes */
  commit(...changes: readonly Change[]): void {
    this.journal.commit(...changes);
  }

  close(): void {
    this.closing.abort();
    for (const queue of this.queues.values()) queue.wake();
    this.journal.close();
  }

  private apply(change: Change): void {
    switch (change.type) {
      case 'queue': {
        const { name, createdAt, attributes } = change;
        const queue = this.queues.get(name) ?? new Queue(name, this.arnOf(name), createdAt, attributes);
        queue.attributes = attributes;
        queue.modifiedAt = change.modifiedAt;
        this.queues.set(name, queue);
        return;
      }
      case 'queue-deleted':
        this.queues.get(change.queue)?.wake();
        this.queues.delete(change.queue);
        return;
      case 'put':
        for (const message of change.messages) this.queue(change.queue).put(message);
        return;
      case 'received':
        this.replace(change.queue, change.ids, (message) => ({
          ...message,
          held: true,
          availableAt: change.until,
          receiveCount: message.receiveCount + 1,
          firstReceivedAt: message.firstReceivedAt ?? change.at,
          lastReceivedAt: change.at,
        }));
        return;
      case 'visibility':
        this.replace(change.queue, [change.id], (message) => ({ ...message, availableAt: change.until }));
        return;
      case 'deleted':
        for (const id of change.ids) this.queue(change.queue).remove(id);
        return;
      case 'purged':
        this.queue(change.queue).clear();
        return;
      case 'dead': {
        const from = this.queue(change.queue);
        for (const id of change.ids) {
          const message = from.message(id);
          if (!message) continue;
          from.remove(id);
          this.queue(change.to).put({ ...message, held: false, availableAt: change.at, sourceArn: from.arn });
        }
        return;
      }
      case 'move-task':
        this.tasks = [...this.tasks, change.task].slice(-TASKS_KEPT);
        return;
    }
  }

  private replace(queueName: string, ids: readonly string[], change: (from: StoredMessage) => StoredMessage) {
    const queue = this.queue(queueName);
    for (const id of ids) {
      const message = queue.message(id);
      if (message) queue.put(change(message));
    }
  }

  private *snapshot(): Iterable<Change> {
    for (const queue of this.queues.values()) {
      const { name, createdAt, modifiedAt, attributes } = queue;
      yield { type: 'queue', name, createdAt, modifiedAt, attributes };
      const messages = queue.messages();
      for (let start = 0; start < messages.length; start += MESSAGES_PER_LINE) {
        yield { type: 'put', queue: name, messages: messages.slice(start, start + MESSAGES_PER_LINE) };
      }
    }
    for (const task of this.tasks) yield { type: 'move-task', task };
  }
}
