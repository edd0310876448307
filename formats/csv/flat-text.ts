import { open } from 'node:fs/promises';
import { BACKSLASH, BOM, CR, LF, QUOTE, startsWithBom } from './bytes';
import type { Dialect } from './dialect';
import type { CsvLayout } from './read-rows';
import { type CsvRecord, RecordScanner } from './records';

/** Bytes that do not occur in a text, and stand for what is within cells. */
export interface Replacements {
  readonly delimiter: number;
  readonly lineFeed: number;
  readonly carriageReturn: number;
}

/** A text in which every line is a row and every delimiter separates cells; without header. */
export interface FlatText {
  /** Undefined if no line has been counted, as each is a row. */
  readonly rows: number | undefined;
  /** True if a cell has a delimiter or a line ending, in place of which there is a replacement. */
  readonly hasReplacements: boolean;
}

/** Longer rows are written without their cells. */
const MAX_ROW_BYTES = 500_000;

/** How the lines of a flat text are told. */
export type LineNumbers =
  /** The first cell of each row is the number of its first line in the original file. */
  | 'written'
  /** Every line of the text is that of the original file, whose lines are regular. */
  | 'as in the file';

/**
 * Writes the rows of a CSV file so that DuckDB can read them without knowing about quotes: one line per row, without quotes. A
 * row with a misplaced quote, and a very long one, has other cells than the header: none, or one too many.
 *
 * @param text valid UTF-8 from the first row on
 * @returns undefined if the file is not valid CSV; or if a cell has a line ending, and the lines are to be as in the file
 */
export async function writeFlatText(
  text: AsyncIterable<Buffer>,
  layout: CsvLayout,
  replacements: Replacements,
  lines: LineNumbers,
  path: string,
): Promise<FlatText | undefined> {
  const isNumbered = lines === 'written';
  const writer = new FlatWriter(layout, replacements, isNumbered);
  const scanner = new RecordScanner(
    layout.dialect,
    layout.firstLine,
    (record) => writer.add(record),
    isNumbered ? undefined : (buffer, start, end) => writer.addLines(buffer, start, end),
  );
  const file = await open(path, 'w');
  let isStart = true;
  const write = async (lines: Buffer) => {
    // DuckDB leaves out a mark at the start of a file. Here it belongs to the first cell, so that one is written ahead of it.
    if (isStart && startsWithBom(lines)) await file.writeFile(BOM);
    isStart &&= lines.length === 0;
    await file.writeFile(lines);
  };
  try {
    for await (const chunk of text) {
      if (scanner.push(chunk) || writer.hasOtherLines) return undefined;
      await write(writer.take());
    }
    if (scanner.end() || writer.hasOtherLines) return undefined;
    await write(writer.take());
  } finally {
    await file.close();
  }
  return { rows: isNumbered ? writer.rows : undefined, hasReplacements: writer.hasReplacements };
}

class FlatWriter {
  rows = 0;
  hasReplacements = false;
  /** True if the lines are not as in the file, although they are to be. */
  hasOtherLines = false;
  private out = Buffer.allocUnsafe(512 * 1024);
  private length = 0;
  private readonly dialect: Dialect;
  private readonly separator: number;
  /** A row with one cell more than the header. */
  private readonly unfit: Buffer;

  constructor(
    { dialect, header }: CsvLayout,
    private readonly replacements: Replacements,
    private readonly isNumbered: boolean,
  ) {
    this.dialect = dialect;
    this.separator = dialect.delimiter.charCodeAt(0);
    this.unfit = Buffer.alloc(header.length + 1, this.separator);
    this.unfit[header.length] = replacements.lineFeed;
  }

  add(record: CsvRecord): void {
    const { buffer, start, end } = record;
    const isFit = !record.strayQuote && end - start <= MAX_ROW_BYTES;
    this.reserve(end - start + this.unfit.length + 24);
    this.rows += 1;
    if (this.isNumbered) {
      this.number(record.line);
      if (isFit) this.out[this.length++] = this.separator;
    } else {
      this.hasOtherLines ||= record.innerLines > 0;
      if (!isFit) this.length += this.unfit.copy(this.out, this.length);
    }
    if (isFit && record.hasQuotes) this.unquoted(buffer, start, end);
    else if (isFit) this.length += buffer.copy(this.out, this.length, start, end);
    // Where lines are as in the file, all end in the same way.
    if (!this.isNumbered && buffer[end] === CR) this.out[this.length++] = CR;
    if (this.isNumbered || record.ended) this.out[this.length++] = LF;
  }

  addLines(buffer: Buffer, start: number, end: number): void {
    this.reserve(end - start);
    this.length += buffer.copy(this.out, this.length, start, end);
  }

  /** The lines that have been added since the last call; valid until the next one. */
  take(): Buffer {
    const lines = this.out.subarray(0, this.length);
    this.length = 0;
    return lines;
  }

  private reserve(bytes: number): void {
    if (this.length + bytes <= this.out.length) return;
    const larger = Buffer.allocUnsafe(2 * (this.length + bytes));
    this.out.copy(larger, 0, 0, this.length);
    this.out = larger;
  }

  private number(value: number): void {
    let digits = 1;
    for (let limit = 10; value >= limit; limit *= 10) digits += 1;
    for (let at = this.length + digits - 1, rest = value; at >= this.length; at -= 1) {
      this.out[at] = 0x30 + (rest % 10);
      rest = Math.floor(rest / 10);
    }
    this.length += digits;
  }

  /** Without calls and closures, for speed. */
  private unquoted(bytes: Buffer, start: number, end: number): void {
    const { out, separator } = this;
    const { delimiter, lineFeed, carriageReturn } = this.replacements;
    const { backslash } = this.dialect;
    let to = this.length;
    let at = startsWithBom(bytes, start) ? start + BOM.length : start;
    for (let mark = start; mark < at; mark += 1) out[to++] = bytes[mark] as number;
    let fieldStarts = true;
    let inQuotes = false;
    for (; at < end; at += 1) {
      const byte = bytes[at] as number;
      if (!inQuotes) {
        if (byte === QUOTE && fieldStarts) inQuotes = true;
        else out[to++] = byte;
        fieldStarts = byte === separator;
      } else if (byte === QUOTE) {
        if (bytes[at + 1] === QUOTE && !backslash) {
          out[to++] = QUOTE;
          at += 1;
        } else inQuotes = false;
      } else if (byte === separator) {
        out[to++] = delimiter;
        this.hasReplacements = true;
      } else if (byte === LF) {
        out[to++] = lineFeed;
        this.hasReplacements = true;
      } else if (byte === CR) {
        out[to++] = carriageReturn;
        this.hasReplacements = true;
      } else if (
        backslash &&
        byte === BACKSLASH &&
        (bytes[at + 1] === QUOTE || bytes[at + 1] === BACKSLASH)
      ) {
        out[to++] = bytes[at + 1] as number;
        at += 1;
      } else out[to++] = byte;
    }
    this.length = to;
  }
}
