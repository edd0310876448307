import fc from 'fast-check';
import {
  isAbsoluteUri,
  partitionDirectory,
  partitionValue,
  pathToUri,
  uriToPath,
} from '../../lake/partition-path';

describe('partition directories', () => {
  test.each([
    ['Men', 'department=Men/'],
    ['Men/Women', 'department=Men%2FWomen/'],
    ['x=y', 'department=x%3Dy/'],
    ['100%', 'department=100%25/'],
    ['a b', 'department=a b/'],
    ['it\'s "so"', 'department=it%27s %22so%22/'],
    ['😀', 'department=😀/'],
    ['..', 'department=../'],
    ['a\u0001b\u007f', 'department=a%01b%7F/'],
    ['[{}]^:?*#\\', 'department=%5B%7B}%5D%5E%3A%3F%2A%23%5C/'],
    [null, 'department=__HIVE_DEFAULT_PARTITION__/'],
    ['', 'department=__HIVE_DEFAULT_PARTITION__/'],
  ])('%j lies in %s', (value, directory) => {
    expect(partitionDirectory(['department'], { department: value })).toBe(directory);
  });

  test('nest in the order of the partition columns', () => {
    expect(partitionDirectory(['year', 'month'], { month: '07', year: '2025' })).toBe('year=2025/month=07/');
    expect(partitionDirectory([], {})).toBe('');
  });

  test('of long values stay apart and below the length that file systems take', () => {
    const [one, other] = ['x', 'y'].map((end) =>
      partitionDirectory(['department'], { department: `${'é'.repeat(500)}${end}` }),
    );
    expect(one).not.toBe(other);
    expect(Buffer.byteLength(one ?? '')).toBeLessThanOrEqual(201);
  });
});

test('an empty partition value is none', () => {
  expect(['', null, ' ', 'null'].map(partitionValue)).toEqual([null, null, ' ', 'null']);
});

describe('add.path', () => {
  test('is a URI that decodes to the key', () => {
    expect(pathToUri('department=a%2Fb c/part-1.parquet')).toBe('department=a%252Fb%20c/part-1.parquet');
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', minLength: 1 }), { minLength: 1 }), (parts) => {
        const path = parts.map((value) => partitionDirectory(['p'], { p: value })).join('');
        const uri = pathToUri(path);
        expect(uri).toMatch(/^[\w\-.!~*'()%/=]*$/);
        expect(uriToPath(uri)).toBe(path);
      }),
    );
  });

  test('of a writer that did not encode is taken as it is', () => {
    expect(uriToPath('p=100%/x.parquet')).toBe('p=100%/x.parquet');
  });

  test.each([
    ['s3://elsewhere/x.parquet', true],
    ['/x.parquet', true],
    ['p=a:b/x.parquet', false],
    ['x.parquet', false],
  ])('%s lies outside of its table: %s', (uri, isOutside) => {
    expect(isAbsoluteUri(uri)).toBe(isOutside);
  });
});
