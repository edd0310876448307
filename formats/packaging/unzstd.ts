import { Decompress } from 'fzstd';
import xxhash from 'xxhash-wasm';
import { corrupt, truncated, UnpackError } from './unpack-error';

const WHAT = 'Zstandard stream';

const FRAME = 0xfd2fb528;
const SKIPPABLE = 0x184d2a50;

/** The window that a decoder must hold in memory; 128 MiB is what the zstd command accepts by default. */
const MAX_WINDOW_BYTES = 128 * 1024 * 1024;

/** The most bytes of a block (RFC 8878, 3.1.1.2.3). */
const MAX_BLOCK_BYTES = 128 * 1024;

/**
 * The decompressed bytes of a Zstandard stream, of all its frames (RFC 8878). The decoder does not verify the checksums and sizes
 * of frames, so this does.
 * @throws UnpackError
 */
export async function* unzstd(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const input = new PackedBytes(packed);
  const hashes = await xxhash();
  try {
    while (!(await input.isAtEnd())) {
      const magic = (await input.take(4)).readUInt32LE();
      if (magic === FRAME) yield* frame(input, hashes);
      else if ((magic & ~0xf) >>> 0 === SKIPPABLE) await input.skip((await input.take(4)).readUInt32LE());
      else throw corrupt(WHAT);
    }
  } finally {
    await input.close();
  }
}

async function* frame(
  input: PackedBytes,
  hashes: Awaited<ReturnType<typeof xxhash>>,
): AsyncGenerator<Buffer> {
  const header = await readFrameHeader(input);
  let unpacked: Buffer[] = [];
  const decoder = new Decompress((chunk) => {
    if (chunk.length > 0) unpacked.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length));
  });
  const hash = hashes.create64();
  let bytes = 0;
  decode(decoder, header.bytes, false);
  for (let isLast = false; !isLast; ) {
    const block = await readBlock(input);
    isLast = block.isLast;
    const checksum = isLast && header.hasChecksum ? await input.take(4) : Buffer.alloc(0);
    decode(decoder, Buffer.concat([block.bytes, checksum]), isLast);
    for (const chunk of unpacked) {
      bytes += chunk.length;
      if (header.hasChecksum) hash.update(chunk);
      yield chunk;
    }
    unpacked = [];
    if (!isLast) continue;
    const isWhole = header.size === undefined || header.size === BigInt(bytes);
    if (!isWhole || (header.hasChecksum && Number(hash.digest() & 0xffffffffn) !== checksum.readUInt32LE())) {
      throw corrupt(WHAT);
    }
  }
}

interface FrameHeader {
  readonly bytes: Buffer;
  readonly hasChecksum: boolean;
  /** Decompressed bytes, if declared. */
  readonly size: bigint | undefined;
}

/** RFC 8878, 3.1.1.1. */
async function readFrameHeader(input: PackedBytes): Promise<FrameHeader> {
  const descriptor = await input.take(1);
  const flags = descriptor.readUInt8();
  const isSingleSegment = (flags & 0x20) !== 0;
  if ((flags & 0x08) !== 0) throw corrupt(WHAT);
  const window = await input.take(isSingleSegment ? 0 : 1);
  const dictionary = await input.take([0, 1, 2, 4][flags & 3] ?? 0);
  const sizeBytes = [isSingleSegment ? 1 : 0, 2, 4, 8][flags >> 6] ?? 0;
  const content = await input.take(sizeBytes);
  const size = sizeBytes === 0 ? undefined : contentSize(content);
  if (dictionary.some((byte) => byte !== 0)) {
    throw new UnpackError({
      reason: `the ${WHAT} was compressed with a dictionary`,
      remedy: 'compress the file without a dictionary',
    });
  }
  const windowBytes = isSingleSegment ? Number(size) : windowSize(window.readUInt8());
  if (windowBytes > MAX_WINDOW_BYTES) {
    throw new UnpackError({
      reason: `the ${WHAT} needs a window of ${windowBytes} bytes, more than the ${MAX_WINDOW_BYTES} allowed`,
      remedy: 'compress the file with a window of at most 128 MiB, without --long or --ultra',
    });
  }
  const magic = Buffer.alloc(4);
  magic.writeUInt32LE(FRAME);
  const bytes = Buffer.concat([magic, descriptor, window, dictionary, content]);
  return { bytes, hasChecksum: (flags & 0x04) !== 0, size };
}

function contentSize(bytes: Buffer): bigint {
  const padded = Buffer.alloc(8);
  bytes.copy(padded);
  // A size of two bytes starts at 256.
  return padded.readBigUInt64LE() + (bytes.length === 2 ? 256n : 0n);
}

function windowSize(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

/** A block with its header (RFC 8878, 3.1.1.2). */
async function readBlock(input: PackedBytes): Promise<{ bytes: Buffer; isLast: boolean }> {
  const header = await input.take(3);
  const bits = header.readUIntLE(0, 3);
  const type = (bits >> 1) & 3;
  const size = bits >> 3;
  const RUN = 1;
  const RESERVED = 3;
  if (type === RESERVED || size > MAX_BLOCK_BYTES) throw corrupt(WHAT);
  const content = await input.take(type === RUN ? 1 : size);
  return { bytes: Buffer.concat([header, content]), isLast: (bits & 1) === 1 };
}

function decode(decoder: Decompress, bytes: Buffer, isLast: boolean): void {
  try {
    decoder.push(bytes, isLast);
  } catch {
    throw corrupt(WHAT);
  }
}

/** Takes bytes from a stream of chunks. */
class PackedBytes {
  private readonly chunks: AsyncIterator<Buffer>;
  private rest: Buffer = Buffer.alloc(0);

  constructor(chunks: AsyncIterable<Buffer>) {
    this.chunks = chunks[Symbol.asyncIterator]();
  }

  async isAtEnd(): Promise<boolean> {
    return !(await this.fill(1));
  }

  /** @throws UnpackError if there are fewer */
  async take(length: number): Promise<Buffer> {
    if (!(await this.fill(length))) throw truncated(WHAT);
    const taken = this.rest.subarray(0, length);
    this.rest = this.rest.subarray(length);
    return taken;
  }

  async skip(length: number): Promise<void> {
    for (let left = length; left > 0; ) {
      if (!(await this.fill(1))) throw truncated(WHAT);
      left -= (await this.take(Math.min(left, this.rest.length))).length;
    }
  }

  async close(): Promise<void> {
    await this.chunks.return?.();
  }

  /** Reads until there are as many bytes; false if the stream ends before. */
  private async fill(length: number): Promise<boolean> {
    while (this.rest.length < length) {
      const { value, done } = await this.chunks.next();
      if (done) return false;
      this.rest = this.rest.length === 0 ? value : Buffer.concat([this.rest, value]);
    }
    return true;
  }
}
