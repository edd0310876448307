import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { FileFault } from '../domain/file-rules';

/** A local copy of an input file, with limits on its decompressed size. */
export interface TextSource {
  readonly path: string;
  readonly gzip: boolean;
  /** Bytes of the local copy. */
  readonly size: number;
  readonly limits: UnpackLimits;
}

export interface UnpackLimits {
  readonly maxUnpackedBytes: number;
  /** Decompressed bytes per compressed byte. CSV has a ratio of 5 to 50; the maximum of gzip is 1,032. */
  readonly maxUnpackedRatio: number;
}

/** The ratio is checked above this size: a small file of equal rows compresses like a bomb, but is harmless. */
const RATIO_APPLIES_FROM_BYTES = 64 * 1024 * 1024;

const CHUNK_BYTES = 256 * 1024;

/** The file cannot be decompressed. */
export class UnpackError extends Error {
  override readonly name = 'UnpackError';
  constructor(readonly fault: FileFault) {
    super(fault.reason);
  }
}

/**
 * The file's decompressed bytes, in chunks that the reader may keep. Concatenated gzip members are read as one text.
 * @throws UnpackError if the gzip stream is corrupt, truncated, or exceeds the limits
 */
export async function* readText(source: TextSource): AsyncGenerator<Buffer> {
  const file = createReadStream(source.path, { highWaterMark: CHUNK_BYTES });
  if (!source.gzip) {
    yield* file;
    return;
  }
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  // A failure of either stream reaches the loop below through gunzip.
  pipeline(file, gunzip, () => {});
  let unpacked = 0;
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) {
      unpacked += chunk.length;
      const fault = limitFault(unpacked, source);
      if (fault) throw new UnpackError(fault);
      yield chunk;
    }
  } catch (error) {
    throw isZlibError(error) ? new UnpackError(gzipFault(error.code)) : error;
  }
}

/**
 * The same bytes, in chunks that are valid only until the next one is requested. Reusing the buffer avoids garbage collection.
 * @throws like readText
 */
export async function* scanBytes(source: TextSource): AsyncGenerator<Buffer> {
  if (source.gzip) {
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

function isZlibError(error: unknown): error is { code: string } {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' && code.startsWith('Z_');
}

function gzipFault(code: string): FileFault {
  const truncated = code === 'Z_BUF_ERROR';
  return {
    reason: truncated
      ? 'unexpected end of the gzip stream: the file is truncated'
      : 'the gzip stream is corrupt, or the file is not gzip',
    remedy: truncated
      ? 'upload the whole file again'
      : 'compress the CSV file with gzip again, or send it as .csv',
  };
}
