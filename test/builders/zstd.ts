import xxhash from 'xxhash-wasm';

const MAX_BLOCK_BYTES = 128 * 1024;

/** One Zstandard frame with a checksum: runs of one byte as such, everything else not compressed. */
export async function zstdOf(text: Uint8Array, { checksum = true } = {}): Promise<Buffer> {
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(text.length));
  // A size of eight bytes, and a window of 128 KiB.
  const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, checksum ? 0xc4 : 0xc0, 0x38]);
  const blocks: Buffer[] = [];
  for (let start = 0; start < Math.max(1, text.length); start += MAX_BLOCK_BYTES) {
    const content = Buffer.from(text.subarray(start, start + MAX_BLOCK_BYTES));
    const isLast = start + MAX_BLOCK_BYTES >= text.length ? 1 : 0;
    const isRun = content.length > 0 && content.every((byte) => byte === content[0]) ? 2 : 0;
    const block = Buffer.alloc(3);
    block.writeUIntLE((content.length << 3) | isRun | isLast, 0, 3);
    blocks.push(block, isRun ? content.subarray(0, 1) : content);
  }
  const hash = Buffer.alloc(4);
  hash.writeUInt32LE(Number((await xxhash()).create64().update(text).digest() & 0xffffffffn));
  return Buffer.concat([header, size, ...blocks, checksum ? hash : Buffer.alloc(0)]);
}
