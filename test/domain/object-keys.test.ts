import fc from 'fast-check';
import {
  archiveKey,
  copySource,
  decodeEventKey,
  encodeEventKey,
  MAX_KEY_BYTES,
  reasonKey,
  rejectedKey,
} from '../../domain/object-keys';

const ID = '20250330T161426Z-0123456789ab';
const anyKey = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 300 })
  .filter((key) => Buffer.from(key).toString() === key);

test('decodes an encoded event key', () => {
  fc.assert(fc.property(anyKey, (key) => expect(decodeEventKey(encodeEventKey(key))).toBe(key)));
});

test('encodes spaces and plus signs in event keys as S3 does', () => {
  expect(encodeEventKey('input/my file+1 (2).csv')).toBe('input/my+file%2B1+%282%29.csv');
});

test('a copy source keeps slashes and encodes everything else', () => {
  expect(copySource('bucket', 'input/ä b+c%?\'".csv')).toBe('bucket/input/%C3%A4%20b%2Bc%25%3F%27%22.csv');
});

test('files of the same name in two folders do not collide', () => {
  expect(archiveKey(ID, 'input/a/orders.csv')).toBe(`archive/${ID}/a/orders.csv`);
  expect(archiveKey(ID, 'input/b/orders.csv')).toBe(`archive/${ID}/b/orders.csv`);
});

test('a destination fits into an S3 key with every suffix, however long the key', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1100 }), (name) => {
      const key = reasonKey(rejectedKey(ID, `input/${name}`));
      expect(Buffer.byteLength(key)).toBeLessThanOrEqual(MAX_KEY_BYTES);
    }),
  );
});

test('two long keys that differ only in the middle have different destinations', () => {
  const long = (middle: string) => `input/${'a'.repeat(500)}${middle}${'b'.repeat(500)}.csv`;
  expect(archiveKey(ID, long('1'))).not.toBe(archiveKey(ID, long('2')));
  expect(archiveKey(ID, long('1'))).toMatch(/b\.csv$/);
});
