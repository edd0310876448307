import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DirectoryInUseError, lockDirectory } from '../src/directory-lock';
import { directoryOf, remove } from '../src/testing/files';

let directory: string;

beforeEach(() => {
  directory = directoryOf();
});
afterEach(() => remove(directory));

const lockFile = (of = directory) => path.join(of, 'lock');

test('creates the directory and locks it until released, under any name', () => {
  const data = path.join(directory, 'new', 'data');
  const unlock = lockDirectory(data);
  const alias = path.join(directory, 'alias');
  symlinkSync(data, alias);
  expect(() => lockDirectory(data)).toThrow(DirectoryInUseError);
  expect(() => lockDirectory(alias)).toThrow(`in use by process ${process.pid}`);
  unlock();
  expect(existsSync(lockFile(data))).toBe(false);
  lockDirectory(data)();
});

test('rejects a directory locked by another running process', () => {
  writeFileSync(lockFile(), `${process.ppid}\n`);
  expect(() => lockDirectory(directory)).toThrow(
    `${directory} is in use by process ${process.ppid}: stop that process, or choose another directory`,
  );
});

test.each([
  ['a dead process', '999999999\n'],
  ['an earlier process of the same number', `${process.ppid} 1\n`],
  ['a process killed while it wrote', ''],
])('takes over the lock of %s', (_, text) => {
  mkdirSync(directory, { recursive: true });
  writeFileSync(lockFile(), text);
  lockDirectory(directory)();
});
