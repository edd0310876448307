import { readdirSync, readFileSync } from 'node:fs';
import { packagePath } from '../../package-path';
import { dockerfileFaults } from './dockerfile-rules';

/** The context is what the build made. */
const dockerfile = readFileSync(packagePath('runtime', 'Dockerfile'), 'utf8');
const context = readdirSync(packagePath('dist', 'image'));

test('the Dockerfile keeps every rule', () => {
  expect(dockerfileFaults(dockerfile, context)).toEqual([]);
});

test('the context holds the Dockerfile as it is', () => {
  expect(readFileSync(packagePath('dist', 'image', 'Dockerfile'), 'utf8')).toBe(dockerfile);
});

test.each([
  ['a base without a version', [/(node):[\d.]+-[\w-]+/g, '$1:latest'], /neither an exact version/],
  ['a base of a major version', [/:24[\d.]+/g, ':24'], /neither an exact version/],
  ['no user', [/^USER .*$/m, ''], /runs as root/],
  ['root', [/^USER .*$/m, 'USER 0:0'], /runs as root/],
  ['a shell around the command', [/^ENTRYPOINT .*$/m, 'ENTRYPOINT node'], /not the exec form/],
  ['an ADD of a URL', [/^VOLUME/m, 'ADD https://example.com/x.tar /x\nVOLUME'], /ADD also fetches/],
  ['npm install', [/npm ci/, 'npm install'], /npm ci keeps to the lockfile/],
  ['a source that is not in the context', [/\*\.cjs/, 'server.js'], /server.js is not in the context/],
  ['a RUN in the last stage', [/^VOLUME/m, 'RUN id\nVOLUME'], /needs the architecture/],
] as const)('%s is found', (_, [pattern, replacement], fault) => {
  const broken = dockerfile.replace(pattern, replacement);
  expect(broken).not.toBe(dockerfile);
  expect(dockerfileFaults(broken, context).join('\n')).toMatch(fault);
});

test('both stages have one base, of the major version that the functions run on', () => {
  const bases = [...dockerfile.matchAll(/^FROM .*?(\S+\/node:\S+)/gm)].map(([, base]) => base);
  expect(bases).toHaveLength(2);
  expect(new Set(bases).size).toBe(1);
  const functions = readFileSync(packagePath('infra', 'functions.ts'), 'utf8');
  const major = /Runtime\.NODEJS_(\d+)_X/.exec(functions)?.[1];
  expect(bases[0]).toContain(`:${major}.`);
});

test('the lockfile in the context names the versions and hashes of the project’s own, for both architectures', () => {
  const read = (...file: string[]) => JSON.parse(readFileSync(packagePath(...file), 'utf8')).packages;
  const { '': root, ...packages } = read('dist', 'image', 'package-lock.json');
  const own = read('package-lock.json');
  expect(Object.keys(root.dependencies)).toEqual(['@duckdb/node-api']);
  for (const [place, { version, integrity }] of Object.entries<Record<string, string>>(packages)) {
    expect({ place, version, integrity }).toEqual({
      place,
      version: own[place].version,
      integrity: own[place].integrity,
    });
    expect(integrity).toMatch(/^sha512-/);
  }
  for (const cpu of ['x64', 'arm64'])
    expect(packages).toHaveProperty([`node_modules/@duckdb/node-bindings-linux-${cpu}`]);
});
