/**
 * The S3 checksums that Node lacks, CRC-32C and CRC-64/NVME, computed eight bytes at a time.
 */

/** An incremental checksum, like zlib.crc32, that starts with `start`. */
export interface Crc {
  readonly start: CrcValue;
  update(bytes: Uint8Array, from: CrcValue): CrcValue;
}

/** High and low 32 bits, unsigned. */
type CrcValue = readonly [high: number, low: number];

export const CRC32C = crc([0, 0x82f63b78], [0, 0xffffffff]);
export const CRC64NVME = crc([0x9a6c9329, 0xac4bc9b5], [0xffffffff, 0xffffffff]);

/**
 * A reflected CRC. A 32-bit CRC is computed as a 64-bit one whose high half is zero.
 * @param polynomial bit-reversed
 * @param invert initial and final XOR value
 */
function crc(polynomial: CrcValue, invert: CrcValue): Crc {
  let tables: readonly [high: Uint32Array, low: Uint32Array] | undefined;
  return {
    start: [0, 0],
    update(bytes, [fromHigh, fromLow]) {
      tables ??= buildTables(polynomial);
      const [highs, lows] = tables;
      const at = (table: Uint32Array, index: number) => table[index] as number;
      let high = (fromHigh ^ invert[0]) >>> 0;
      let low = (fromLow ^ invert[1]) >>> 0;
      let i = 0;
      for (const end = bytes.length - 7; i < end; i += 8) {
        const x = low ^ word(bytes, i);
        const y = high ^ word(bytes, i + 4);
        const a = 1792 + (x & 255);
        const b = 1536 + ((x >>> 8) & 255);
        const c = 1280 + ((x >>> 16) & 255);
        const d = 1024 + (x >>> 24);
        const e = 768 + (y & 255);
        const f = 512 + ((y >>> 8) & 255);
        const g = 256 + ((y >>> 16) & 255);
        const h = y >>> 24;
        high =
          at(highs, a) ^
          at(highs, b) ^
          at(highs, c) ^
          at(highs, d) ^
          at(highs, e) ^
          at(highs, f) ^
          at(highs, g) ^
          at(highs, h);
        low =
          at(lows, a) ^
          at(lows, b) ^
          at(lows, c) ^
          at(lows, d) ^
          at(lows, e) ^
          at(lows, f) ^
          at(lows, g) ^
          at(lows, h);
      }
      for (; i < bytes.length; i++) {
        const index = (low ^ (bytes[i] as number)) & 255;
        low = ((low >>> 8) | (high << 24)) ^ at(lows, index);
        high = (high >>> 8) ^ at(highs, index);
      }
      return [(high ^ invert[0]) >>> 0, (low ^ invert[1]) >>> 0];
    },
  };
}

function word(bytes: Uint8Array, i: number): number {
  return (
    (bytes[i] as number) |
    ((bytes[i + 1] as number) << 8) |
    ((bytes[i + 2] as number) << 16) |
    ((bytes[i + 3] as number) << 24)
  );
}

/** Table k, at 256 k, is the effect of a byte followed by k zero bytes. */
function buildTables([polyHigh, polyLow]: CrcValue): readonly [Uint32Array, Uint32Array] {
  const highs = new Uint32Array(8 * 256);
  const lows = new Uint32Array(8 * 256);
  for (let i = 0; i < 8 * 256; i++) {
    const first = i < 256;
    let high = first ? 0 : (highs[i - 256] as number);
    let low = first ? i : (lows[i - 256] as number);
    for (let bit = 0; bit < 8; bit++) {
      const carry = low & 1;
      low = (low >>> 1) | (high << 31);
      high >>>= 1;
      if (carry) {
        low ^= polyLow;
        high ^= polyHigh;
      }
    }
    highs[i] = high;
    lows[i] = low;
  }
  return [highs, lows];
}
