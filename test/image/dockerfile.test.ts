import { readdirSync, readFileSync } from 'node:fs';
import { packagePath } from '../../package-path';

/** The context is what the build made. */
const dockerfile = readFileSync(packagePath('runtime', 'Dockerfile'), 'utf8');
const context = readdirSync(packagePath('dist', 'image'));

test('everything that the Dockerfile copies is in the context', () => {
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(?:--\S+ )*(.+) \S+$/gm)].flatMap(
    ([, sources = '']) => sources.split(' '),
  );
  // Contracts are there only if the deployment has its own; a pattern may match nothing.
  expect(copied).toEqual(['package.json', 'package-lock.json', '*.cjs', 'contracts*.json']);
  expect(context).toEqual(expect.arrayContaining(['package.json', 'package-lock.json', 'validate.cjs']));
});

test('the context holds the Dockerfile as it is', () => {
  expect(readFileSync(packagePath('dist', 'image', 'Dockerfile'), 'utf8')).toBe(dockerfile);
});

test('both stages have one base, of the major version that the functions run on', () => {
  const bases = [...dockerfile.matchAll(/^FROM .*?(\S+\/node:\S+)/gm)].map(([, base]) => base);
  expect(bases).toHaveLength(2);
  expect(new Set(bases).size).toBe(1);
  const lambdaFunction = readFileSync(packagePath('infra', 'lambda-function.ts'), 'utf8');
  const major = /Runtime\.NODEJS_(\d+)_X/.exec(lambdaFunction)?.[1];
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
