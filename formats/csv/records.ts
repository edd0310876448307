import type { FileFault } from '../../domain/file-rules';
import { BACKSLASH, CR, LF, lineEnds, QUOTE, startsWithBom } from './bytes';
import type { Dialect } from './dialect';

/** A longer header or row is caused by a missing quote, or the file is of another type. */
export const MAX_RECORD_BYTES = 16 * 1024 * 1024;

/** A record in a buffer. The buffer may be kept, the object may not: it is the same for all records. */
export interface CsvRecord {
  buffer: Buffer;
  /** Its unchanged bytes, without the line ending. */
  start: number;
  end: number;
  /** The physical line in which it starts. */
  line: number;
  /** True if it has a quote that is not just a character. */
  hasQuotes: boolean;
  /** True if a quote is misplaced under RFC 4180; the text after it is read as unquoted. */
  strayQuote: boolean;
  /** Line endings within it. */
  innerLines: number;
  /** False for the last record of a file without a line ending. */
  ended: boolean;
}

/** Receives whole lines with their endings; the buffer may be kept. */
export type OnLines = (buffer: Buffer, start: number, end: number) => void;

/**
 * Splits UTF-8 text into records: RFC 4180, extended by mixed line endings and misplaced quotes, so that one bad row does not
 * affect the rows after it. Skips empty lines and comments. A byte order mark before a record does not hide the quote after it.
 */
export class RecordScanner {
  /** Bytes from the start of the current record. */
  private rest: Buffer = Buffer.alloc(0);
  /** The next occurrences in `rest`, at or after the current record. */
  private nextLf = -1;
  private nextCr = -1;
  private nextQuote = -1;
  private readonly record: CsvRecord = {
    buffer: this.rest,
    start: 0,
    end: 0,
    line: 0,
    hasQuotes: false,
    strayQuote: false,
    innerLines: 0,
    ended: false,
  };

  /**
   * @param line the physical line of the first byte
   * @param onLines is given lines without quotes, many at a time; their lines are not counted. For text without empty lines and
   *   comments, in which every line ends with a line feed.
   */
  constructor(
    private readonly dialect: Dialect,
    private line: number,
    private readonly onRecord: (record: CsvRecord) => void,
    private readonly onLines?: OnLines,
  ) {}

  /** @param chunk is kept @returns the fault of a file that cannot be split further */
  push(chunk: Buffer): FileFault | undefined {
    this.rest = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    this.scan(false);
    return this.rest.length > MAX_RECORD_BYTES ? this.unendedFault() : undefined;
  }

  end(): FileFault | undefined {
    this.scan(true);
    return this.rest.length > 0 ? this.unendedFault() : undefined;
  }

  private scan(isEnd: boolean): void {
    const { rest, record } = this;
    const { quotes, comment } = this.dialect;
    record.buffer = rest;
    let start = 0;
    this.nextLf = this.nextCr = this.nextQuote = -1;
    while (start < rest.length) {
      const unquoted = this.onLines ? this.unquotedEnd(start) : start;
      if (unquoted > start) {
        this.onLines?.(rest, start, unquoted);
        start = unquoted;
        continue;
      }
      let stop = this.lineEnd(start);
      let innerLines = 0;
      record.hasQuotes = record.strayQuote = false;
      const isLeftOut = stop === start || (comment !== undefined && startsWith(rest, start, comment));
      if (!isLeftOut && quotes && this.quoteFrom(start) < stop) {
        const found = findRecord(rest, start, this.dialect);
        if (found.openAt !== undefined) break;
        stop = found.end ?? Infinity;
        innerLines = found.innerLines;
        record.hasQuotes = true;
        record.strayQuote = found.strayQuote;
      }
      // Whether a line feed follows, the next chunk tells.
      if (!isEnd && (stop === Infinity || (rest[stop] === CR && stop + 1 === rest.length))) break;
      const end = Math.min(stop, rest.length);
      if (end - start > MAX_RECORD_BYTES) break;
      if (!isLeftOut) {
        record.start = start;
        record.end = end;
        record.line = this.line;
        record.innerLines = innerLines;
        record.ended = end < rest.length;
        this.onRecord(record);
      }
      this.line += innerLines + 1;
      start = end + (rest[end] === CR && rest[end + 1] === LF ? 2 : 1);
    }
    this.rest = rest.subarray(Math.min(start, rest.length));
  }

  /** Infinity if there is none. */
  private lineEnd(start: number): number {
    if (this.nextLf < start) this.nextLf = found(this.rest.indexOf(LF, start));
    if (this.nextCr < start) this.nextCr = found(this.rest.indexOf(CR, start));
    return Math.min(this.nextLf, this.nextCr);
  }

  /** The end of the lines from the start on that have no quote. */
  private unquotedEnd(start: number): number {
    const quote = Math.min(this.quoteFrom(start), this.rest.length);
    return quote === start ? start : Math.max(start, this.rest.lastIndexOf(LF, quote - 1) + 1);
  }

  private quoteFrom(start: number): number {
    if (this.nextQuote < start) this.nextQuote = found(this.rest.indexOf(QUOTE, start));
    return this.nextQuote;
  }

  private unendedFault(): FileFault {
    const { rest, line } = this;
    const { openAt } = findRecord(rest, 0, this.dialect);
    if (openAt !== undefined) {
      const opened = line + lineEnds(rest.subarray(0, openAt));
      return {
        reason: `invalid CSV: the quote opened in line ${opened} is never closed`,
        remedy: 'close the quote, or double it if it is part of the text',
        line: opened,
      };
    }
    return {
      reason: `the row that starts in line ${line} is longer than ${MAX_RECORD_BYTES} bytes`,
      remedy: 'check for a missing line ending, or remove the row',
      line,
    };
  }
}

export interface FoundRecord {
  /** The offset of its line ending; undefined if there is none yet. */
  readonly end: number | undefined;
  readonly hasQuotes: boolean;
  readonly strayQuote: boolean;
  /** Line endings within it. */
  readonly innerLines: number;
  /** The offset of a quote that is not closed. */
  readonly openAt: number | undefined;
}

/** Finds the end of the record that starts at an offset. */
export function findRecord(bytes: Buffer, start: number, dialect: Dialect): FoundRecord {
  if (dialect.quotes) return quotedRecordAt(bytes, start, dialect);
  const end = Math.min(found(bytes.indexOf(LF, start)), found(bytes.indexOf(CR, start)));
  return {
    end: end === Infinity ? undefined : end,
    hasQuotes: false,
    strayQuote: false,
    innerLines: 0,
    openAt: undefined,
  };
}

function quotedRecordAt(bytes: Buffer, start: number, dialect: Dialect): FoundRecord {
  const separator = dialect.delimiter.charCodeAt(0);
  let fieldStarts = true;
  let openAt: number | undefined;
  let hasQuotes = false;
  let strayQuote = false;
  let innerLines = 0;
  for (let at = startsWithBom(bytes, start) ? start + 3 : start; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (openAt !== undefined) {
      const next = bytes[at + 1];
      if (byte === LF || (byte === CR && next !== LF)) innerLines += 1;
      else if (dialect.backslash && byte === BACKSLASH) {
        if (next === QUOTE || next === BACKSLASH) at += 1;
      } else if (byte === QUOTE) {
        if (next === QUOTE && !dialect.backslash) at += 1;
        else {
          openAt = undefined;
          strayQuote ||= next !== undefined && next !== separator && next !== LF && next !== CR;
        }
      }
      continue;
    }
    if (byte === LF || byte === CR) {
      return { end: at, hasQuotes, strayQuote, innerLines, openAt };
    }
    if (byte === separator) fieldStarts = true;
    else {
      if (byte === QUOTE) {
        hasQuotes = true;
        if (fieldStarts) openAt = at;
        else strayQuote = true;
      }
      fieldStarts = false;
    }
  }
  return { end: undefined, hasQuotes, strayQuote, innerLines, openAt };
}

const found = (at: number): number => (at < 0 ? Infinity : at);

const startsWith = (bytes: Buffer, start: number, text: Buffer): boolean =>
  bytes.subarray(start, start + text.length).equals(text);
