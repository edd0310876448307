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

const MINUTE_MS = 60_000;
/** A file may be written this long after one with later events: ingest's window of five minutes, and a retry. */
const MAX_DELAY_MS = 15 * MINUTE_MS;
/** An execution is named by its oldest file, which may have waited six hours for others, and archives at its end. */
const MAX_WAIT_MS = 7 * 60 * MINUTE_MS;
/** A file stays in input/ at least as long as an execution that processes it takes. */
const MIN_STAY_MS = 5_000;

const PARALLEL = 8;

/** `20250701T030000.000Z-0123456789abcdef.ndjson.gz`, in the folder of its source and day. */
const NAME =
  /^events\/[a-z]+\/\d{4}\/\d\d\/\d\d\/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d\.\d{3})Z-[^/]*\.ndjson\.gz$/;

/**
 * The raw files of entry points as they arrive, each once, wherever they are: in `input/` until an execution has processed them, then
 * in `archive/`. Lists only keys after the newest known one, less the time that a file may be late.
 */
export class RawFileFeed {
  /** Time of the last event by name. */
  private readonly known = new Map<string, number>();
  private readonly newest = new Map<string, number>();
  private lastListed = Number.NEGATIVE_INFINITY;

  /** @param horizonMs age of the oldest events of interest, in milliseconds */
  constructor(
    private readonly bucket: Pick<Bucket, 'list' | 'get'>,
    private readonly horizonMs: number,
  ) {}

  /** The files since the last call, in small groups. A call that failed can be repeated. */
  async *next(now: Date): AsyncGenerator<readonly RawFile[]> {
    const oldest = now.getTime() - this.horizonMs;
    for (const [name, at] of this.known) if (at < oldest - MAX_DELAY_MS) this.known.delete(name);
    const isFirst = this.lastListed === Number.NEGATIVE_INFINITY;
    const mayHaveMissed = now.getTime() - this.lastListed > MIN_STAY_MS;
    let gone = 0;
    for (const source of EVENT_SOURCES) {
      const from = Math.max(oldest, (this.newest.get(source) ?? oldest) - MAX_DELAY_MS);
      const listed = this.bucket.list(`${EVENTS}${source}/`, eventsKey(source, new Date(from), ''));
      for await (const files of this.read(listed, oldest)) {
        gone += files.filter((file) => file === undefined).length;
        yield files.filter((file) => file !== undefined);
      }
    }
    if (mayHaveMissed || gone > 0) {
      const from = (isFirst ? oldest : now.getTime()) - MAX_WAIT_MS;
      const listed = this.bucket.list(ARCHIVE, `${ARCHIVE}${compactTime(new Date(from))}`);
      for await (const files of this.read(listed, oldest)) yield files.filter((file) => file !== undefined);
    }
    this.lastListed = now.getTime();
  }

  /** Undefined: the file was moved after it was listed. */
  private async *read(
    listed: AsyncIterable<{ readonly key: string }>,
    oldest: number,
  ): AsyncGenerator<readonly (RawFile | undefined)[]> {
    const group: { readonly key: string; readonly name: string; readonly at: number }[] = [];
    const readGroup = () =>
      inParallel(PARALLEL, group.splice(0), async ({ key, name, at }) => {
        const body = await this.bucket.get(key);
        if (!body) return undefined;
        this.known.set(name, at);
        const [, source = ''] = name.split('/');
        this.newest.set(source, Math.max(at, this.newest.get(source) ?? at));
        return { name: `${INPUT}${name}`, body };
      });
    for await (const { key } of listed) {
      const name = nameOf(key);
      const at = timeOf(name);
      if (at === undefined || at < oldest || this.known.has(name)) continue;
      group.push({ key, name, at });
      if (group.length === PARALLEL) yield await readGroup();
    }
    if (group.length > 0) yield await readGroup();
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
