import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { JournalError } from '../journal/journal';

/** A record of a shard. */
export interface StoredRecord {
  /** Grows by one from record to record. */
  readonly position: number;
  /** Milliseconds since the epoch. */
  readonly arrivedAt: number;
  readonly partitionKey: string;
  /** Base64. */
  readonly data: string;
}

export type NewRecord = Omit<StoredRecord, 'position'>;

/** A line of the file. */
interface Line {
  readonly t: number;
  readonly k: string;
  readonly d: string;
}

interface Mark {
  readonly position: number;
  readonly offset: number;
  readonly arrivedAt: number;
}

/** Records between two marks of the index in memory. */
const MARK_EVERY = 64;
const CHUNK = 256 * 1024;

/** A file of consecutive records, one JSON object per line. An incomplete last line is dropped at opening. */
export class Segment {
  /** Size of the file in bytes. */
  size = 0;
  /** The position after the last record. */
  end: number;
  /** Arrival of the last record. */
  lastArrivedAt = 0;
  private readonly marks: Mark[] = [];
  private readonly file: number;

  /** @param start the position of the first record. @throws JournalError for a damaged file */
  constructor(
    readonly path: string,
    readonly start: number,
  ) {
    this.end = start;
    this.file = openSync(path, 'a+');
    for (const { record, offset, length } of this.lines(0, start)) {
      this.note(record, offset);
      this.size = offset + length;
    }
    if (fstatSync(this.file).size > this.size) ftruncateSync(this.file, this.size);
  }

  /** When it returns, the records survive the death of the process. @throws if the write fails, without changes */
  append(records: readonly NewRecord[]): void {
    const lines = records.map(({ arrivedAt, partitionKey, data }) => {
      const line: Line = { t: arrivedAt, k: partitionKey, d: data };
      return Buffer.from(`${JSON.stringify(line)}\n`);
    });
    const bytes = Buffer.concat(lines);
    try {
      for (let written = 0; written < bytes.length; ) {
        written += writeSync(this.file, bytes, written, bytes.length - written);
      }
    } catch (error) {
      ftruncateSync(this.file, this.size);
      throw error;
    }
    for (const [index, record] of records.entries()) {
      this.note({ ...record, position: this.end }, this.size);
      this.size += lines[index]?.length ?? 0;
    }
  }

  /** The records from a position on, in order. */
  *read(from: number): Iterable<StoredRecord> {
    const mark = this.lastMark(({ position }) => position <= from);
    for (const { record } of this.lines(mark?.offset ?? 0, mark?.position ?? this.start)) {
      if (record.position >= from) yield record;
    }
  }

  /** The position of the first record that arrived at a time or later. */
  positionAt(time: number): number {
    const mark = this.lastMark(({ arrivedAt }) => arrivedAt < time);
    for (const { record } of this.lines(mark?.offset ?? 0, mark?.position ?? this.start)) {
      if (record.arrivedAt >= time) return record.position;
    }
    return this.end;
  }

  close(): void {
    closeSync(this.file);
  }

  private note({ position, arrivedAt }: StoredRecord, offset: number): void {
    if ((position - this.start) % MARK_EVERY === 0) this.marks.push({ position, offset, arrivedAt });
    this.end = position + 1;
    this.lastArrivedAt = arrivedAt;
  }

  /** Binary search: `isBefore` is true for the first marks only. */
  private lastMark(isBefore: (mark: Mark) => boolean): Mark | undefined {
    let [low, high] = [0, this.marks.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isBefore(this.marks[middle] as Mark)) low = middle + 1;
      else high = middle;
    }
    return this.marks[low - 1];
  }

  private *lines(
    offset: number,
    position: number,
  ): Iterable<{ record: StoredRecord; offset: number; length: number }> {
    const chunk = Buffer.alloc(CHUNK);
    let pending = Buffer.alloc(0);
    let start = offset;
    let next = position;
    for (let readTo = offset; ; ) {
      const count = readSync(this.file, chunk, 0, CHUNK, readTo);
      if (count === 0) return;
      readTo += count;
      pending = Buffer.concat([pending, chunk.subarray(0, count)]);
      let from = 0;
      for (let end = pending.indexOf(10); end >= 0; end = pending.indexOf(10, from)) {
        const { t, k, d } = this.parse(pending.toString('utf8', from, end), next);
        const length = end + 1 - from;
        yield { record: { position: next++, arrivedAt: t, partitionKey: k, data: d }, offset: start, length };
        start += length;
        from = end + 1;
      }
      pending = pending.subarray(from);
    }
  }

  private parse(text: string, position: number): Line {
    try {
      return JSON.parse(text);
    } catch (error) {
      throw new JournalError(this.path, position - this.start + 1, error);
    }
  }
}
