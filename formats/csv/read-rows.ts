import { finished } from 'node:stream/promises';
import { CsvError, type Options, Parser } from 'csv-parse';
import type { FileFault } from '../../domain/file-rules';
import { STRAY_QUOTE } from '../../domain/row-rules';
import type { InputRow } from '../input-file';
import { checkQuotes } from './quotes';
import { lineEnds, MAX_RECORD_BYTES } from './scan-text';

export type Delimiter = ',' | ';' | '\t' | '|';

export interface CsvRow extends InputRow {
  readonly raw: Buffer;
}

/**
 * RFC 4180, extended by mixed line endings, rows of any width, and misplaced quotes, so that one bad row does not affect the
 * rows after it.
 */
export const CSV_OPTIONS = {
  record_delimiter: ['\r\n', '\n', '\r'],
  skip_empty_lines: true,
  relax_column_count: true,
  relax_quotes: true,
  max_record_size: MAX_RECORD_BYTES,
} satisfies Options;

/**
 * Reads the rows after the header, in order and in batches; each batch waits for the one before. Skips blank lines.
 * @param text valid UTF-8 without byte order mark
 * @returns the fault of a file that is not valid CSV; the rows before it have been passed to `onRows`
 */
export async function readRows(
  text: AsyncIterable<Buffer>,
  delimiter: Delimiter,
  onRows: (rows: readonly CsvRow[]) => Promise<void> | void,
): Promise<FileFault | undefined> {
  const raw = new RawRecords();
  let batch: CsvRow[] = [];
  let header = true;
  const parser = new Parser({
    ...CSV_OPTIONS,
    delimiter,
    // Collecting records here, and emitting none, saves a turn of the event loop for each.
    on_record: (cells: string[], { bytes }) => {
      // The parser builds an error with a stack for every row of another width than the first, so each is made the first.
      Object.assign(parser.info, { records: 0 });
      const { bytes: record, line } = raw.take(bytes);
      const blank = cells.length === 1 && cells[0]?.trim() === '';
      if (header) header = blank;
      else if (!blank) {
        const stray = record.includes('"') && checkQuotes(record, delimiter).stray;
        batch.push({ cells, line, raw: record, ...(stray && { fault: STRAY_QUOTE }) });
      }
      return null;
    },
  });
  const ended = finished(parser.resume());
  // Without a listener, a failure between two chunks would end the process.
  ended.catch(() => {});
  try {
    for await (const chunk of text) {
      raw.push(chunk);
      await new Promise<void>((resolve, reject) => {
        parser.write(chunk, (error) => (error ? reject(error) : resolve()));
      });
      if (batch.length > 0) await onRows(batch);
      batch = [];
    }
    parser.end();
    await ended;
  } catch (error) {
    if (error instanceof CsvError) return csvFault(error, raw.rest(), delimiter);
    throw error;
  } finally {
    parser.destroy();
  }
  if (batch.length > 0) await onRows(batch);
  return undefined;
}

function csvFault(error: CsvError, rest: { bytes: Buffer; line: number }, delimiter: Delimiter): FileFault {
  const { openAt } = checkQuotes(rest.bytes, delimiter);
  const remedy = 'close the quote, or double it if it is part of the text';
  if (openAt !== undefined) {
    const line = rest.line + lineEnds(rest.bytes.subarray(0, openAt));
    return { reason: `invalid CSV: the quote opened in line ${line} is never closed`, remedy, line };
  }
  if (error.code === 'CSV_MAX_RECORD_SIZE') {
    return {
      reason: `the row that starts in line ${rest.line} is longer than ${MAX_RECORD_BYTES} bytes`,
      remedy: 'check for a missing line ending, or remove the row',
      line: rest.line,
    };
  }
  return { reason: `invalid CSV: ${error.message}`, remedy: 'check this line', line: rest.line };
}

/** Extracts the bytes and line numbers of records from the parser's chunks. */
export class RawRecords {
  private chunks: Buffer[] = [];
  private taken = 0;
  private line = 1;

  push(chunk: Buffer): void {
    this.chunks.push(chunk);
    if (isLineEnd(this.chunks[0]?.[0])) this.skipLineEnds();
  }

  /** The record that ends at this offset, without the empty lines before it. */
  take(end: number): { bytes: Buffer; line: number } {
    const whole = this.cut(end - this.taken);
    this.taken = end;
    let start = 0;
    while (isLineEnd(whole[start])) start += 1;
    let stop = whole.length;
    while (stop > start && isLineEnd(whole[stop - 1])) stop -= 1;
    const line = this.line + lineEnds(whole.subarray(0, start));
    this.line += lineEnds(whole);
    return { bytes: whole.subarray(start, stop), line };
  }

  /** The bytes after the last record. */
  rest(): { bytes: Buffer; line: number } {
    return { bytes: Buffer.concat(this.chunks), line: this.line };
  }

  /** Discards empty lines, of which there may be many, except the last one, which may be continued by the next chunk. */
  private skipLineEnds(): void {
    const pending = Buffer.concat(this.chunks);
    let last = 0;
    while (isLineEnd(pending[last + 1])) last += 1;
    if (pending[last - 1] === CR) last -= 1;
    this.line += lineEnds(pending.subarray(0, last));
    this.taken += last;
    this.chunks = [pending.subarray(last)];
  }

  private cut(length: number): Buffer {
    if ((this.chunks[0]?.length ?? 0) < length) this.chunks = [Buffer.concat(this.chunks)];
    const [first = Buffer.alloc(0)] = this.chunks;
    if (first.length > length) this.chunks[0] = first.subarray(length);
    else this.chunks.shift();
    return first.subarray(0, length);
  }
}

const CR = 0x0d;

const isLineEnd = (byte: number | undefined) => byte === 0x0a || byte === CR;
