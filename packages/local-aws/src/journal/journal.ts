import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

/** A journal that is damaged before its last line. */
export class JournalError extends Error {
  constructor(
    readonly path: string,
    readonly line: number,
    cause: unknown,
  ) {
    super(
      `${path}, line ${line}: expected one JSON record (${cause}). Remove the file to start with empty state.`,
    );
    this.name = 'JournalError';
  }
}

interface JournalOptions<Entry> {
  readonly path: string;
  /** Applies an entry to the state in memory; called for every entry at opening, in order, and by `commit`. */
  readonly replay: (entry: Entry) => void;
  /** Entries that reproduce the current state. */
  readonly snapshot: () => Iterable<Entry>;
  /** Minimum size in bytes for a compaction. */
  readonly compactAbove?: number;
}

const COMPACT_ABOVE = 8 * 1024 * 1024;
const CHUNK = 1024 * 1024;

/**
 * A write-ahead log of state changes, one JSON object per line. When `append` returns, the entry survives the death of
 * the process (kill -9), but not a power failure. An incomplete last line is dropped at opening. The file is rewritten
 * from a snapshot at opening and whenever its size has doubled.
 */
export class Journal<Entry> {
  private file: number;
  private size: number;
  private compactAt = 0;

  constructor(private readonly options: JournalOptions<Entry>) {
    mkdirSync(dirname(options.path), { recursive: true });
    rmSync(this.nextPath, { force: true });
    const existed = existsSync(options.path);
    this.file = openSync(options.path, existed ? 'r+' : 'w+');
    this.size = 0;
    try {
      if (existed) {
        this.size = this.replay();
        ftruncateSync(this.file, this.size);
        this.compact();
      }
    } catch (error) {
      closeSync(this.file);
      throw error;
    }
    this.planCompaction();
  }

  /** @throws if the write fails; the journal is then unchanged */
  append(...entries: readonly Entry[]): void {
    if (this.file < 0) throw new Error(`${this.options.path} is closed`);
    const lines = entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
    this.size += this.write(this.file, this.size, lines);
  }

  /** Appends entries in one write, then applies each as at opening. @throws if the write fails, without changes */
  commit(...entries: readonly Entry[]): void {
    if (entries.length === 0) return;
    this.append(...entries);
    for (const entry of entries) this.options.replay(entry);
    this.compactIfGrown();
  }

  /**
   * Compacts the file if it has grown; call it when memory and file are consistent. After a failed write the file is
   * unchanged, and the next attempt waits until its size has doubled.
   */
  compactIfGrown(): void {
    if (this.size < this.compactAt) return;
    try {
      this.compact();
    } catch {
      rmSync(this.nextPath, { force: true });
    }
    this.planCompaction();
  }

  close(): void {
    if (this.file < 0) return;
    closeSync(this.file);
    this.file = -1;
  }

  private get nextPath(): string {
    return `${this.options.path}.next`;
  }

  private planCompaction(): void {
    this.compactAt = Math.max(this.options.compactAbove ?? COMPACT_ABOVE, 2 * this.size);
  }

  private compact(): void {
    const next = openSync(this.nextPath, 'w');
    let size = 0;
    try {
      let lines = '';
      for (const entry of this.options.snapshot()) {
        lines += `${JSON.stringify(entry)}\n`;
        if (lines.length < CHUNK) continue;
        size += this.write(next, size, lines);
        lines = '';
      }
      size += this.write(next, size, lines);
      renameSync(this.nextPath, this.options.path);
    } catch (error) {
      closeSync(next);
      throw error;
    }
    closeSync(this.file);
    this.file = next;
    this.size = size;
  }

  private write(file: number, size: number, text: string): number {
    const bytes = Buffer.from(text);
    try {
      for (let written = 0; written < bytes.length; ) {
        written += writeSync(file, bytes, written, bytes.length - written, size + written);
      }
    } catch (error) {
      ftruncateSync(file, size);
      throw error;
    }
    return bytes.length;
  }

  /** @returns the offset after the last complete line */
  private replay(): number {
    const total = fstatSync(this.file).size;
    const chunk = Buffer.alloc(CHUNK);
    let pending: Buffer[] = [];
    let whole = 0;
    let line = 0;
    for (let offset = 0; offset < total; ) {
      const read = readSync(this.file, chunk, 0, CHUNK, offset);
      if (read === 0) break;
      let start = 0;
      for (let end = chunk.indexOf(10, start); end >= 0 && end < read; end = chunk.indexOf(10, start)) {
        pending.push(chunk.subarray(start, end));
        this.replayLine(Buffer.concat(pending), ++line);
        pending = [];
        start = end + 1;
        whole = offset + start;
      }
      pending.push(Buffer.from(chunk.subarray(start, read)));
      offset += read;
    }
    return whole;
  }

  private replayLine(bytes: Buffer, line: number): void {
    let entry: Entry;
    try {
      entry = JSON.parse(bytes.toString('utf8'));
    } catch (error) {
      throw new JournalError(this.options.path, line, error);
    }
    this.options.replay(entry);
  }
}
