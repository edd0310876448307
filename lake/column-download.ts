/**
 * Downloads some columns of a Parquet file: into a sparse file of the same length, with the footer and the bytes of the
 * columns at their offsets. It can be read like the whole file, as long as no other columns are read.
 * https://parquet.apache.org/docs/file-format/
 */

import { type FileHandle, open } from 'node:fs/promises';
import { inParallel } from '../storage/parallel';
import chunksSql from './column-chunks.sql';
import type { Lake } from './lake';

/** Files up to this size are downloaded whole, and so are those of marts: one request costs less than several. */
export const WHOLE_FILE_BYTES = 8 * 1024 * 1024;

/** Bytes at the end of a file that are downloaded first; longer footers take a second request. */
const FOOTER_GUESS = 64 * 1024;
/** The footer's length, 4 bytes little endian, and `PAR1`. */
const TRAILER = 8;
/** Ranges with a smaller gap between them are downloaded in one request. */
const MAX_GAP = 256 * 1024;
const PARALLEL_RANGES = 4;

interface Range {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

/** @returns false if the object does not exist any more */
export async function downloadColumns(
  lake: Lake,
  key: string,
  size: number,
  columns: readonly string[],
  local: string,
): Promise<boolean> {
  const file = await open(local, 'w');
  try {
    await file.truncate(size);
    const fetch = async ({ start, end }: Range): Promise<Uint8Array | undefined> => {
      const bytes = await lake.bucket.getRange(key, start, end - start);
      if (bytes) await writeAt(file, bytes, start);
      return bytes;
    };
    const tail = await fetch({ start: Math.max(0, size - FOOTER_GUESS), end: size });
    if (!tail) return false;
    const footer = Buffer.from(tail).readUInt32LE(tail.length - TRAILER) + TRAILER;
    if (footer > tail.length && !(await fetch({ start: size - footer, end: size - tail.length })))
      return false;

    const chunks = await lake.db.rows<{ start: string; end: string }>(chunksSql, {
      file: local,
      columns: JSON.stringify(columns),
    });
    const ranges = joined(chunks.map(({ start, end }) => ({ start: Number(start), end: Number(end) })));
    const fetched = await inParallel(PARALLEL_RANGES, ranges, fetch);
    return fetched.every((bytes) => bytes !== undefined);
  } finally {
    await file.close();
  }
}

/** The ranges in order; those with a small gap between them are joined. */
export function joined(ranges: readonly Range[]): Range[] {
  const result: Range[] = [];
  for (const range of [...ranges].sort((a, b) => a.start - b.start)) {
    const last = result.at(-1);
    if (last && range.start - last.end <= MAX_GAP) {
      result[result.length - 1] = { start: last.start, end: Math.max(last.end, range.end) };
    } else {
      result.push(range);
    }
  }
  return result;
}

async function writeAt(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    const { bytesWritten } = await file.write(bytes, written, bytes.length - written, position + written);
    written += bytesWritten;
  }
}
