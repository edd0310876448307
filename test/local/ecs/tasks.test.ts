import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { ContainerDefinition, TaskDefinition } from '../../../local/ecs/task-definition';
import { EcsTasks, type RunTaskRequest } from '../../../local/ecs/tasks';
import { buildChild, directoryOf, isAlive, remove, until } from '../built';
import { iamWithRole, ME } from '../iam/roles';

const IMAGE = {
  'show.cjs': `
    const fs = require('node:fs'), os = require('node:os');
    fs.writeFileSync(os.tmpdir() + '/left-behind', 'x');
    console.log(JSON.stringify({ args: process.argv.slice(2), env: process.env, cwd: process.cwd() }));
    console.error('said to stderr');`,
  'fail.cjs': 'process.exit(Number(process.argv[2]))',
  'stay.cjs': `
    process.on('SIGTERM', () => { if (process.argv[2] !== 'deaf') process.exit(143); });
    console.log(process.pid);
    setInterval(() => {}, 1000);`,
};

let image: string;
let data: string;
let tasks: EcsTasks;
let parentWatch: string;
const { iam } = iamWithRole('ecs-tasks.amazonaws.com');

beforeAll(() => {
  image = directoryOf(IMAGE);
  parentWatch = buildChild('local/ecs/parent-watch.ts', image);
});
afterAll(() => remove(image));

beforeEach(() => {
  data = directoryOf({ 'scratch/old/file': 'of a task that was killed' });
  tasks = new EcsTasks({
    dataDirectory: data,
    iam,
    account: '000000000000',
    region: 'us-east-1',
    platform: () => ({ AWS_ENDPOINT_URL: 'http://127.0.0.1:1' }),
    parentWatch,
  });
  tasks.registerCluster('Daybook');
  register({ command: ['show.cjs'] });
});
afterEach(async () => {
  await tasks.close(0);
  remove(data);
});

function register(container: Partial<ContainerDefinition>, roles: Partial<TaskDefinition> = {}): void {
  tasks.register({
    arn: 'arn:aws:ecs:us-east-1:000000000000:task-definition/show:1',
    family: 'show',
    cpu: '256',
    memory: '512',
    taskRoleArn: undefined,
    executionRoleArn: undefined,
    ...roles,
    container: {
      name: 'main',
      image: 'repo:hash',
      imageDirectory: image,
      entryPoint: ['node'],
      command: [],
      environment: { GREETING: 'hello', NAME: 'definition' },
      log: undefined,
      stopTimeoutSeconds: 30,
      ...container,
    },
  });
}

const run = (overrides?: object, fields: Partial<RunTaskRequest> = {}) =>
  tasks.run({
    caller: ME,
    cluster: 'arn:aws:ecs:us-east-1:000000000000:cluster/Daybook',
    taskDefinition: 'show:1',
    overrides,
    logName: 'execution-1',
    signal: new AbortController().signal,
    ...fields,
  });
const override = (fields: object) => ({ ContainerOverrides: [{ Name: 'main', ...fields }] });
const log = () => readFileSync(path.join(data, 'logs', 'ecs', 'execution-1', 'main.log'), 'utf8');

test('runs the command in the image, with the variables of a container and no others', async () => {
  const task = await run(override({ Environment: [{ Name: 'NAME', Value: 'override' }] }));
  expect(task.Containers).toMatchObject([{ Name: 'main', ExitCode: 0, LastStatus: 'STOPPED' }]);
  const { env, cwd } = JSON.parse(
    log()
      .split('\n')
      .find((line) => line.startsWith('{')) ?? '',
  );
  expect(cwd).toBe(image);
  const { PATH, HOME, TMPDIR, ...rest } = env;
  expect(rest).toEqual({
    AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
    // It has no role, and so no keys; nor is there a machine to ask for some.
    AWS_EC2_METADATA_DISABLED: 'true',
    GREETING: 'hello',
    NAME: 'override',
  });
  expect(TMPDIR).toContain(path.join(data, 'scratch'));
  expect([PATH, HOME]).toEqual([process.env.PATH, TMPDIR]);
  expect(log()).toContain('said to stderr');
});

test('takes away what a task left in its scratch, and what tasks of a dead endpoint left', async () => {
  expect(existsSync(path.join(data, 'scratch', 'old'))).toBe(false);
  await run();
  expect(readdirSync(path.join(data, 'scratch'))).toEqual([]);
});

test('tells the exit code, and the signal that ended it as 128 + n', async () => {
  expect(await run(override({ Command: ['fail.cjs', '7'] }))).toMatchObject({
    Containers: [{ ExitCode: 7 }],
    StopCode: 'EssentialContainerExited',
  });
  register({ command: ['stay.cjs', 'deaf'], stopTimeoutSeconds: 0.1 });
  const stop = new AbortController();
  const stopped = run(undefined, { signal: stop.signal });
  await until(() => existsSync(path.join(data, 'logs')) && /^\d+$/m.test(log()));
  stop.abort();
  expect(await stopped).toMatchObject({ Containers: [{ ExitCode: 137 }], StopCode: 'UserInitiated' });
});

test('stops a task that listens with SIGTERM', async () => {
  register({ command: ['stay.cjs'] });
  const stop = new AbortController();
  const stopped = run(undefined, { signal: stop.signal });
  await until(() => existsSync(path.join(data, 'logs')) && /^\d+$/m.test(log()));
  stop.abort();
  expect(await stopped).toMatchObject({ Containers: [{ ExitCode: 143 }] });
});

test('leaves no process behind when it closes', async () => {
  register({ command: ['stay.cjs', 'deaf'] });
  const stopped = run();
  await until(() => existsSync(path.join(data, 'logs')) && /^\d+$/m.test(log()));
  const pid = Number(/^\d+$/m.exec(log())?.[0]);
  await tasks.close(50);
  expect(isAlive(pid)).toBe(false);
  await stopped;
});

test('tells that a task did not start where its image is gone', async () => {
  register({ imageDirectory: path.join(image, 'gone') });
  const task = await run();
  expect(task).toMatchObject({ StopCode: 'TaskFailedToStart' });
  expect(task.StoppedReason).toContain('CannotStartContainerError');
});

test.each([
  [
    'overrides over 8,192 characters',
    override({ Environment: [{ Name: 'X', Value: 'x'.repeat(8192) }] }),
    {},
    'length must be at most 8192',
  ],
  [
    'overrides of another container',
    { ContainerOverrides: [{ Name: 'other' }] },
    {},
    'container named other',
  ],
  ['a field that ECS does not know', override({ Env: [] }), {}, 'Unrecognized key: "Env"'],
  ['another cluster', {}, { cluster: 'Other' }, 'Cluster not found: Other'],
  ['another task definition', {}, { taskDefinition: 'other' }, 'TaskDefinition not found: other'],
])('refuses %s', async (_, overrides, fields, message) => {
  await expect(run(overrides, fields)).rejects.toThrow(message);
});

test('refuses an entry point other than node', () => {
  expect(() => register({ entryPoint: ['python'] })).toThrow('only Node programs run locally');
});
