import { isUtf8 } from 'node:buffer';
import { declareRead, inSentence } from '../../domain/declare';
import { CSV_FILE, contentFault, EMPTY_FILE, type FileFault, SNIFFED_BYTES } from '../../domain/file-rules';
import { scanBytes, type TextSource } from '../packaging/read-text';
import { firstInvalid, unfinishedBytes } from '../utf8';
import { BOM, CR, LF, lineEnds, QUOTE, SPACE, startsWithBom } from './bytes';

/** The result of one pass over a file's bytes, before parsing. */
export interface TextScan {
  /** Bytes of the byte order mark: 0 or 3. */
  readonly bomBytes: number;
  /** Physical lines, including a last one without a line ending. */
  readonly lines: number;
  /** Empty lines at the end. */
  readonly emptyEnd: number;
  /** Bytes of the longest physical line. */
  readonly longestLine: number;
  /** Outside of quotes, one record per line: no empty lines except at the end, and a single type of line ending. */
  readonly regular: boolean;
  /** True if a carriage return, quote or control character below the tab occurs. */
  readonly has: (byte: number) => boolean;
}

export type ScanOutcome = { readonly scan: TextScan } | { readonly fault: FileFault };

/**
 * Reads the whole file once.
 * @param kind if it is known, for remedies
 * @returns the fault of a file that is not valid UTF-8 text
 * @throws UnpackError
 */
export async function scanText(source: TextSource, kind: string | undefined): Promise<ScanOutcome> {
  const scanner = new TextScanner(kind);
  for await (const chunk of withWholeHead(scanBytes(source))) {
    const fault = scanner.push(chunk);
    if (fault) return { fault };
  }
  return scanner.end();
}

/** The same bytes, with a first chunk that is long enough to detect the file type. */
async function* withWholeHead(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let head: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of chunks) {
    if (head === undefined) {
      yield chunk;
      continue;
    }
    head = Buffer.concat([head, chunk]);
    if (head.length < SNIFFED_BYTES) continue;
    yield head;
    head = undefined;
  }
  if (head !== undefined && head.length > 0) yield head;
}

/** Bytes that must be counted, or whose position matters. */
const UNCOMMON = [CR, 0, 1, 2, 3, 4, 5, 6, 7, 8];

class TextScanner {
  /** Occurrences of each byte; of quotes, at most their number. */
  private readonly counts = new Float64Array(256);
  private offset = 0;
  private bomBytes = 0;
  private previous = 0;
  private lineLength = 0;
  private longestLine = 0;
  private crlfs = 0;
  private loneCrs = 0;
  private emptyLines = 0;
  private emptyEnd = 0;
  private hasText = false;
  /** The first bytes of a character that continues in the next chunk. */
  private unfinished: Buffer = Buffer.alloc(0);

  constructor(private readonly kind: string | undefined) {}

  push(chunk: Buffer): FileFault | undefined {
    let text = chunk;
    if (this.offset === 0) {
      const fault = contentFault(chunk.subarray(0, SNIFFED_BYTES), CSV_FILE, this.kind);
      if (fault) return fault;
      if (startsWithBom(chunk)) this.bomBytes = BOM.length;
      text = chunk.subarray(this.bomBytes);
    }
    const fault = this.utf8Fault(text, this.offset === 0 ? this.bomBytes : this.offset);
    if (fault) return fault;
    this.offset += chunk.length;
    return this.walk(text);
  }

  end(): ScanOutcome {
    if (this.unfinished.length > 0)
      return { fault: notUtf8(this.line(), this.offset - this.unfinished.length, this.kind) };
    if (!this.hasText) return { fault: EMPTY_FILE };
    const unended = this.previous !== CR && this.lineLength > 0;
    if (unended) this.endLine(this.lineLength);
    if (this.previous === CR) {
      this.endLine(this.lineLength - 1);
      this.loneCrs += 1;
    }
    const lineFeeds = this.count(LF);
    return {
      scan: {
        bomBytes: this.bomBytes,
        lines: lineFeeds + this.loneCrs + (unended ? 1 : 0),
        emptyEnd: this.emptyEnd,
        longestLine: this.longestLine,
        regular:
          this.loneCrs === 0 &&
          this.emptyLines === this.emptyEnd &&
          (this.crlfs === 0 || this.crlfs === lineFeeds),
        has: (byte) => this.count(byte) > 0,
      },
    };
  }

  private count(byte: number): number {
    return this.counts[byte] ?? 0;
  }

  private walk(text: Buffer): FileFault | undefined {
    if (this.previous !== CR && !UNCOMMON.some((byte) => text.includes(byte))) {
      if (text.includes(QUOTE)) this.counts[QUOTE] = this.count(QUOTE) + 1;
      this.walkLines(text);
      return undefined;
    }
    return this.walkBytes(text);
  }

  /** A fast path for text without uncommon bytes: `indexOf` finds line feeds about twelve times as fast. */
  private walkLines(text: Buffer): void {
    let start = 0;
    let lineFeeds = 0;
    for (let end = text.indexOf(LF); end >= 0; end = text.indexOf(LF, start)) {
      this.endLine(this.lineLength + end - start);
      this.lineLength = 0;
      start = end + 1;
      lineFeeds += 1;
    }
    this.lineLength += text.length - start;
    this.counts[LF] = this.count(LF) + lineFeeds;
    this.previous = text.at(-1) ?? this.previous;
    this.hasText ||= text.some((byte) => byte > SPACE);
  }

  /** Without calls and closures in the common path, for speed. */
  private walkBytes(text: Buffer): FileFault | undefined {
    const { counts } = this;
    let { previous, lineLength, hasText } = this;
    for (let at = 0; at < text.length; at += 1) {
      const byte = text[at] as number;
      counts[byte] = (counts[byte] as number) + 1;
      if (byte > SPACE) hasText = true;
      if (previous === CR) {
        this.endLine(lineLength - 1);
        lineLength = 0;
        if (byte === LF) {
          this.crlfs += 1;
          previous = byte;
          continue;
        }
        this.loneCrs += 1;
      }
      if (byte === LF) {
        this.endLine(lineLength);
        lineLength = 0;
      } else {
        lineLength += 1;
        if (byte === 0) {
          return {
            reason: `invalid CSV: a NUL byte in line ${this.line()}`,
            ...inSentence(
              declareRead('nul: remove', this.kind),
              (remedy) => `save it again as "CSV UTF-8" or, if NUL bytes mean nothing, ${remedy}`,
            ),
            line: this.line(),
          };
        }
      }
      previous = byte;
    }
    this.previous = previous;
    this.lineLength = lineLength;
    this.hasText = hasText;
    return undefined;
  }

  private endLine(length: number): void {
    if (length > this.longestLine) this.longestLine = length;
    if (length > 0) this.emptyEnd = 0;
    else {
      this.emptyLines += 1;
      this.emptyEnd += 1;
    }
  }

  /** The current line. */
  private line(): number {
    return this.count(LF) + this.loneCrs + 1;
  }

  private utf8Fault(text: Buffer, offset: number): FileFault | undefined {
    const start = offset - this.unfinished.length;
    const whole = this.unfinished.length > 0 ? Buffer.concat([this.unfinished, text]) : text;
    const end = whole.length - unfinishedBytes(whole);
    if (!isUtf8(whole.subarray(0, end))) {
      const at = firstInvalid(whole);
      // This chunk has not been scanned yet, so its lines before the fault are counted here.
      const before = this.line() + (this.previous === CR && whole[0] !== LF ? 1 : 0);
      return notUtf8(before + lineEnds(whole.subarray(0, at)), start + at, this.kind);
    }
    this.unfinished = Buffer.from(whole.subarray(end));
    return undefined;
  }
}

function notUtf8(line: number, offset: number, kind: string | undefined): FileFault {
  return {
    reason: `not UTF-8: the byte at offset ${offset}, in line ${line}, is not part of a valid character`,
    ...inSentence(
      declareRead('encoding: windows-1252', kind),
      (remedy) => `save it as "CSV UTF-8" or, if it is Windows-1252, ${remedy}`,
    ),
    line,
  };
}
