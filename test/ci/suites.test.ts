import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { packagePath } from '../../package-path';

/** The files of a set of suites; see jest.config.cjs. */
function suites(set: string): string[] {
  const jest = packagePath('node_modules', 'jest', 'bin', 'jest.js');
  const { stdout, stderr } = spawnSync(process.execPath, [jest, '--listTests'], {
    cwd: packagePath(),
    env: { ...process.env, DAYBOOK_TESTS: set },
    encoding: 'utf8',
  });
  if (stdout === '') throw new Error(stderr);
  return stdout
    .trim()
    .split('\n')
    .map((file) => path.relative(packagePath(), file));
}

test('every suite is a short one or a long one', () => {
  const [short, long] = [suites('short'), suites('long')];
  expect([...short, ...long].toSorted()).toEqual(suites('').toSorted());
  expect(long).toContain('test/tasks/refresh/refresh.test.ts');
  expect(short).toContain('test/ci/suites.test.ts');
}, 60_000);
