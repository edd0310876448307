import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { type NewRecord, Segment, type StoredRecord } from './segment';

const SEGMENT_BYTES = 16 * 1024 * 1024;

interface ShardLogOptions {
  readonly directory: string;
  /** The position of the first record of a new log. */
  readonly start: number;
  /** Size from which a new file is started. */
  readonly segmentBytes?: number;
}

/** The records of a shard, in files that are deleted as a whole after the retention period. */
export class ShardLog {
  private readonly segments: Segment[];
  private readonly waiting = new Set<() => void>();

  constructor(private readonly options: ShardLogOptions) {
    mkdirSync(options.directory, { recursive: true });
    const starts = readdirSync(options.directory)
      .filter((name) => name.endsWith('.jsonl'))
      .map((name) => Number.parseInt(name, 10))
      .sort((a, b) => a - b);
    this.segments = (starts.length > 0 ? starts : [options.start]).map((start) => this.open(start));
  }

  /** The position of the oldest record. */
  get first(): number {
    return this.segments[0]?.start ?? this.options.start;
  }

  /** The position of the next record. */
  get next(): number {
    return this.last.end;
  }

  /** @returns the position of the first of the records, which are durable */
  append(records: readonly NewRecord[]): number {
    if (this.last.size >= (this.options.segmentBytes ?? SEGMENT_BYTES))
      this.segments.push(this.open(this.next));
    const position = this.next;
    this.last.append(records);
    for (const done of [...this.waiting]) done();
    return position;
  }

  /**
   * Up to `max` records from a position on, and up to `maxBytes`, but at least one.
   * @param recordBytes counted for each record, besides its data in base64 and its key
   */
  read(from: number, max: number, maxBytes: number, recordBytes = 0): StoredRecord[] {
    const records: StoredRecord[] = [];
    let bytes = 0;
    for (const segment of this.segments) {
      if (segment.end <= from) continue;
      for (const record of segment.read(from)) {
        bytes += record.data.length + record.partitionKey.length + recordBytes;
        if (records.length >= max || (records.length > 0 && bytes > maxBytes)) return records;
        records.push(record);
      }
    }
    return records;
  }

  /** The position of the first record that arrived at a time or later. */
  positionAt(time: number): number {
    const segment = this.segments.find(
      ({ lastArrivedAt, start, end }) => end > start && lastArrivedAt >= time,
    );
    return segment?.positionAt(time) ?? this.next;
  }

  /** Deletes the files whose records all arrived before a time; the newest file stays. */
  trim(time: number): void {
    while (this.segments.length > 1 && (this.segments[0]?.lastArrivedAt ?? time) < time) {
      const segment = this.segments.shift();
      segment?.close();
      if (segment) rmSync(segment.path, { force: true });
    }
  }

  /** Resolves at the next append, after `milliseconds`, or on the signal. */
  arrival(milliseconds: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.waiting.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      this.waiting.add(done);
      signal.addEventListener('abort', done);
    });
  }

  close(): void {
    for (const segment of this.segments) segment.close();
    for (const done of [...this.waiting]) done();
  }

  private get last(): Segment {
    return this.segments.at(-1) as Segment;
  }

  private open(start: number): Segment {
    return new Segment(path.join(this.options.directory, `${String(start).padStart(20, '0')}.jsonl`), start);
  }
}
