import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { isRawEvent } from '../../domain/events/envelope';
import { parseEventJson } from '../../domain/events/event-json';
import { eventNormalizer } from '../../domain/events/normalize';
import { FORGET_RESULTS } from '../../domain/object-keys';
import { DAY_MS } from '../../domain/time';
import type { ValueSettings } from '../../domain/values';
import { DuckDb } from '../../engine/duckdb/session';
import type { Bucket } from '../../storage/bucket';
import { LatestEvents } from './latest-events';
import { readNumbers, readRange } from './live-queries';
import { type EventKinds, LiveStore } from './live-store';
import { type MayRest, RawFileFeed } from './raw-file-feed';
import type { LatestEvent, LiveCounts, LiveMinutes, LiveNumbers, LiveRange } from './views';

export interface LiveViewOptions {
  readonly bucket: Pick<Bucket, 'list' | 'get'>;
  readonly kinds: EventKinds;
  readonly settings: ValueSettings;
  readonly clock: () => Date;
  /** Where temporary files are written. */
  readonly temporaryDirectory?: string;
  /** Of DuckDB, which writes to disk what does not fit; a size in its notation. */
  readonly memoryLimit?: string;
  readonly threads?: number;
}

const MEMORY_LIMIT = '256MB';
const THREADS = 2;
/** Lines that are read before their events are merged. */
const MERGE_LINES = 50_000;
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
  private readonly latest: LatestEvents;
  private counts = { ...NO_COUNTS };
  /** Lines before the last merge. */
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
    this.latest = new LatestEvents(options.kinds);
    this.prunedAt = options.clock().getTime();
  }

  static async open(options: LiveViewOptions): Promise<LiveView> {
    const { temporaryDirectory = tmpdir(), memoryLimit = MEMORY_LIMIT, threads = THREADS } = options;
    const directory = await mkdtemp(path.join(temporaryDirectory, 'daybook-live-'));
    try {
      const db = await DuckDb.open({ tempDirectory: directory, memoryLimit, threads });
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
    return this.inTurn(async () => {
      await this.readFiles(onFile);
      const at = this.options.clock();
      return { at: at.toISOString(), ...(await readNumbers(this.store, at)), received: this.received };
    });
  }

  /**
   * Reads the files that have arrived. Calls run one after the other.
   * @param mayRest as of {@link RawFileFeed}
   * @throws errors of S3; a later call continues
   */
  read(mayRest: MayRest): Promise<void> {
    return this.inTurn(() => this.readFiles(() => {}, mayRest));
  }

  /** The numbers of the last minutes, by the files read so far. */
  range(minutes: LiveMinutes): Promise<LiveRange> {
    return this.inTurn(() => readRange(this.store, this.options.clock(), minutes));
  }

  /** The events that were received last, the latest first, at most 50. */
  latestEvents(): LatestEvent[] {
    return this.latest.list();
  }

  /** Events since then have been read; null if those of all 24 hours have. */
  get readSince(): Date | null {
    const since = this.feed.readSince;
    return since === undefined ? null : new Date(since);
  }

  /** What has been read so far. */
  get received(): LiveCounts {
    return { ...this.counts, duplicates: this.readEvents - this.counts.events };
  }

  /** Also deletes the temporary files. */
  async close(): Promise<void> {
    await this.last.catch(() => {});
    this.db.close();
    await rm(this.directory, { recursive: true, force: true });
  }

  private inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.last.then(work, work);
    this.last = result;
    return result;
  }

  private async readFiles(onFile: (files: number) => void, mayRest?: MayRest): Promise<void> {
    const started = this.options.clock();
    const horizon = new Date(started.getTime() - DAY_MS);
    await this.startAgainAfterForgetting();
    for await (const files of this.feed.next(started, mayRest)) {
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
  }

  /** If a person was forgotten, files no longer have all the events that were read from them: they are read again. */
  private async startAgainAfterForgetting(): Promise<void> {
    let newest = this.lastReceipt;
    for await (const { key } of this.options.bucket.list(FORGET_RESULTS, newest)) newest = key;
    const isFirst = this.lastReceipt === undefined;
    if (newest === this.lastReceipt && !isFirst) return;
    if (!isFirst) {
      await this.store.clear();
      this.latest.clear();
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
        if (this.merged + MERGE_LINES <= this.counts.lines) await this.merge(horizon);
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
    const found = this.normalize(raw);
    if (!found.ok) this.counts.rejected += 1;
    else if (found.event.values[this.isBotAt] === 'true') {
      this.counts.bots += 1;
      this.store.addBot(found.event);
    } else {
      this.store.add(found.event, found.items);
      this.latest.add(line, raw.received_at, found.event, found.items);
    }
  }

  private async merge(horizon: Date): Promise<void> {
    this.merged = this.counts.lines;
    this.counts.events += await this.store.merge(horizon);
  }
}

function jsonOf(line: string): unknown {
  try {
    return parseEventJson(line);
  } catch {
    return undefined;
  }
}
