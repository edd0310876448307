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

  constructor(path: string) {
    mkdirSync(dirname(path), { recursive: true });
    const written = readHistory(path);
    this.next = written.length + 1;
    this.file = openSync(path, 'a');
    // A line that a death left unfinished stays behind as a line of its own, which reading skips.
    if (written.length > 0) writeSync(this.file, '\n');
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
    writeSync(this.file, `${JSON.stringify(event)}\n`);
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
