import type { ReadOptions } from '../../domain/contract';
import { UnpackError } from '../packaging/unpack-error';
import { BOM, CR, LF, startsWithBom } from './bytes';

const UTF8 = 'utf-8';

/** The first bytes that {@link encodingOf} needs. */
export const MARK_BYTES = 4;

/**
 * The encoding of a text, as the Encoding Standard names it: that of its byte order mark, or else the declared one, or UTF-8.
 * @param head its first bytes
 */
export function encodingOf(head: Uint8Array, { encoding = UTF8 }: ReadOptions): string {
  if (startsWithBom(head)) return UTF8;
  const [first, second, third, fourth] = head;
  // UTF-32 starts with the mark of UTF-16 and two zeros; nothing declares it.
  if (first === 0xff && second === 0xfe && !(third === 0 && fourth === 0)) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  return new TextDecoder(encoding).encoding;
}

/** True if bytes must be changed before they are UTF-8 text. */
export const isConverted = (encoding: string, { nul }: ReadOptions): boolean =>
  encoding !== UTF8 || nul === 'remove';

/** The first bytes of a text as UTF-8 without byte order mark; what cannot be decoded is replaced. */
export function decodedHead(head: Buffer, isWhole: boolean, read: ReadOptions): Buffer {
  const encoding = encodingOf(head, read);
  if (encoding === UTF8) return withoutNuls(startsWithBom(head) ? head.subarray(BOM.length) : head, read);
  const text = new TextDecoder(encoding).decode(head, { stream: !isWhole });
  return withoutNuls(Buffer.from(text), read);
}

/**
 * A text as UTF-8 without byte order mark. UTF-8 itself is not checked.
 * @param open opens the text's bytes; called again to find the line of a fault
 * @throws UnpackError if bytes are no character of the encoding, with the physical line
 */
export async function* decoded(
  open: () => AsyncIterable<Buffer>,
  encoding: string,
  read: ReadOptions,
): AsyncGenerator<Buffer> {
  if (encoding === UTF8) {
    for await (const chunk of open()) yield withoutNuls(chunk, read);
    return;
  }
  const decoder = new TextDecoder(encoding, { fatal: true });
  let chunks = 0;
  try {
    for await (const chunk of open()) {
      const text = withoutNuls(Buffer.from(decoder.decode(chunk, { stream: true })), read);
      chunks += 1;
      if (text.length > 0) yield text;
    }
    const last = withoutNuls(Buffer.from(decoder.decode()), read);
    if (last.length > 0) yield last;
  } catch (error) {
    if (!isDecodeError(error)) throw error;
    throw notEncoded(encoding, await faultLine(open(), chunks, encoding));
  }
}

const withoutNuls = (bytes: Buffer, { nul }: ReadOptions): Buffer =>
  nul === 'remove' && bytes.includes(0) ? (bytes.filter((byte) => byte !== 0) as Buffer) : bytes;

const isDecodeError = (error: unknown): boolean =>
  (error as { code?: unknown } | undefined)?.code === 'ERR_ENCODING_INVALID_ENCODED_DATA';

/** @param chunks the number of chunks without a fault */
async function faultLine(text: AsyncIterable<Buffer>, chunks: number, encoding: string): Promise<number> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  const lines = new LineCounter();
  let at = 0;
  for await (const chunk of text) {
    at += 1;
    if (at <= chunks) {
      lines.add(decoder.decode(chunk, { stream: true }));
      continue;
    }
    for (let byte = 0; byte < chunk.length; byte += 1) {
      try {
        lines.add(decoder.decode(chunk.subarray(byte, byte + 1), { stream: true }));
      } catch (error) {
        if (!isDecodeError(error)) throw error;
        return lines.current;
      }
    }
  }
  return lines.current;
}

class LineCounter {
  current = 1;
  private previous = 0;

  add(text: string): void {
    for (const byte of Buffer.from(text)) {
      // A carriage return ends a line, and the line feed after it does not end another one.
      if (byte === CR || (byte === LF && this.previous !== CR)) this.current += 1;
      this.previous = byte;
    }
  }
}

function notEncoded(encoding: string, line: number): UnpackError {
  const name = encoding.toUpperCase();
  return new UnpackError({
    reason: `not ${name}: bytes in line ${line} are not part of a valid character`,
    remedy: `save it as ${name} again, or as "CSV UTF-8"`,
    line,
  });
}
