import { CHECKSUMS, type ChecksumAlgorithm, compositeChecksum, hasher } from '../../src/s3/checksums';

/** Published check values over the digits 1 to 9: CRC catalogue, FIPS 180. */
const CHECK: Record<ChecksumAlgorithm, string> = {
  CRC32: 'cbf43926',
  CRC32C: 'e3069283',
  CRC64NVME: 'ae8b14860a799888',
  SHA1: 'f7c3bc1d808e04732adf679965ccc34ca7ae3441',
  SHA256: '15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225',
};

describe.each(CHECKSUMS)('%s', (algorithm) => {
  test('returns the published check value', () => {
    const hash = hasher(algorithm);
    hash.update(Buffer.from('123456789'));
    expect(hash.digest().toString('hex')).toBe(CHECK[algorithm]);
  });

  test('does not depend on chunk boundaries', () => {
    const bytes = Buffer.from(Array.from({ length: 1000 }, (_, i) => (i * 31 + (i >> 3)) & 255));
    const whole = hasher(algorithm);
    whole.update(bytes);
    const pieces = hasher(algorithm);
    for (let at = 0, step = 1; at < bytes.length; at += step, step = (step % 23) + 1) {
      pieces.update(bytes.subarray(at, at + step));
    }
    expect(pieces.digest().toString('hex')).toBe(whole.digest().toString('hex'));
  });
});

test('a composite checksum covers the checksums of the parts and has their number', () => {
  const parts = ['a', 'b'].map((text) => {
    const hash = hasher('SHA256');
    hash.update(Buffer.from(text));
    return hash.digest();
  });
  const over = hasher('SHA256');
  over.update(Buffer.concat(parts));
  expect(
    compositeChecksum(
      'SHA256',
      parts.map((part) => part.toString('base64')),
    ),
  ).toBe(`${over.digest().toString('base64')}-2`);
});
