import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { FileFault } from '../../domain/file-rules';

/** A local copy of an input file, and how far it may swell when it is unpacked. */
export interface TextSource {
  readonly path: string;
  readonly gzip: boolean;
  /** Bytes of the local copy. */
  readonly size: number;
  readonly limits: UnpackLimits;
}

export interface UnpackLimits {
  readonly maxUnpackedBytes: number;
  /** Unpacked bytes per packed byte. CSV packs 5 to 50 times, gzip at its utmost 1,032 times. */
  readonly maxUnpackedRatio: number;
}

/** Up to here a ratio says nothing: a small file of equal rows packs as well as a bomb, and does no harm. */
const RATIO_COUNTS_FROM_BYTES = 64 * 1024 * 1024;

const CHUNK_BYTES = 256 * 1024;

/** The file cannot be unpacked to its end. */
export class UnpackError extends Error {
  override readonly name = 'UnpackError';
  constructor(readonly fault: FileFault) {
    super(fault.reason);
  }
}

/**
 * The file's bytes, unpacked, in chunks that are the reader's to keep. Concatenated gzip members are one text.
 * @throws UnpackError where the gzip stream is corrupt, ends too early, or swells beyond the limits
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
      const swollen = swellingFault(unpacked, source);
      if (swollen) throw new UnpackError(swollen);
      yield chunk;
    }
  } catch (error) {
    throw isZlibError(error) ? new UnpackError(gzipFault(error.code)) : error;
  }
}

/**
 * The same bytes, in chunks that are the reader's until it asks for the next: nothing gathers for the garbage collector.
 * @throws as readText
 */
export async function* passOver(source: TextSource): AsyncGenerator<Buffer> {
  if (source.gzip) {
    yield* readText(source);
    return;
  }
  if (source.size <= CHUNK_BYTES) {
    yield* passOverSmall(source.path, source.size);
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
 * A small file was written a moment ago and is in memory still: to have it from there takes less than to hand each call to
 * another thread, of which a batch of thousands of files would make thousands.
 */
function* passOverSmall(path: string, size: number): Generator<Buffer> {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.allocUnsafe(size + 1);
    for (;;) {
      const bytesRead = readSync(file, buffer, 0, buffer.length, null);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
      // All there should be, and no byte more: the file ends here.
      if (bytesRead === size) return;
    }
  } finally {
    closeSync(file);
  }
}

function swellingFault(unpacked: number, { size, limits }: TextSource): FileFault | undefined {
  const remedy = 'send it in smaller files';
  if (unpacked > limits.maxUnpackedBytes) {
    return { reason: `it unpacks to more than ${limits.maxUnpackedBytes} bytes, the most allowed`, remedy };
  }
  if (unpacked > RATIO_COUNTS_FROM_BYTES && unpacked > size * limits.maxUnpackedRatio) {
    const reason = `it unpacks to more than ${limits.maxUnpackedRatio} times its ${size} bytes, the most allowed`;
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
      ? 'unexpected end of the gzip stream: the file was cut off'
      : 'the gzip stream is corrupt or no gzip at all',
    remedy: truncated
      ? 'upload the whole file again'
      : 'compress the CSV file with gzip again, or send it as .csv',
  };
}
