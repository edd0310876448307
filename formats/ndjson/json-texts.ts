import { isUtf8 } from 'node:buffer';
import type { FileFault } from '../../domain/file-rules';
import { firstInvalid, unfinishedBytes } from '../utf8';

/** A longer object is caused by a missing line end or bracket, or the file is of another type. */
export const MAX_OBJECT_CHARACTERS = 16 * 1024 * 1024;

/** The text of one row. */
export interface JsonText {
  readonly text: string;
  /** The physical line in which it starts. */
  readonly line: number;
  /** True for the last line of a file if no line end follows it. */
  readonly isUnended: boolean;
  /** False for an element of an array. */
  readonly isLine: boolean;
}

/** The file is not a text of JSON objects. */
export class JsonTextError extends Error {
  override readonly name = 'JsonTextError';
  constructor(readonly fault: FileFault) {
    super(fault.reason);
  }
}

/**
 * Splits a text into the texts of its rows, in batches: its lines without blank ones, or, if it starts with a bracket, the elements
 * of this array.
 * @throws JsonTextError for a text that is not UTF-8, an array that does not end, and a row that is too long
 */
export async function* jsonTexts(bytes: AsyncIterable<Buffer>): AsyncGenerator<JsonText[]> {
  let splitter: LineSplitter | ArraySplitter | undefined;
  let blank = '';
  for await (const text of decoded(bytes)) {
    let rest = text;
    if (!splitter) {
      blank += text;
      if (blank.trim() === '') continue;
      splitter = blank.trimStart().startsWith('[') ? new ArraySplitter() : new LineSplitter();
      rest = blank;
    }
    const batch = splitter.push(rest);
    if (batch.length > 0) yield batch;
  }
  const last = splitter?.end() ?? [];
  if (last.length > 0) yield last;
}

/** One object per line. */
class LineSplitter {
  private line = 1;
  /** The start of a line that continues in the next text. */
  private partial = '';

  push(text: string): JsonText[] {
    const lines = (this.partial + text).split('\n');
    this.partial = lines.pop() ?? '';
    checkLength(this.partial, this.line + lines.length);
    const found: JsonText[] = [];
    for (const one of lines) this.add(one, false, found);
    return found;
  }

  end(): JsonText[] {
    const found: JsonText[] = [];
    this.add(this.partial, true, found);
    return found;
  }

  private add(line: string, isUnended: boolean, found: JsonText[]): void {
    const text = line.endsWith('\r') ? line.slice(0, -1) : line;
    checkLength(text, this.line);
    if (text.trim() !== '') found.push({ text, line: this.line, isUnended, isLine: true });
    this.line += 1;
  }
}

/** An array of objects, of which each can take several lines. */
class ArraySplitter {
  private state: 'start' | 'first' | 'element' | 'separator' | 'next' | 'end' = 'start';
  private line = 1;
  /** The start of an element that continues in the next text, and its line. */
  private partial = '';
  private startLine = 1;
  private depth = 0;
  private inString = false;
  private isEscaped = false;

  push(text: string): JsonText[] {
    const found: JsonText[] = [];
    let start = 0;
    let at = 0;
    const finish = (end: number) => {
      const element = (this.partial + text.slice(start, end)).trimEnd();
      checkLength(element, this.startLine);
      found.push({ text: element, line: this.startLine, isUnended: false, isLine: false });
      this.partial = '';
      this.state = 'separator';
    };
    while (at < text.length) {
      const character = text[at] as string;
      if (this.state === 'element') {
        const isScalarEnd = this.depth === 0 && !this.inString && (character === ',' || character === ']');
        if (isScalarEnd) {
          finish(at);
          continue;
        }
        this.walk(character);
        const isClosed = this.depth === 0 && !this.inString && (character === '}' || character === ']');
        at += 1;
        if (isClosed) finish(at);
      } else if (character.trim() !== '') {
        if (this.state === 'first' || this.state === 'next') {
          if (character === ']' && this.state === 'first') this.state = 'end';
          else {
            this.state = 'element';
            this.startLine = this.line;
            start = at;
            continue;
          }
        } else this.step(character);
        at += 1;
      } else {
        if (character === '\n') this.line += 1;
        at += 1;
      }
    }
    if (this.state === 'element') this.partial += text.slice(start);
    checkLength(this.partial, this.startLine);
    return found;
  }

  end(): JsonText[] {
    if (this.state === 'end') return [];
    throw new JsonTextError({
      reason: 'the array of objects is cut off: its closing bracket is missing',
      remedy: 'upload the whole file again',
      line: this.state === 'element' ? this.startLine : this.line,
    });
  }

  /** One character of an element. */
  private walk(character: string): void {
    if (character === '\n') this.line += 1;
    if (this.inString) {
      if (this.isEscaped) this.isEscaped = false;
      else if (character === '\\') this.isEscaped = true;
      else if (character === '"') this.inString = false;
    } else if (character === '"') this.inString = true;
    else if (character === '{' || character === '[') this.depth += 1;
    else if (character === '}' || character === ']') this.depth -= 1;
  }

  /** One character between elements that is not white space. */
  private step(character: string): void {
    if (this.state === 'start' && character === '[') this.state = 'first';
    else if (this.state === 'separator' && character === ',') this.state = 'next';
    else if (this.state === 'separator' && character === ']') this.state = 'end';
    else {
      throw new JsonTextError({
        reason: `invalid JSON: unexpected ${JSON.stringify(character)} after an element of the array in line ${this.line}`,
        remedy: 'write one JSON object per line, or one array of objects',
        line: this.line,
      });
    }
  }
}

function checkLength(text: string, line: number): void {
  if (text.length <= MAX_OBJECT_CHARACTERS) return;
  throw new JsonTextError({
    reason: `the object that starts in line ${line} is longer than ${MAX_OBJECT_CHARACTERS} characters`,
    remedy: 'check for a missing line end or bracket, or remove the object',
    line,
  });
}

/** The text of whole characters, without byte order mark. @throws JsonTextError if it is not UTF-8 */
async function* decoded(bytes: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let unfinished: Buffer = Buffer.alloc(0);
  let offset = 0;
  let line = 1;
  for await (const chunk of bytes) {
    const whole = unfinished.length > 0 ? Buffer.concat([unfinished, chunk]) : chunk;
    const end = whole.length - unfinishedBytes(whole);
    const text = whole.subarray(0, end);
    if (!isUtf8(text)) throw new JsonTextError(notUtf8(whole, offset, line));
    const isStart = offset === 0;
    unfinished = Buffer.from(whole.subarray(end));
    offset += end;
    line += lineFeeds(text);
    const decodedText = text.toString('utf8');
    yield isStart && decodedText.startsWith('\ufeff') ? decodedText.slice(1) : decodedText;
  }
  if (unfinished.length > 0) throw new JsonTextError(notUtf8(unfinished, offset, line));
}

function notUtf8(bytes: Buffer, offset: number, line: number): FileFault {
  const at = firstInvalid(bytes);
  const inLine = line + lineFeeds(bytes.subarray(0, at));
  return {
    reason: `not UTF-8: the byte at offset ${offset + at}, in line ${inLine}, is not part of a valid character`,
    remedy: 'save it as UTF-8, which JSON requires',
    line: inLine,
  };
}

function lineFeeds(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) count += 1;
  return count;
}
