import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { directoryOf, remove } from 'local-aws/testing';
import { packagePath } from '../../package-path';

const { forbidden } = jest.requireActual<{ forbidden: { name: string }[] }>('../../.dependency-cruiser.cjs');

/** Files that break each rule, and what the lint step prints of them. */
const BROKEN: Readonly<Record<string, { readonly files: Record<string, string>; readonly says: string }>> = {
  'no-cycle': {
    files: { 'other/a.ts': `import './b';`, 'other/b.ts': `import type { A } from './a';` },
    says: 'other/a.ts → other/b.ts → other/a.ts',
  },
  'no-unresolved': { files: { 'other/lost.ts': `import './nowhere';` }, says: 'other/lost.ts → ./nowhere' },
  'pure-events': {
    files: { 'domain/events/io.ts': `import 'node:os';` },
    says: 'domain/events/io.ts → os',
  },
  'pure-domain': { files: { 'domain/io.ts': `import 'node:fs';` }, says: 'domain/io.ts → fs' },
  'no-task-from-another': {
    files: { 'tasks/stage/x.ts': `export * from '../move/y';`, 'tasks/move/y.ts': '' },
    says: 'tasks/stage/x.ts → tasks/move/y.ts',
  },
  ...Object.fromEntries(
    forbidden
      .map(({ name }) => /^only-(from|into)-(.*)$/.exec(name))
      .filter((found) => found !== null)
      .map(([name, direction, dashed = '']) => {
        const folder = dashed
          .replace('console-', 'console/')
          .replace('packages-local-aws', 'packages/local-aws')
          .replace('-src-', '/src/');
        const [own, other] = [`${folder}/${name}.ts`, `other/${name}.ts`];
        const up = '../'.repeat(folder.split('/').length);
        return direction === 'from'
          ? [
              name,
              {
                files: { [own]: `import type { Y } from '${up}${other}';`, [other]: '' },
                says: `${own} → ${other}`,
              },
            ]
          : [name, { files: { [other]: `import '../${own}';`, [own]: '' }, says: `${other} → ${own}` }];
      }),
  ),
};

test('every import rule has a file here that breaks it', () => {
  expect(Object.keys(BROKEN).sort()).toEqual(forbidden.map(({ name }) => name).sort());
});

let directory: string;
let lint: SpawnSyncReturns<string>;
beforeAll(() => {
  directory = directoryOf(Object.assign({}, ...Object.values(BROKEN).map(({ files }) => files)));
  const script = packagePath('scripts', 'lint-structure.mjs');
  lint = spawnSync(process.execPath, [script], { cwd: directory, encoding: 'utf8' });
});
afterAll(() => remove(directory));

test.each(Object.entries(BROKEN))('the lint step fails where %s is broken', (name, { says }) => {
  expect(lint.status).toBe(1);
  expect(lint.stdout.replaceAll(/\s*→\s*/g, ' → ')).toContain(`error ${name}: ${says}`);
});
