import { closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';

/** A line of a process's output. */
interface LogLine {
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly message: string;
  /** Byte offset of the line in its file, unique per line. */
  readonly offset: number;
}

const CHUNK_BYTES = 256 * 1024;
const NEWLINE = 0x0a;

/**
 * The lines since a time, oldest first. Reads backwards from the end of the file, which may be long, until an older line.
 * A line without a timestamp, such as in a stack trace, has the timestamp of the line before it.
 * @param since milliseconds since 1970
 */
export function readLog(path: string, since: number): LogLine[] {
  const file = openIfThere(path);
  if (file === undefined) return [];
  try {
    const { size, mtimeMs } = fstatSync(file);
    let content = Buffer.alloc(0);
    let start = size;
    while (start > 0 && !startsBefore(content, since)) {
      const bytes = Math.min(CHUNK_BYTES, start);
      const chunk = Buffer.alloc(bytes);
      start -= bytes;
      readSync(file, chunk, 0, bytes, start);
      content = Buffer.concat([chunk, content]);
    }
    return linesOf(content, start, mtimeMs).filter(({ timestamp }) => timestamp >= since);
  } finally {
    closeSync(file);
  }
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** True if the first line with a timestamp is older. */
function startsBefore(content: Buffer, since: number): boolean {
  const first = linesOf(content.subarray(0, CHUNK_BYTES), 0, Number.NaN).find(
    ({ timestamp }) => !Number.isNaN(timestamp),
  );
  return first !== undefined && first.timestamp < since;
}

/**
 * @param start offset of the content in its file, usually within a line. Lines before the first timestamp get that
 *   timestamp, which is too old to be returned
 */
function linesOf(content: Buffer, start: number, unknown: number): LogLine[] {
  const lines: LogLine[] = [];
  let timestamp = Number.NaN;
  let from = 0;
  while (from < content.length) {
    const newline = content.indexOf(NEWLINE, from);
    const to = newline < 0 ? content.length : newline;
    const message = content.toString('utf8', from, to);
    timestamp = timeOf(message) ?? timestamp;
    if (message !== '') lines.push({ timestamp, message, offset: start + from });
    from = to + 1;
  }
  const firstKnown = lines.find((line) => !Number.isNaN(line.timestamp))?.timestamp ?? unknown;
  return lines.map((line) => (Number.isNaN(line.timestamp) ? { ...line, timestamp: firstKnown } : line));
}

/** The timestamp of a line: `timestamp` in JSON, or an ISO time at the start. */
function timeOf(line: string): number | undefined {
  const found =
    /^\{.*?"timestamp":"(\d{4}-\d\d-\d\dT[^"]+)"/.exec(line) ?? /^(\d{4}-\d\d-\d\dT\S+Z)\s/.exec(line);
  const time = Date.parse(found?.[1] ?? '');
  return Number.isNaN(time) ? undefined : time;
}

/** What is in a directory of logs; nothing where there is none yet. */
export function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
