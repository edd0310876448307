import { EVENT_SOURCES } from '../../domain/events/envelope';
import { ARCHIVE, EVENTS, eventsKey, INPUT } from '../../domain/object-keys';
import { compactTime } from '../../domain/time';
import type { Bucket } from '../../storage/bucket';
import { inParallel } from '../../storage/parallel';

export interface RawFile {
  /** Its key below `input/`, also if it has been archived. */
  readonly name: string;
  readonly body: Uint8Array;
}

/**
 * Asked before files are read, the newest first: true leaves them, and all older ones, to a later call.
 * @param isRecent they have events of the last hour
 */
export type MayRest = (isRecent: boolean) => boolean;

interface ListedFile {
  readonly key: string;
  readonly name: string;
  /** Time of its last event, epoch milliseconds. */
  readonly at: number;
  /** Bytes. */
  readonly size: number;
}

const MINUTE_MS = 60_000;
/** A file may be written this long after one with later events: ingest's window of five minutes, and a retry. */
const MAX_DELAY_MS = 15 * MINUTE_MS;
/** An execution is named by its oldest file, which may have waited six hours for others, and archives at its end. */
const MAX_WAIT_MS = 7 * 60 * MINUTE_MS;
/** A file stays in input/ at least as long as an execution that processes it takes. */
const MIN_STAY_MS = 5_000;
const RECENT_MS = 60 * MINUTE_MS;

const PARALLEL = 8;
/** Bytes of the files that are downloaded at once, unless one is larger. */
const GROUP_BYTES = 1_000_000;

/** `20250701T030000.000Z-0123456789abcdef.ndjson.gz`, in the folder of its source and day. */
const NAME =
  /^events\/[a-z]+\/\d{4}\/\d\d\/\d\d\/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d\.\d{3})Z-[^/]*\.ndjson\.gz$/;

/**
 * The raw files of entry points as they arrive, each once, wherever they are: in `input/` until an execution has processed them, then
 * in `archive/`. Lists only keys after the newest known one, less the time that a file may be late.
 */
export class RawFileFeed {
  /** Time of the last event by name, of the files that were read or are waiting. */
  private readonly known = new Map<string, number>();
  private readonly newest = new Map<string, number>();
  /** The newest first. */
  private waiting: ListedFile[] = [];
  private lastListed = Number.NEGATIVE_INFINITY;

  /** @param horizonMs age of the oldest events of interest, in milliseconds */
  constructor(
    private readonly bucket: Pick<Bucket, 'list' | 'get'>,
    private readonly horizonMs: number,
  ) {}

  /** The files since the last call, the newest first, in small groups. A call that failed can be repeated. */
  async *next(now: Date, mayRest: MayRest = () => false): AsyncGenerator<readonly RawFile[]> {
    const oldest = now.getTime() - this.horizonMs;
    for (const [name, at] of this.known) if (at < oldest - MAX_DELAY_MS) this.known.delete(name);
    await this.list(now, oldest);
    for (;;) {
      const group = this.group();
      const [first] = group;
      if (!first || mayRest(first.at >= now.getTime() - RECENT_MS)) return;
      const read = await inParallel(PARALLEL, group, async (file) => ({
        file,
        body: await this.bucket.get(file.key),
      }));
      this.waiting.splice(0, group.length);
      const moved = read.filter(({ body }) => body === undefined);
      for (const { file } of moved) this.known.delete(file.name);
      if (moved.length > 0) {
        await this.listArchive(Math.min(now.getTime(), ...moved.map(({ file }) => file.at)), oldest);
      }
      yield read.flatMap(({ file, body }) => (body ? { name: `${INPUT}${file.name}`, body } : []));
    }
  }

  /** The time from which on all files are read, epoch milliseconds; undefined if none is left. */
  get readSince(): number | undefined {
    return this.waiting[0]?.at;
  }

  private group(): ListedFile[] {
    let bytes = 0;
    const isLarge = ({ size }: ListedFile) => {
      bytes += size;
      return bytes > GROUP_BYTES;
    };
    const end = this.waiting.findIndex((file, at) => at === PARALLEL || (isLarge(file) && at > 0));
    return this.waiting.slice(0, end === -1 ? undefined : end);
  }

  private async list(now: Date, oldest: number): Promise<void> {
    const mayHaveMissed = now.getTime() - this.lastListed > MIN_STAY_MS;
    const found: ListedFile[] = [];
    await inParallel(PARALLEL, EVENT_SOURCES, async (source) => {
      const from = Math.max(oldest, (this.newest.get(source) ?? oldest) - MAX_DELAY_MS);
      const listed = this.bucket.list(`${EVENTS}${source}/`, eventsKey(source, new Date(from), ''));
      for await (const file of this.unknown(listed, oldest)) found.push(file);
    });
    this.enqueue(found);
    const isFirst = this.lastListed === Number.NEGATIVE_INFINITY;
    if (mayHaveMissed) await this.listArchive(isFirst ? oldest : now.getTime(), oldest);
    this.lastListed = now.getTime();
  }

  /** @param from files that were in `input/` at this time, epoch milliseconds, may have been archived since */
  private async listArchive(from: number, oldest: number): Promise<void> {
    const listed = this.bucket.list(ARCHIVE, `${ARCHIVE}${compactTime(new Date(from - MAX_WAIT_MS))}`);
    const found: ListedFile[] = [];
    for await (const file of this.unknown(listed, oldest)) found.push(file);
    this.enqueue(found);
  }

  private async *unknown(
    listed: AsyncIterable<{ readonly key: string; readonly size: number }>,
    oldest: number,
  ): AsyncGenerator<ListedFile> {
    for await (const { key, size } of listed) {
      const name = nameOf(key);
      const at = timeOf(name);
      if (at !== undefined && at >= oldest && !this.known.has(name)) yield { key, name, at, size };
    }
  }

  private enqueue(files: readonly ListedFile[]): void {
    if (files.length === 0) return;
    for (const { name, at } of files) {
      this.known.set(name, at);
      const [, source = ''] = name.split('/');
      this.newest.set(source, Math.max(at, this.newest.get(source) ?? at));
    }
    this.waiting = [...this.waiting, ...files].sort((a, b) => b.at - a.at);
  }
}

/** The part below `input/`, which an archived file keeps below its execution. */
const nameOf = (key: string): string =>
  key
    .split('/')
    .slice(key.startsWith(ARCHIVE) ? 2 : 1)
    .join('/');

function timeOf(name: string): number | undefined {
  const [, year, month, day, hours, minutes, seconds] = NAME.exec(name) ?? [];
  return year === undefined
    ? undefined
    : Date.parse(`${year}-${month}-${day}T${hours}:${minutes}:${seconds}Z`);
}
