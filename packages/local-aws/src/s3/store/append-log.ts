import { constants } from 'node:fs';
import { type FileHandle, open, readFile, rename, writeFile } from 'node:fs/promises';

const LINE_FEED = 10;

interface Waiting {
  readonly line: string;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * An append-only file of JSON records, one per line. A line truncated by a crash was not acknowledged and is dropped at
 * the next start.
 */
export class AppendLog<Entry> {
  private waiting: Waiting[] = [];
  private flushing: Promise<void> | undefined;

  private constructor(
    private readonly file: FileHandle,
    /** Bytes of complete lines, the offset of the next one. */
    private length: number,
  ) {}

  /** Opens or creates the log and reads its entries. */
  static async open<Entry>(path: string): Promise<{ log: AppendLog<Entry>; entries: Entry[] }> {
    const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return Buffer.alloc(0);
      throw error;
    });
    const length = bytes.lastIndexOf(LINE_FEED) + 1;
    const entries: Entry[] = [];
    for (let start = 0; start < length; ) {
      const end = bytes.indexOf(LINE_FEED, start);
      const entry = parseLine<Entry>(bytes.toString('utf8', start, end));
      if (entry !== undefined) entries.push(entry);
      start = end + 1;
    }
    const file = await open(path, constants.O_RDWR | constants.O_CREAT, 0o644);
    await file.truncate(length);
    return { log: new AppendLog(file, length), entries };
  }

  /** Replaces the closed log at `path`. */
  static async replace<Entry>(path: string, temporary: string, entries: Iterable<Entry>): Promise<void> {
    await writeFile(temporary, lines(entries));
    await rename(temporary, path);
  }

  /** Resolves once the record is written. Records added during a write are batched. */
  append(entry: Entry): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ line: `${JSON.stringify(entry)}\n`, resolve, reject });
      this.flushing ??= this.flush();
    });
  }

  async close(): Promise<void> {
    await this.flushing;
    await this.file.close();
  }

  private async flush(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting;
      this.waiting = [];
      const bytes = Buffer.from(batch.map(({ line }) => line).join(''), 'utf8');
      try {
        for (let at = 0; at < bytes.length; ) {
          at += (await this.file.write(bytes, at, bytes.length - at, this.length + at)).bytesWritten;
        }
        this.length += bytes.length;
        for (const { resolve } of batch) resolve();
      } catch (error) {
        // A full disk may leave a partial line, which must not be joined with the next one.
        await this.file.truncate(this.length).catch(() => undefined);
        for (const { reject } of batch) reject(error);
      }
    }
    this.flushing = undefined;
  }
}

function* lines(entries: Iterable<unknown>): Generator<string> {
  for (const entry of entries) yield `${JSON.stringify(entry)}\n`;
}

function parseLine<Entry>(line: string): Entry | undefined {
  try {
    return JSON.parse(line) as Entry;
  } catch {
    return undefined;
  }
}
