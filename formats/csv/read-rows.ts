import { finished } from 'node:stream/promises';
import { CsvError, type Options, Parser } from 'csv-parse';
import type { FileFault } from '../../domain/file-rules';
import { checkQuotes } from './quotes';
import { lineEnds, MAX_RECORD_BYTES } from './scan-text';

export type Delimiter = ',' | ';' | '\t' | '|';

export interface CsvRow {
  readonly cells: readonly string[];
  /** The physical line it starts in; the header is in line 1. */
  readonly line: number;
  /** As it stands in the file, without the line end; valid as long as the batch it came with. */
  readonly raw: Buffer;
  /** The cells are a guess. */
  readonly strayQuote: boolean;
}

/**
 * RFC 4180, and beyond it any line end anywhere, rows of any width, and quotes out of place, so that one bad row does
 * not take the rows behind it along.
 */
export const CSV_OPTIONS = {
  record_delimiter: ['\r\n', '\n', '\r'],
  skip_empty_lines: true,
  relax_column_count: true,
  relax_quotes: true,
  max_record_size: MAX_RECORD_BYTES,
} satisfies Options;

/**
 * Hands on the rows behind the header, in order and in batches; the next batch waits for the one before. Blank lines
 * are passed over.
 * @param text UTF-8 that was found valid, without its byte order mark
 * @returns the fault of a file that is not CSV to its end; rows ahead of it have been handed on
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
    // Taking the records here, and handing none on, spares a turn of the event loop for each.
    on_record: (cells: string[], { bytes }) => {
      // The parser builds an error, stack and all, for every row that is not as wide as the first: let each be the first.
      Object.assign(parser.info, { records: 0 });
      const { bytes: record, line } = raw.take(bytes);
      const blank = cells.length === 1 && cells[0]?.trim() === '';
      if (header) header = blank;
      else if (!blank) {
        const strayQuote = record.includes('"') && checkQuotes(record, delimiter).stray;
        batch.push({ cells, line, raw: record, strayQuote });
      }
      return null;
    },
  });
  const ended = finished(parser.resume());
  // Without a listener of its own a failure between two chunks would end the process.
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
  const remedy = 'close the quote, or double it where it belongs to the text';
  if (openAt !== undefined) {
    const line = rest.line + lineEnds(rest.bytes.subarray(0, openAt));
    return { reason: `not CSV to its end: the quote opened in line ${line} is never closed`, remedy, line };
  }
  if (error.code === 'CSV_MAX_RECORD_SIZE') {
    return {
      reason: `the row that starts in line ${rest.line} is longer than ${MAX_RECORD_BYTES} bytes`,
      remedy: 'look for a missing line end, or leave the row out',
      line: rest.line,
    };
  }
  return { reason: `not CSV: ${error.message}`, remedy: 'look at the line named', line: rest.line };
}

/** The bytes and lines of records, cut from the chunks that the parser was given. */
export class RawRecords {
  private chunks: Buffer[] = [];
  private taken = 0;
  private line = 1;

  push(chunk: Buffer): void {
    this.chunks.push(chunk);
    if (isLineEnd(this.chunks[0]?.[0])) this.passOverLineEnds();
  }

  /** The record that ends at this offset; lines that were empty stand before it and are left out. */
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

  /** What no record was made of. */
  rest(): { bytes: Buffer; line: number } {
    return { bytes: Buffer.concat(this.chunks), line: this.line };
  }

  /** Lets go of empty lines, of which a file may be full; the last is kept, as what follows may belong to it. */
  private passOverLineEnds(): void {
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
