import { rmSync } from 'node:fs';
import path from 'node:path';
import { Journal } from '../journal/journal';
import type { Place } from '../place';
import { streamNotFound } from './errors';
import { ShardLog } from './shard-log';
import { firstPosition, hashRange, type Shard, type Stream, type StreamSettings, shardId } from './stream';

type Change = { type: 'stream'; settings: StreamSettings } | { type: 'deleted'; name: string };

export interface KinesisStoreOptions extends Place {
  readonly directory: string;
  readonly clock: () => Date;
}

/** All streams of the account: their settings in a journal, their records in one log per shard. */
export class KinesisStore {
  private readonly settings = new Map<string, StreamSettings>();
  private readonly streams = new Map<string, Stream>();
  private readonly journal: Journal<Change>;

  /** @throws JournalError for a damaged journal or log */
  constructor(private readonly options: KinesisStoreOptions) {
    this.journal = new Journal<Change>({
      path: path.join(options.directory, 'streams.jsonl'),
      replay: (change) => this.apply(change),
      snapshot: () => [...this.settings.values()].map((settings): Change => ({ type: 'stream', settings })),
    });
    for (const settings of this.settings.values()) this.streams.set(settings.name, this.open(settings));
  }

  get account(): string {
    return this.options.account;
  }

  now(): number {
    return this.options.clock().getTime();
  }

  arnOf(name: string): string {
    return `arn:aws:kinesis:${this.options.region}:${this.options.account}:stream/${name}`;
  }

  /** By ascending name. */
  all(): Stream[] {
    return [...this.streams.values()].sort((a, b) => (a.settings.name < b.settings.name ? -1 : 1));
  }

  find(name: string): Stream | undefined {
    return this.streams.get(name);
  }

  /** @throws AwsError ResourceNotFoundException */
  stream(name: string): Stream {
    const stream = this.streams.get(name);
    if (!stream) throw streamNotFound(name, this.options.account);
    return stream;
  }

  /** Creates a stream or changes its settings. */
  put(settings: StreamSettings): Stream {
    this.journal.commit({ type: 'stream', settings });
    const known = this.streams.get(settings.name);
    const stream = known ? { ...known, settings } : this.open(settings);
    this.streams.set(settings.name, stream);
    return stream;
  }

  /** Deletes a stream with its records. */
  delete(name: string): void {
    const { settings, shards } = this.stream(name);
    this.journal.commit({ type: 'deleted', name });
    this.streams.delete(name);
    for (const { log } of shards) log.close();
    rmSync(this.directoryOf(settings), { recursive: true, force: true });
  }

  close(): void {
    for (const { shards } of this.streams.values()) for (const { log } of shards) log.close();
    this.journal.close();
  }

  private apply(change: Change): void {
    if (change.type === 'stream') this.settings.set(change.settings.name, change.settings);
    else this.settings.delete(change.name);
  }

  private open(settings: StreamSettings): Stream {
    const shards = Array.from({ length: settings.shardCount }, (_, index): Shard => {
      const id = shardId(index);
      const directory = path.join(this.directoryOf(settings), id);
      const log = new ShardLog({ directory, start: firstPosition(settings) });
      return { id, index, ...hashRange(index, settings.shardCount), log };
    });
    return { arn: this.arnOf(settings.name), settings, shards };
  }

  private directoryOf({ name, createdAt }: StreamSettings): string {
    return path.join(this.options.directory, `${name}-${createdAt}`);
  }
}
