import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { CRC32C, CRC64NVME, type Crc } from './crc';

/**
 * The supported checksums.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
 */
export const CHECKSUMS = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const;
export type ChecksumAlgorithm = (typeof CHECKSUMS)[number];

/** Checksum of the whole object, or of the checksums of its parts (`<value>-<parts>`). */
export type ChecksumType = 'FULL_OBJECT' | 'COMPOSITE';

export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  /** Base64; for COMPOSITE with a hyphen and the number of parts. */
  readonly value: string;
  readonly type: ChecksumType;
}

export interface Hasher {
  update(bytes: Uint8Array): void;
  /** Big-endian bytes. Call once. */
  digest(): Buffer;
}

export const checksumHeader = (algorithm: ChecksumAlgorithm): string =>
  `x-amz-checksum-${algorithm.toLowerCase()}`;

/** XML element name of a checksum. */
export const checksumElement = (algorithm: ChecksumAlgorithm): string => `Checksum${algorithm}`;

export function isChecksumAlgorithm(name: string): name is ChecksumAlgorithm {
  return (CHECKSUMS as readonly string[]).includes(name);
}

export const CHECKSUM_BYTES: Readonly<Record<ChecksumAlgorithm, number>> = {
  CRC32: 4,
  CRC32C: 4,
  CRC64NVME: 8,
  SHA1: 20,
  SHA256: 32,
};

export function hasher(algorithm: ChecksumAlgorithm | 'MD5'): Hasher {
  switch (algorithm) {
    case 'CRC32':
      return crc32Hasher();
    case 'CRC32C':
      return crcHasher(CRC32C, 4);
    case 'CRC64NVME':
      return crcHasher(CRC64NVME, 8);
    default:
      return createHash(algorithm.toLowerCase());
  }
}

/**
 * The checksum of the parts' checksums.
 * @param parts base64, in part order
 */
export function compositeChecksum(algorithm: ChecksumAlgorithm, parts: readonly string[]): string {
  const hash = hasher(algorithm);
  for (const part of parts) hash.update(Buffer.from(part, 'base64'));
  return `${hash.digest().toString('base64')}-${parts.length}`;
}

function crc32Hasher(): Hasher {
  let value = 0;
  return {
    update(bytes) {
      value = crc32(bytes, value);
    },
    digest() {
      const digest = Buffer.alloc(4);
      digest.writeUInt32BE(value);
      return digest;
    },
  };
}

function crcHasher(crc: Crc, bytesOut: 4 | 8): Hasher {
  let value = crc.start;
  return {
    update(bytes) {
      value = crc.update(bytes, value);
    },
    digest() {
      const digest = Buffer.alloc(8);
      digest.writeUInt32BE(value[0], 0);
      digest.writeUInt32BE(value[1], 4);
      return digest.subarray(8 - bytesOut);
    },
  };
}
