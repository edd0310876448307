import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { packagePath } from '../../package-path';

const run = (...args: string[]) =>
  spawnSync(process.execPath, [packagePath('scripts', 'sizes', 'sizes.mjs'), ...args], {
    cwd: packagePath(),
    encoding: 'utf8',
  });

test('every bundle is printed with its size, and is within its budget', () => {
  const { stdout, status } = run();
  expect(stdout).toMatch(/console's page, compressed +\d\.\d\d MB {2}of 1\.00 MB/);
  for (const name of [
    'orchestrate',
    'settle',
    'validate.cjs',
    'stage.cjs',
    'transform.cjs',
    'load.cjs',
    'maintain.cjs',
  ])
    expect(stdout).toMatch(new RegExp(`${name.replace('.', '\\.')}, (zipped|compressed) +\\d+\\.\\d\\d MB`));
  expect(stdout).not.toContain('TOO LARGE');
  expect(status).toBe(0);
});

test('a bundle beyond its budget is named, with exit code 1', () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'daybook-sizes-'));
  const budgets = path.join(directory, 'budgets.json');
  const wide = { lambda: 100, console: 100, context: 100 };
  writeFileSync(budgets, JSON.stringify({ ...wide, bundle: 0.1 }));
  const { stdout, status } = run('--budgets', budgets);
  rmSync(directory, { recursive: true });
  const tooLarge = stdout.split('\n').filter((line) => line.endsWith('TOO LARGE'));
  expect(tooLarge).toHaveLength(5);
  expect(tooLarge.join()).toContain('transform.cjs');
  expect(status).toBe(1);
});
