import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * One event as GetExecutionHistory returns it; times in seconds.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html
 */
export interface HistoryEvent {
  readonly timestamp: number;
  readonly type: string;
  readonly id: number;
  readonly previousEventId: number;
  /** The details are in a field that is named after the type. */
  readonly [details: string]: unknown;
}

/** The events of one execution, on disk as they happen: a file with a line of JSON per event. */
export class History {
  private file: number;
  private next = 1;
  /** Whether the last line may be unfinished. */
  private isTorn: boolean;

  constructor(path: string) {
    mkdirSync(dirname(path), { recursive: true });
    const written = readHistory(path);
    this.next = written.length + 1;
    this.file = openSync(path, 'a');
    // By the death of the last process.
    this.isTorn = written.length > 0;
  }

  /** @returns the event's id; 0 once the history is closed */
  add(
    type: string,
    at: number,
    previousEventId: number,
    details?: Readonly<Record<string, unknown>>,
  ): number {
    if (this.file < 0) return 0;
    const id = this.next++;
    const event: HistoryEvent = {
      timestamp: at / 1000,
      type,
      id,
      previousEventId,
      ...(details && { [detailsField(type)]: details }),
    };
    this.write(`${JSON.stringify(event)}\n`);
    return id;
  }

  /** Adds the event that ends the history, then closes it. */
  addLast(type: string, details: Readonly<Record<string, unknown>>, at: number): void {
    this.add(type, at, this.next - 1, details);
    this.close();
  }

  close(): void {
    if (this.file >= 0) closeSync(this.file);
    this.file = -1;
  }

  /** An unfinished line stays behind as a line of its own, which reading skips. Where the disk is full, the event is missing. */
  private write(line: string): void {
    const bytes = Buffer.from(this.isTorn ? `\n${line}` : line);
    this.isTorn = true;
    try {
      this.isTorn = writeSync(this.file, bytes) < bytes.length;
    } catch {
      // The execution goes on: what it does is written down elsewhere, or fails there.
    }
  }
}

/** In the order they happened; empty where there is no such file. */
export function readHistory(path: string): HistoryEvent[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line) => {
      try {
        return line === '' ? [] : [JSON.parse(line) as HistoryEvent];
      } catch {
        return [];
      }
    });
}

/** The field of an event's details; every kind of state shares those of entering and leaving. */
function detailsField(type: string): string {
  const kind = type.endsWith('StateEntered')
    ? 'StateEntered'
    : type.endsWith('StateExited')
      ? 'StateExited'
      : type;
  return `${kind.charAt(0).toLowerCase()}${kind.slice(1)}EventDetails`;
}
