import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildSync } from 'esbuild';
import { packagePath } from '../../package-path';

let root: string;
let preload: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'daybook-code-cache-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** A bundle large enough to be worth it. */
const bundle = (says: string) => `console.log(${JSON.stringify(says)}); /*${' '.repeat(600_000)}*/`;
const run = (file: string) =>
  execFileSync(process.execPath, ['--require', preload, file], { encoding: 'utf8' });

function layOut(folder: string): { file: string; cached: () => string[] } {
  mkdirSync(path.join(root, folder, 'local'), { recursive: true });
  preload = path.join(root, folder, 'local', 'code-cache.cjs');
  buildSync({
    entryPoints: [packagePath('cli', 'code-cache.ts')],
    outfile: preload,
    bundle: true,
    platform: 'node',
  });
  const directory = path.join(root, folder, 'code-cache');
  return { file: path.join(root, folder, 'bundle.cjs'), cached: () => readdirSync(directory) };
}

test('caches compiled code next to the bundles, and compiles a changed bundle again', () => {
  const { file, cached } = layOut('dist');
  writeFileSync(file, bundle('first'));
  expect([run(file), run(file)]).toEqual(['first\n', 'first\n']);
  expect(cached()).toHaveLength(1);
  writeFileSync(file, bundle('other'));
  expect(run(file)).toBe('other\n');
  expect(cached()).toHaveLength(2);
});

test('ignores a broken cache file', () => {
  const { file, cached } = layOut('dist');
  writeFileSync(file, bundle('whole'));
  run(file);
  for (const name of cached()) writeFileSync(path.join(root, 'dist', 'code-cache', name), 'broken');
  expect(run(file)).toBe('whole\n');
});

test('caches nothing outside of a build', () => {
  const { file } = layOut('elsewhere');
  writeFileSync(file, bundle('plain'));
  expect(run(file)).toBe('plain\n');
  expect(readdirSync(root)).toEqual(['elsewhere']);
  expect(readdirSync(path.join(root, 'elsewhere')).sort()).toEqual(['bundle.cjs', 'local']);
});
