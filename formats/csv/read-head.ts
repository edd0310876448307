import { closeSync, openSync, readSync } from 'node:fs';
import { readText, type TextSource } from '../packaging/read-text';
import { BOM, startsWithBom } from './bytes';

/** The beginning of a text. */
export interface Head {
  readonly bytes: Buffer;
  /** True if it is the whole text. */
  readonly isWhole: boolean;
}

/**
 * The first bytes of a file's text, at least as many as asked for if it has them.
 * @throws UnpackError
 */
export function readHead(source: TextSource, bytes: number): Promise<Head> {
  return source.packaging === 'none' ? fileHead(source, bytes) : headOf(readText(source), bytes);
}

/** The same of a text in chunks, which are read only as far as needed. */
export async function headOf(text: AsyncIterable<Buffer>, bytes: number): Promise<Head> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of text) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= bytes) return { bytes: Buffer.concat(chunks), isWhole: false };
  }
  return { bytes: Buffer.concat(chunks), isWhole: true };
}

async function fileHead({ path, size }: TextSource, bytes: number): Promise<Head> {
  const file = openSync(path, 'r');
  try {
    const head = Buffer.alloc(Math.min(size, bytes));
    const length = readSync(file, head, 0, head.length, 0);
    return { bytes: head.subarray(0, length), isWhole: length === size };
  } finally {
    closeSync(file);
  }
}

const withoutBom = (bytes: Buffer): Buffer => (startsWithBom(bytes) ? bytes.subarray(BOM.length) : bytes);

/** A text from an offset on, which does not count its byte order mark. */
export async function* textFrom(offset: number, text: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let head: Buffer | undefined = Buffer.alloc(0);
  let left = offset;
  for await (const chunk of text) {
    let next = chunk;
    if (head !== undefined) {
      head = Buffer.concat([head, chunk]);
      if (head.length < BOM.length) continue;
      next = withoutBom(head);
      head = undefined;
    }
    const skipped = Math.min(left, next.length);
    left -= skipped;
    if (skipped < next.length) yield next.subarray(skipped);
  }
  if (head !== undefined && head.length > left) yield head.subarray(left);
}
