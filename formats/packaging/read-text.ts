import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileFault } from '../../domain/file-rules';
import { CHUNK_BYTES } from './chunks';
import { gunzip } from './gunzip';
import type { Packaging } from './packaging';
import { UnpackError } from './unpack-error';
import { unzip } from './unzip';
import { unzstd } from './unzstd';

/** A local copy of an input file, with limits on its decompressed size. */
export interface TextSource {
  readonly path: string;
  readonly packaging: Packaging;
  /** Bytes of the local copy. */
  readonly size: number;
  readonly limits: UnpackLimits;
}

export interface UnpackLimits {
  readonly maxUnpackedBytes: number;
  /** Decompressed bytes per compressed byte. CSV has a ratio of 5 to 50; the maximum of gzip and ZIP is 1,032. */
  readonly maxUnpackedRatio: number;
}

/** The ratio is checked above this size: a small file of equal rows compresses like a bomb, but is harmless. */
const RATIO_APPLIES_FROM_BYTES = 64 * 1024 * 1024;

/**
 * The file's decompressed bytes, in chunks that the reader may keep.
 * @throws UnpackError if the file is corrupt, truncated, or exceeds the limits
 */
export async function* readText(source: TextSource): AsyncGenerator<Buffer> {
  if (source.packaging === 'none') {
    yield* createReadStream(source.path, { highWaterMark: CHUNK_BYTES });
    return;
  }
  let unpacked = 0;
  for await (const chunk of unpack(source.path, source.packaging)) {
    unpacked += chunk.length;
    const fault = limitFault(unpacked, source);
    if (fault) throw new UnpackError(fault);
    yield chunk;
  }
}

function unpack(path: string, packaging: Exclude<Packaging, 'none'>): AsyncIterable<Buffer> {
  if (packaging === 'zip') return unzip(path);
  const packed = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  return packaging === 'gzip' ? gunzip(packed) : unzstd(packed);
}

/**
 * The same bytes, in chunks that are valid only until the next one is requested. Reusing the buffer avoids garbage collection.
 * @throws like readText
 */
export async function* scanBytes(source: TextSource): AsyncGenerator<Buffer> {
  if (source.packaging !== 'none') {
    yield* readText(source);
    return;
  }
  if (source.size <= CHUNK_BYTES) {
    yield* scanSmallFile(source.path, source.size);
    return;
  }
  const file = await open(source.path);
  try {
    const buffer = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, source.size + 1));
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/**
 * A small file was just written and is still in the page cache: reading it synchronously is faster than passing each call to
 * another thread, thousands of times in a batch of thousands of files.
 */
function* scanSmallFile(path: string, size: number): Generator<Buffer> {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.allocUnsafe(size + 1);
    for (;;) {
      const bytesRead = readSync(file, buffer, 0, buffer.length, null);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
      // The expected size and no further byte: the file ends here.
      if (bytesRead === size) return;
    }
  } finally {
    closeSync(file);
  }
}

function limitFault(unpacked: number, { size, limits }: TextSource): FileFault | undefined {
  const remedy = 'send it in smaller files';
  if (unpacked > limits.maxUnpackedBytes) {
    return { reason: `it decompresses to more than ${limits.maxUnpackedBytes} bytes, the limit`, remedy };
  }
  if (unpacked > RATIO_APPLIES_FROM_BYTES && unpacked > size * limits.maxUnpackedRatio) {
    const reason = `it decompresses to more than ${limits.maxUnpackedRatio} times its ${size} bytes, the limit`;
    return { reason, remedy };
  }
  return undefined;
}
