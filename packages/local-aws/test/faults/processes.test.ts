import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { EcsTasks } from '../../src/ecs/tasks';
import { Faults } from '../../src/faults/faults';
import type { RuleInput } from '../../src/faults/rule';
import { LambdaFunctions } from '../../src/lambda/functions';
import { DEFAULT_PLACE } from '../../src/place';
import { directoryOf, isAlive, remove, until } from '../../src/testing/files';
import { ADMINISTRATOR, iamWithRole } from '../../src/testing/roles';
import { buildChild } from '../built';
import { functionConfig } from '../lambda/function-config';

const CODE = {
  'index.js': `
    const fs = require('node:fs');
    exports.handler = async (event) => { fs.appendFileSync(event.file, 'ran '); return process.pid; };`,
  'task.cjs': `require('node:fs').appendFileSync(process.env.FILE, 'ran ');`,
};
const functionIam = iamWithRole('lambda.amazonaws.com');
const taskIam = iamWithRole('ecs-tasks.amazonaws.com');

let code: string;
let data: string;
let file: string;
let faults: Faults;
let functions: LambdaFunctions;
let tasks: EcsTasks;
let children: { runtime: string; parentWatch: string };

beforeAll(() => {
  code = directoryOf(CODE);
  children = {
    runtime: buildChild('lambda/runtime.ts', code),
    parentWatch: buildChild('ecs/parent-watch.ts', code),
  };
});
afterAll(() => remove(code));

beforeEach(() => {
  data = directoryOf();
  file = path.join(data, 'ran');
  faults = new Faults();
  const options = { ...DEFAULT_PLACE, dataDirectory: data, platform: () => ({}), faults };
  functions = new LambdaFunctions({ ...options, iam: functionIam.iam, runtime: children.runtime });
  functions.deploy(functionConfig('greet', { roleArn: functionIam.roleArn, codeDirectory: code }));
  tasks = new EcsTasks({ ...options, iam: taskIam.iam, parentWatch: children.parentWatch });
  tasks.registerCluster('Shop');
  tasks.register({
    arn: 'arn:aws:ecs:us-east-1:000000000000:task-definition/work:1',
    family: 'work',
    cpu: '256',
    memory: '512',
    taskRoleArn: taskIam.roleArn,
    executionRoleArn: undefined,
    container: {
      name: 'main',
      image: 'repo:hash',
      imageDirectory: code,
      entryPoint: ['node'],
      command: ['task.cjs'],
      environment: { FILE: file },
      log: undefined,
      stopTimeoutSeconds: 1,
    },
  });
});
afterEach(async () => {
  await Promise.all([functions.close(), tasks.close(0)]);
  remove(data);
});

const times = () => (existsSync(file) ? readFileSync(file, 'utf8').split(' ').length - 1 : 0);
const fault = (service: string, effect: RuleInput['effect']) => faults.plan.put({ service, effect });
const invoke = () => functions.invoke(ADMINISTRATOR, 'greet', JSON.stringify({ file }), 'refuse');

const run = () =>
  tasks.run({
    caller: ADMINISTRATOR,
    cluster: 'Shop',
    taskDefinition: 'work',
    logName: 'execution-1',
    signal: new AbortController().signal,
  });

test('an invocation fails, or runs and loses its response, with an error of Lambda or its client', async () => {
  fault('lambda', { do: 'refuse', how: 'throttle' });
  await expect(invoke()).rejects.toMatchObject({ code: 'TooManyRequestsException' });
  fault('lambda', { do: 'refuse', how: 'inactive' });
  await expect(invoke()).rejects.toMatchObject({ code: 'CodeArtifactUserPendingException', status: 409 });
  expect(times()).toBe(0);
  fault('lambda', { do: 'lose-answer' });
  await expect(invoke()).rejects.toMatchObject({ code: 'SdkClientException' });
  expect(times()).toBe(1);
});

test.each([
  ['before', 1],
  ['after', 2],
] as const)('a function that is killed %s its work fails with the error of Lambda', async (at, ran) => {
  const { payload: pid } = await invoke();
  fault('lambda', { do: 'kill', at });
  const killed = await invoke();
  expect(killed.functionError).toBe('Unhandled');
  expect(JSON.parse(killed.payload).errorType).toBe('Runtime.ExitError');
  expect(times()).toBe(ran);
  await until(() => !isAlive(Number(pid)));
  expect((await invoke()).functionError).toBeUndefined();
});

test('a task fails to start, or runs although its start returns an error', async () => {
  fault('ecs', { do: 'refuse' });
  await expect(run()).rejects.toMatchObject({ code: 'ServerException' });
  expect(times()).toBe(0);
  fault('ecs', { do: 'lose-answer' });
  await expect(run()).rejects.toMatchObject({ code: 'SdkClientException' });
  expect(faults.isIdle).toBe(false);
  await until(() => faults.isIdle);
  expect(times()).toBe(1);
});

test.each([
  ['before', 0],
  ['after', 1],
] as const)('a task that is killed %s its work exits with 137', async (at, ran) => {
  fault('ecs', { do: 'kill', at });
  expect((await run()).Containers).toMatchObject([{ ExitCode: 137 }]);
  expect(times()).toBe(ran);
});

test('finds and kills a process by access key, and lists all process ids', async () => {
  const issued = keysOfStarted();
  const pid = Number((await invoke()).payload);
  const [key = ''] = issued;
  expect([faults.processes.has(key), faults.processes.has('local')]).toEqual([true, false]);
  expect(faults.processes.pids).toEqual([pid]);
  faults.processes.kill(key);
  await until(() => !isAlive(pid));
  await until(() => !faults.processes.has(key));
});

test('only the process id of an ended task is kept', async () => {
  const issued = keysOfStarted();
  await run();
  expect(issued).toHaveLength(1);
  expect(issued.filter((key) => faults.processes.has(key))).toEqual([]);
  expect(faults.processes.pids).toHaveLength(1);
});

/** Access keys of processes that start from now on. */
function keysOfStarted(): string[] {
  const issued: string[] = [];
  const started = faults.processes.started.bind(faults.processes);
  faults.processes.started = (process) => {
    issued.push(process.accessKeyId);
    started(process);
  };
  return issued;
}
