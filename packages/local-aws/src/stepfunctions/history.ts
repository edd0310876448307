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
  /** Details, in a field named after the type. */
  readonly [details: string]: unknown;
}

/** The events of one execution, in a file with one JSON object per line. */
export class History {
  private file: number;
  private next = 1;
  /** True if the last line may be incomplete. */
  private isTorn: boolean;

  constructor(path: string) {
    mkdirSync(dirname(path), { recursive: true });
    const written = readHistory(path);
    this.next = written.length + 1;
    this.file = openSync(path, 'a');
    // The last process may have been killed during a write.
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

  /** Adds the last event and closes the history. */
  addLast(type: string, details: Readonly<Record<string, unknown>>, at: number): void {
    this.add(type, at, this.next - 1, details);
    this.close();
  }

  close(): void {
    if (this.file >= 0) closeSync(this.file);
    this.file = -1;
  }

  /** An incomplete line becomes a separate line, which readers skip. On a full disk the event is lost. */
  private write(line: string): void {
    const bytes = Buffer.from(this.isTorn ? `\n${line}` : line);
    this.isTorn = true;
    try {
      this.isTorn = writeSync(this.file, bytes) < bytes.length;
    } catch {
      // The execution continues without this event.
    }
  }
}

/** The events in order; empty without a file. */
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

/** The field of an event's details; all state types share those of StateEntered and StateExited. */
function detailsField(type: string): string {
  const kind = type.endsWith('StateEntered')
    ? 'StateEntered'
    : type.endsWith('StateExited')
      ? 'StateExited'
      : type;
  return `${kind.charAt(0).toLowerCase()}${kind.slice(1)}EventDetails`;
}
