import { closeSync, openSync, readSync } from 'node:fs';

/** How a file is compressed. */
export type Packaging = 'none' | 'gzip' | 'zstd' | 'zip';

/** The first bytes of compressed files; of Zstandard also those of a skippable frame, which its type follows in four bits. */
const SIGNATURES: readonly [Packaging, readonly (readonly [byte: number, mask: number])[]][] = [
  ['gzip', exactly(0x1f, 0x8b)],
  ['zstd', exactly(0x28, 0xb5, 0x2f, 0xfd)],
  ['zstd', [[0x50, 0xf0], ...exactly(0x2a, 0x4d, 0x18)]],
  ['zip', exactly(0x50, 0x4b, 3, 4)],
  // An archive without members.
  ['zip', exactly(0x50, 0x4b, 5, 6)],
];

const SIGNATURE_BYTES = 4;

/** Tells by the first bytes how a file is compressed: its name may say something else. */
export function packagingOf(head: Uint8Array): Packaging {
  const found = SIGNATURES.find(([, bytes]) =>
    bytes.every(([byte, mask], at) => ((head[at] ?? ~byte) & mask) === byte),
  );
  return found?.[0] ?? 'none';
}

/** {@link packagingOf} a local file. */
export function filePackaging(path: string): Packaging {
  const file = openSync(path, 'r');
  try {
    const head = Buffer.alloc(SIGNATURE_BYTES);
    return packagingOf(head.subarray(0, readSync(file, head, 0, SIGNATURE_BYTES, 0)));
  } finally {
    closeSync(file);
  }
}

function exactly(...bytes: number[]): [number, number][] {
  return bytes.map((byte) => [byte, 0xff]);
}
