/** The import rules of the structure in docs/architecture.md, by resolved path; `npm run lint` checks them. */

const inside = (...folders) => `^(${folders.join('|')})/`;

/** Where the project is on disk; any folder that may use Node may import it. */
const PROJECT_PATH = '^package-path\\.ts$';

/** These folders may import only themselves, the folders listed, and packages. */
const ONLY = {
  storage: ['domain'],
  engine: ['domain', 'storage'],
  formats: ['domain', 'storage', 'engine'],
  lake: ['domain', 'storage', 'engine'],
  catalog: ['domain', 'lake'],
  serving: ['domain', 'storage', 'engine', 'lake'],
  runtime: ['domain', 'storage', 'engine', 'lake'],
  tasks: ['domain', 'storage', 'engine', 'formats', 'lake', 'catalog', 'serving', 'runtime'],
  cost: ['domain', 'state-machine'],
  'console/app': ['domain', 'console/api'],
  'packages/local-aws': [],
};

const only = Object.entries(ONLY).map(([folder, allowed]) => ({
  name: `only-from-${folder.replace('/', '-')}`,
  comment: `${folder} may import only ${allowed.length > 0 ? `${allowed.join(', ')} and ` : ''}packages`,
  severity: 'error',
  from: { path: inside(folder) },
  to: { pathNot: [inside(folder, ...allowed), '^node_modules/', PROJECT_PATH], dependencyTypesNot: ['core'] },
}));

/** These folders may be imported only by themselves and the folders listed. */
const ONLY_BY = {
  infra: ['test'],
  cli: ['bench', 'fixtures', 'test'],
  bench: ['test'],
  test: ['scripts'],
  'packages/local-aws': ['cli', 'bench', 'test'],
  'packages/local-aws/src/faults': ['packages/local-aws/test', 'test'],
};

const onlyBy = Object.entries(ONLY_BY).map(([folder, importers]) => ({
  name: `only-into-${folder.replaceAll('/', '-')}`,
  comment: `only ${[...importers, 'itself'].join(', ')} may import ${folder}`,
  severity: 'error',
  from: { pathNot: [inside(folder, ...importers), '^[^/]+$'] },
  to: { path: inside(folder) },
}));

module.exports = {
  forbidden: [
    { name: 'no-cycle', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    ...only,
    ...onlyBy,
    {
      name: 'pure-domain',
      comment: 'domain holds pure rules: no Node API, and no package except zod',
      severity: 'error',
      from: { path: inside('domain'), pathNot: inside('domain/events') },
      to: { pathNot: [inside('domain'), '^node_modules/zod/'] },
    },
    {
      name: 'pure-events',
      comment: 'domain/events may also import pure packages about user agents and domain names',
      severity: 'error',
      from: { path: inside('domain/events') },
      to: { pathNot: [inside('domain'), '^node_modules/(zod|bowser|isbot|tldts)/'] },
    },
    {
      name: 'no-task-from-another',
      comment: 'a task never imports another task',
      severity: 'error',
      from: { path: '^tasks/([^/]+)/' },
      to: { path: '^tasks/', pathNot: '^tasks/$1/' },
    },
  ],
  options: {
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|cdk\\.out)/' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.mjs', '.cjs', '.js', '.json', '.sql', '.css'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
