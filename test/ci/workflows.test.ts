import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { packagePath } from '../../package-path';
import { workflowFaults } from './workflow-rules';

const directory = packagePath('.github', 'workflows');
const names = readdirSync(directory);
const scripts = Object.keys(JSON.parse(readFileSync(packagePath('package.json'), 'utf8')).scripts);
const read = (name: string) => readFileSync(path.join(directory, name), 'utf8');
const faultsOf = (text: string) => workflowFaults(parse(text), text, scripts);

test.each(names)('%s keeps every rule', (name) => {
  expect(faultsOf(read(name))).toEqual([]);
});

test.each([
  ['ci.yml', 'no permissions', /^permissions:\n {2}contents: read$/m, '', /no permissions/],
  [
    'ci.yml',
    'a right to write',
    /^ {2}audit:$/m,
    '  audit:\n    permissions: { contents: write }',
    /contents: write/,
  ],
  ['ci.yml', 'an action by a tag', /(actions\/checkout)@\w+/, '$1@v7', /not pinned to a commit/],
  ['ci.yml', 'a commit without its version', / # v7\.0\.1/, '', /no version is told/],
  ['ci.yml', 'a script that is not there', /npm run demo/, 'npm run deemo', /no such script/],
  ['ci.yml', 'no timeout', /^ {4}timeout-minutes: 5$/m, '', /audit: no timeout/],
  [
    'ci.yml',
    'foreign code with our rights',
    /^ {2}pull_request:$/m,
    '  pull_request_target:',
    /foreign code/,
  ],
  ['ci.yml', 'a token left behind', /persist-credentials: false/, 'fetch-depth: 1', /leaves its token/],
  [
    'ci.yml',
    'a title as a command',
    /npm run demo/,
    `echo $\{{ github.event.pull_request.title }}`,
    /becomes a command/,
  ],
  [
    'deploy.yml',
    'a key',
    /role-to-assume: .*/,
    `aws-access-key-id: $\{{ secrets.AWS_KEY }}`,
    /a secret: secrets\.AWS_KEY/,
  ],
  ['deploy.yml', 'forks', / *&& github\.event\.pull_request\.head.*\n/, '', /a fork’s pull request/],
  ['deploy.yml', 'no environment', /^ {4}environment: .*$/m, '', /outside of an environment/],
  [
    'deploy.yml',
    'a race',
    /group: deploy-production\n.*false/,
    'group: x\n      cancel-in-progress: true',
    /cut off/,
  ],
  ['deploy.yml', 'no concurrency', /^ {4}concurrency:\n.*diff.*\n.*\n/m, '', /diff: no concurrency group/],
  [
    'deploy.yml',
    'a build with credentials',
    /npx cdk deploy/,
    'npm run build && npx cdk deploy',
    /credentials at hand/,
  ],
  [
    'deploy.yml',
    'a deployment from a pull request',
    /if: github\.event_name == 'push'\n( +needs)/,
    'if: always()\n$1',
    /runs for pull requests too/,
  ],
] as const)('%s: %s is found', (name, _, pattern, replacement, fault) => {
  const text = read(name);
  const broken = text.replace(pattern, replacement);
  expect(broken).not.toBe(text);
  expect(faultsOf(broken).join('\n')).toMatch(fault);
});

const commandsOf = (job: { steps: { run?: string }[] }) => job.steps.flatMap(({ run }) => run ?? []);

test('ci.yml checks, tests, synthesizes, lints the template, builds the image both ways, measures, audits, and asks foreign clients', () => {
  const commands = Object.values(parse(read('ci.yml')).jobs as Record<string, { steps: { run?: string }[] }>)
    .flatMap(commandsOf)
    .join('\n');
  for (const command of [
    ...['.ci/run', 'npm run demo', 'npm run synth', 'npm run lint:template', 'npm run sizes'],
    ...['docker build ', 'npm audit --omit=dev', 'npm run test:interop', 'npm run test:kafka'],
  ])
    expect(commands).toContain(command);
  const checks = readFileSync(packagePath('.ci', 'run'), 'utf8');
  for (const check of [
    'npm ci && npm test',
    'npm run test:long',
    'npm test --workspace local-aws',
    'lint ',
    'lint:template',
    'typecheck',
  ])
    expect(checks).toContain(check);
});

test('deploy.yml shows the changes of a pull request, and deploys on the image’s own architecture', () => {
  const { on, jobs } = parse(read('deploy.yml'));
  expect(on).toHaveProperty('pull_request');
  expect(commandsOf(jobs.diff).join()).toContain('cdk diff');
  expect(jobs.diff.if).toContain("github.event_name == 'pull_request'");
  expect(commandsOf(jobs.deploy).join()).toContain('cdk deploy');
  expect(jobs.deploy['runs-on']).toMatch(/-arm$/);
});

test('nothing is deployed that did not pass ci.yml on a tag', () => {
  const { on, jobs } = parse(read('deploy.yml'));
  expect(on.push).toEqual({ tags: ['v*'] });
  expect(jobs.deploy).toMatchObject({ needs: 'checks', if: "github.event_name == 'push'" });
  expect(jobs.checks.uses).toBe('./.github/workflows/ci.yml');
  expect(parse(read('ci.yml')).on).toHaveProperty('workflow_call');
});

test('the tests run on the oldest Node that is supported and on the one that is deployed', () => {
  const { engines } = JSON.parse(readFileSync(packagePath('package.json'), 'utf8'));
  const base = /node:(\d+)\./.exec(readFileSync(packagePath('runtime', 'Dockerfile'), 'utf8'))?.[1];
  const { matrix } = parse(read('ci.yml')).jobs.test.strategy;
  expect(matrix.node).toEqual([Number(/\d+/.exec(engines.node)?.[0]), Number(base)]);
});

test('updates are asked for of everything that is pinned', () => {
  const { updates } = parse(readFileSync(packagePath('.github', 'dependabot.yml'), 'utf8'));
  const asked = updates.map((one: Record<string, string>) => [one['package-ecosystem'], one.directory]);
  expect(asked).toEqual([
    ['npm', '/'],
    ['github-actions', '/'],
    ['docker', '/runtime'],
    ['maven', '/packages/local-aws/test/kafka'],
    ['maven', '/test/interop/jdbc'],
    ['pip', '/test/interop'],
    ['pip', '/test/kafka'],
  ]);
  expect(existsSync(packagePath('runtime', 'Dockerfile'))).toBe(true);
});
