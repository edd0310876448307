import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { ContainerDefinition, TaskDefinition } from '../../src/ecs/task-definition';
import { EcsTasks, type RunTaskRequest } from '../../src/ecs/tasks';
import { DEFAULT_PLACE } from '../../src/place';
import { directoryOf, isAlive, remove, until } from '../../src/testing/files';
import { ADMINISTRATOR, iamWithRole, policyOf, trustPolicy } from '../../src/testing/roles';
import { buildChild } from '../built';

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
  parentWatch = buildChild('ecs/parent-watch.ts', image);
});
afterAll(() => remove(image));

beforeEach(() => {
  data = directoryOf({ 'scratch/old/file': 'of a task that was killed' });
  tasks = new EcsTasks({
    dataDirectory: data,
    iam,
    ...DEFAULT_PLACE,
    platform: () => ({ AWS_ENDPOINT_URL: 'http://127.0.0.1:1' }),
    parentWatch,
  });
  tasks.registerCluster('Shop');
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
    caller: ADMINISTRATOR,
    cluster: 'arn:aws:ecs:us-east-1:000000000000:cluster/Shop',
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
    // Without a role it has no credentials, and no instance metadata to get them from.
    AWS_EC2_METADATA_DISABLED: 'true',
    GREETING: 'hello',
    NAME: 'override',
  });
  expect(TMPDIR).toContain(path.join(data, 'scratch'));
  expect([PATH, HOME]).toEqual([process.env.PATH, TMPDIR]);
  expect(log()).toContain('said to stderr');
});

test('removes the temporary files of a task and those of a killed endpoint', async () => {
  expect(existsSync(path.join(data, 'scratch', 'old'))).toBe(false);
  await run();
  expect(readdirSync(path.join(data, 'scratch'))).toEqual([]);
});

test('returns the exit code, or 128 + n for a signal', async () => {
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

test('stops a task with SIGTERM', async () => {
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

test('reports a task that did not start without its image', async () => {
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

test('rejects an entry point other than node', () => {
  expect(() => register({ entryPoint: ['python'] })).toThrow('only Node programs run locally');
});

describe('roles', () => {
  const TASKS = 'ecs-tasks.amazonaws.com';
  const DEFINITION = 'arn:aws:ecs:us-east-1:000000000000:task-definition/show:1';
  const IMAGE_URI = '000000000000.dkr.ecr.us-east-1.amazonaws.com/images:hash';
  const STREAM = 'arn:aws:logs:us-east-1:000000000000:log-group:tasks:log-stream:work/main/*';
  const putRole = (name: string, service: string, ...rights: object[]) => {
    const arn = iam.putRole(name, trustPolicy(service));
    iam.putRolePolicy(arn, 'rights', policyOf(...rights));
    return arn;
  };
  const taskRole = putRole('task', TASKS);
  const RUN = { Action: 'ecs:RunTask', Resource: DEFINITION };
  const pass = (...Resource: string[]) => ({
    Action: 'iam:PassRole',
    Resource,
    Condition: { StringEquals: { 'iam:PassedToService': TASKS } },
  });
  /** A caller with these permissions. */
  const starter = (...rights: object[]) =>
    iam.assume(putRole('starter', 'states.amazonaws.com', ...rights), 'states.amazonaws.com', 'arn:m', 's');

  test('a task has credentials of its role while it runs', async () => {
    register({ command: ['show.cjs'] }, { taskRoleArn: taskRole });
    const task = await run(undefined, { caller: starter(RUN, pass(taskRole)) });
    const { env } = JSON.parse(log().split('\n')[0] ?? '');
    expect(env.AWS_ACCESS_KEY_ID).toMatch(/^ASIA/);
    expect(env.AWS_SECRET_ACCESS_KEY).not.toBe('');
    expect(task.TaskArn).toMatch(/[0-9a-f]{32}$/);
    expect(() => iam.callerOf(env.AWS_ACCESS_KEY_ID, env.AWS_SESSION_TOKEN)).toThrow('is invalid');
  });

  test('a caller needs ecs:RunTask, and iam:PassRole for the roles of the definition and overrides', async () => {
    const refused = (action: string, resource: string) => ({
      code: 'AccessDeniedException',
      message: expect.stringContaining(
        `is not authorized to perform: ${action} on resource: ${resource} because`,
      ),
    });
    const other = putRole('other', TASKS);
    const override = { TaskRoleArn: other };
    register({ command: ['show.cjs'] }, { taskRoleArn: taskRole, executionRoleArn: taskRole });
    await expect(run({}, { caller: starter() })).rejects.toMatchObject(refused('ecs:RunTask', DEFINITION));
    await expect(run({}, { caller: starter(RUN) })).rejects.toMatchObject(refused('iam:PassRole', taskRole));
    await expect(run(override, { caller: starter(RUN, pass(taskRole)) })).rejects.toMatchObject(
      refused('iam:PassRole', other),
    );
    const elsewhere = {
      ...RUN,
      Condition: { ArnEquals: { 'ecs:cluster': 'arn:aws:ecs:*:*:cluster/Other' } },
    };
    await expect(run({}, { caller: starter(elsewhere, pass(taskRole)) })).rejects.toMatchObject(
      refused('ecs:RunTask', DEFINITION),
    );
  });

  test('a role that trusts another service cannot be assumed', async () => {
    register({ command: ['show.cjs'] }, { taskRoleArn: putRole('lambdas', 'lambda.amazonaws.com') });
    await expect(run()).rejects.toThrow(
      /^ECS was unable to assume the role .*role\/lambdas'.* sts:AssumeRole/,
    );
  });

  const image = 'arn:aws:ecr:us-east-1:000000000000:repository/images';
  const PULL = ['ecr:BatchCheckLayerAvailability', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchGetImage'];
  const LAUNCH = [
    { Action: 'ecr:GetAuthorizationToken', Resource: '*' },
    ...PULL.map((Action) => ({ Action, Resource: image })),
    { Action: 'logs:CreateLogStream', Resource: STREAM },
    { Action: 'logs:PutLogEvents', Resource: STREAM },
  ];
  const container = {
    command: ['show.cjs'],
    image: IMAGE_URI,
    log: { group: 'tasks', streamPrefix: 'work' },
  };

  test('a task starts with an execution role that can pull the image and write the log', async () => {
    register(container, { executionRoleArn: putRole('execution', TASKS, ...LAUNCH) });
    expect(await run()).toMatchObject({ Containers: [{ ExitCode: 0 }] });
  });

  test.each(LAUNCH.map(({ Action }) => Action))(
    'without %s it does not start and reports the reason',
    async (missing) => {
      const rights = LAUNCH.filter(({ Action }) => Action !== missing);
      register(container, { executionRoleArn: putRole('execution', TASKS, ...rights) });
      expect(await run()).toMatchObject({
        StopCode: 'TaskFailedToStart',
        StoppedReason: expect.stringMatching(
          `^ResourceInitializationError: AccessDeniedException: .* ${missing} on`,
        ),
      });
    },
  );
});
