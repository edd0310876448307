import { isUtf8 } from 'node:buffer';

/** How many bytes at the end begin a character that may go on in the next chunk. */
export function unfinishedBytes(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] as number;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return length > back ? back : 0;
    }
  }
  return 0;
}

/** Where the first invalid character begins, in bytes that are known to hold one. */
export function firstInvalid(bytes: Buffer): number {
  let at = 0;
  while (at < bytes.length) {
    const length = characterLength(bytes[at] as number);
    if (length !== 1 && (length === 0 || !isUtf8(bytes.subarray(at, at + length)))) break;
    at += length;
  }
  return at;
}

/** By a character's first byte; 0 for one that begins none. */
function characterLength(byte: number): number {
  if (byte < 0x80) return 1;
  return byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 0;
}
