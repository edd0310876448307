import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { LambdaFunctions } from '../../src/lambda/functions';
import { DEFAULT_PLACE } from '../../src/place';
import { directoryOf, isAlive, remove, until } from '../../src/testing/files';
import { ADMINISTRATOR, iamWithRole } from '../../src/testing/roles';
import { buildChild } from '../built';
import { functionConfig } from './function-config';

/** A runtime inside an image: it polls for invocations and answers them. */
const IMAGE = {
  'work.cjs': `
    const { readdirSync, writeFileSync } = require('node:fs');
    const { env } = process;
    const api = 'http://' + env.AWS_LAMBDA_RUNTIME_API + '/2018-06-01/runtime/invocation/';
    let calls = 0;
    (async () => {
      for (;;) {
        const next = await fetch(api + 'next');
        const id = next.headers.get('lambda-runtime-aws-request-id');
        const event = await next.json();
        calls++;
        console.log('call', JSON.stringify(event));
        if (event.exit) process.exit(event.exit);
        if (event.hang) for (;;);
        if (event.kill) process.kill(process.pid, 'SIGKILL');
        if (event.wait) await new Promise((resolve) => setTimeout(resolve, event.wait));
        const found = readdirSync(env.TMPDIR);
        writeFileSync(env.TMPDIR + '/left-' + calls, '');
        const result = { calls, event, found, pid: process.pid, tmp: env.TMPDIR, args: process.argv.slice(2),
          memory: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE, left: next.headers.get('lambda-runtime-deadline-ms') - Date.now() };
        const fault = { errorType: 'TaskFailed', errorMessage: 'no', stackTrace: [] };
        const answer = event.fail ? ['error', fault] : ['response', result];
        await fetch(api + id + '/' + answer[0], { method: 'POST', body: JSON.stringify(answer[1]) });
      }
    })();`,
};

let image: string;
let data: string;
let parentWatch: string;
let functions: LambdaFunctions;
const { iam, roleArn } = iamWithRole('lambda.amazonaws.com');

beforeAll(() => {
  image = directoryOf(IMAGE);
  parentWatch = buildChild('ecs/parent-watch.ts', image);
});
afterAll(() => remove(image));

beforeEach(() => {
  data = directoryOf();
  functions = new LambdaFunctions({
    ...DEFAULT_PLACE,
    iam,
    dataDirectory: data,
    platform: () => ({ AWS_REGION: 'us-east-1' }),
    runtime: 'none',
    parentWatch,
  });
  deploy();
});
afterEach(async () => {
  await functions.close();
  remove(data);
});

function deploy(timeoutSeconds = 10, command = ['node', 'work.cjs', 'first']): void {
  const environment = { TMPDIR: '/tmp' };
  functions.deploy(
    functionConfig('work', {
      roleArn,
      codeDirectory: image,
      image: { command },
      environment,
      timeoutSeconds,
      memoryMb: 2048,
    }),
  );
}

async function call(event: object) {
  const { payload, ...result } = await functions.invoke(
    ADMINISTRATOR,
    'work',
    JSON.stringify(event),
    'refuse',
  );
  return { ...result, payload: JSON.parse(payload) };
}

const scratches = () =>
  existsSync(path.join(data, 'scratch')) ? readdirSync(path.join(data, 'scratch')) : [];

test('the process of an image handles invocations in sequence, with its own /tmp', async () => {
  const first = await call({ a: 1 });
  expect(first.payload).toMatchObject({
    calls: 1,
    event: { a: 1 },
    found: [],
    args: ['first'],
    memory: '2048',
  });
  expect(first.payload.left).toBeGreaterThan(5000);
  expect(first.payload.tmp).toContain(data);
  const second = await call({});
  expect(second.payload).toMatchObject({ calls: 2, found: ['left-1'], pid: first.payload.pid });
  expect(readFileSync(path.join(data, 'logs', 'lambda', 'work.log'), 'utf8')).toContain('call {"a":1}');
  await functions.close();
  expect(isAlive(first.payload.pid)).toBe(false);
  expect(scratches()).toEqual([]);
});

test('concurrent invocations use separate processes', async () => {
  const [one, other] = await Promise.all([call({ wait: 100 }), call({ wait: 100 })]);
  expect(one?.payload.pid).not.toBe(other?.payload.pid);
  expect(one?.payload.tmp).not.toBe(other?.payload.tmp);
});

test('a posted error is the function error, and the process stays warm', async () => {
  expect(await call({ fail: true })).toMatchObject({
    functionError: 'Unhandled',
    payload: { errorType: 'TaskFailed', errorMessage: 'no' },
  });
  expect((await call({})).payload.calls).toBe(2);
});

test.each([
  ['ends', { exit: 3 }, 'Runtime.ExitError', 'Runtime exited with error: exit status 3'],
  ['is killed', { kill: true }, 'Runtime.ExitError', 'Runtime exited with error: signal: SIGKILL'],
  ['outlasts its time', { hang: true }, 'Sandbox.Timedout', 'Task timed out after 1.00 seconds'],
])(
  'an invocation fails if the process %s, and the next one uses a new process',
  async (_, event, type, text) => {
    deploy(1);
    const failed = await call(event);
    expect(failed.payload).toEqual({
      errorType: type,
      errorMessage: `RequestId: ${failed.requestId} Error: ${text}`,
    });
    expect((await call({})).payload).toMatchObject({ calls: 1, found: [] });
    await until(() => scratches().length === 1);
  },
);

test('every invocation of an image that does not start fails', async () => {
  deploy(10, ['node', 'missing.cjs']);
  expect((await call({})).payload.errorType).toBe('Runtime.ExitError');
  expect((await call({})).payload.errorType).toBe('Runtime.ExitError');
});
