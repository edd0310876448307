import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { isRawEvent } from '../../domain/events/envelope';
import { parseEventJson } from '../../domain/events/event-json';
import { eventNormalizer, receivedEvent } from '../../domain/events/normalize';
import { FORGET_RESULTS } from '../../domain/object-keys';
import { DAY_MS } from '../../domain/time';
import type { ValueSettings } from '../../domain/values';
import { DuckDb } from '../../engine/duckdb/session';
import type { Bucket } from '../../storage/bucket';
import { type EventKinds, LiveStore } from './live-store';
import { RawFileFeed } from './raw-file-feed';
import type { LiveCounts, LiveNumbers } from './views';

export interface LiveViewOptions {
  readonly bucket: Pick<Bucket, 'list' | 'get'>;
  readonly kinds: EventKinds;
  readonly settings: ValueSettings;
  readonly clock: () => Date;
  /** Where temporary files are written. */
  readonly temporaryDirectory?: string;
}

/** DuckDB writes to disk what does not fit. */
const MEMORY_LIMIT = '256MB';
const THREADS = 2;
/** Of events that were read but not yet merged. */
const MERGE_EVENTS = 50_000;
const PRUNE_EVERY_MS = 60 * 60_000;

const NO_COUNTS = { files: 0, unreadable_files: 0, lines: 0, events: 0, bots: 0, rejected: 0 };

/**
 * The numbers of the last 24 hours of events, from the raw files as they arrive. Keeps no state but in memory, and in a temporary
 * directory if there are many events: opened again, it reads the files of the last 24 hours again.
 */
export class LiveView {
  private feed: RawFileFeed;
  private readonly normalize: ReturnType<typeof eventNormalizer>;
  /** The position of `is_bot` in the values of an event. */
  private readonly isBotAt: number;
  private counts = { ...NO_COUNTS };
  private merged = 0;
  private prunedAt: number;
  /** The key of the newest receipt of a forgotten person; undefined before the first look. */
  private lastReceipt: string | undefined;
  private last: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly options: LiveViewOptions,
    private readonly db: DuckDb,
    private readonly store: LiveStore,
    /** Of temporary files. */
    readonly directory: string,
  ) {
    this.feed = new RawFileFeed(options.bucket, DAY_MS);
    this.normalize = eventNormalizer({ ...options.kinds, settings: options.settings });
    this.isBotAt = options.kinds.events.columns.findIndex(({ name }) => name === 'is_bot');
    this.prunedAt = options.clock().getTime();
  }

  static async open(options: LiveViewOptions): Promise<LiveView> {
    const { temporaryDirectory = tmpdir() } = options;
    const directory = await mkdtemp(path.join(temporaryDirectory, 'daybook-live-'));
    try {
      const db = await DuckDb.open({ tempDirectory: directory, memoryLimit: MEMORY_LIMIT, threads: THREADS });
      return new LiveView(options, db, await LiveStore.open(db, options.kinds), directory);
    } catch (error) {
      await rm(directory, { recursive: true, force: true });
      throw error;
    }
  }

  /**
   * Reads the files that have arrived, and computes the numbers. Calls run one after the other.
   * @param onFile called with the number of files read so far
   * @throws errors of S3; a later call continues
   */
  numbers(onFile: (files: number) => void = () => {}): Promise<LiveNumbers> {
    const numbers = this.last.then(
      () => this.update(onFile),
      () => this.update(onFile),
    );
    this.last = numbers;
    return numbers;
  }

  /** Also deletes the temporary files. */
  async close(): Promise<void> {
    await this.last.catch(() => {});
    this.db.close();
    await rm(this.directory, { recursive: true, force: true });
  }

  private async update(onFile: (files: number) => void): Promise<LiveNumbers> {
    const started = this.options.clock();
    const horizon = new Date(started.getTime() - DAY_MS);
    await this.startAgainAfterForgetting();
    for await (const files of this.feed.next(started)) {
      for (const { body } of files) {
        await this.readFile(body, horizon);
        onFile(this.counts.files);
      }
    }
    await this.merge(horizon);
    if (started.getTime() - this.prunedAt > PRUNE_EVERY_MS) {
      await this.store.prune(horizon);
      this.prunedAt = started.getTime();
    }
    const at = this.options.clock();
    return { at: at.toISOString(), ...(await this.store.numbers(at)), received: this.received() };
  }

  /** If a person was forgotten, files no longer have all the events that were read from them: they are read again. */
  private async startAgainAfterForgetting(): Promise<void> {
    let newest = this.lastReceipt;
    for await (const { key } of this.options.bucket.list(FORGET_RESULTS, newest)) newest = key;
    const isFirst = this.lastReceipt === undefined;
    if (newest === this.lastReceipt && !isFirst) return;
    if (!isFirst) {
      await this.store.clear();
      this.feed = new RawFileFeed(this.options.bucket, DAY_MS);
      this.counts = { ...NO_COUNTS };
      this.merged = 0;
    }
    this.lastReceipt = newest ?? FORGET_RESULTS;
  }

  private async readFile(body: Uint8Array, horizon: Date): Promise<void> {
    this.counts.files += 1;
    const gunzip = createGunzip();
    const lines = createInterface({ input: Readable.from([body]).pipe(gunzip), crlfDelay: Infinity });
    let fault: Error | undefined;
    gunzip.once('error', (error) => {
      fault = error;
      lines.close();
    });
    try {
      for await (const line of lines) {
        if (line.trim() === '') continue;
        this.counts.lines += 1;
        this.readLine(line);
        if (this.merged + MERGE_EVENTS <= this.readEvents) await this.merge(horizon);
      }
    } catch (error) {
      if (error !== fault) throw error;
    }
    if (fault) this.counts.unreadable_files += 1;
  }

  /** Events that the store was given. */
  private get readEvents(): number {
    const { lines, bots, rejected } = this.counts;
    return lines - bots - rejected;
  }

  private readLine(line: string): void {
    const raw = jsonOf(line);
    if (!isRawEvent(raw)) {
      this.counts.rejected += 1;
      return;
    }
    const found = this.normalize(receivedEvent(raw));
    if (!found.ok) this.counts.rejected += 1;
    else if (found.event.values[this.isBotAt] === 'true') this.counts.bots += 1;
    else this.store.add(found.event, found.items);
  }

  private async merge(horizon: Date): Promise<void> {
    this.merged = this.readEvents;
    this.counts.events += await this.store.merge(horizon);
  }

  private received(): LiveCounts {
    return { ...this.counts, duplicates: this.readEvents - this.counts.events };
  }
}

function jsonOf(line: string): unknown {
  try {
    return parseEventJson(line);
  } catch {
    return undefined;
  }
}
