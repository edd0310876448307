import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Caller } from '../../src/iam/access';
import type { FunctionConfig } from '../../src/lambda/function-config';
import { LambdaFunctions } from '../../src/lambda/functions';
import { DEFAULT_PLACE } from '../../src/place';
import { directoryOf, isAlive, remove, until } from '../../src/testing/files';
import { ADMINISTRATOR, iamWithRole, policyOf, trustPolicy } from '../../src/testing/roles';
import { buildChild } from '../built';
import { functionConfig } from './function-config';

const CODE = {
  'index.js': `
    let calls = 0;
    exports.handler = async (event, context) => {
      calls++;
      console.log('called with', JSON.stringify(event));
      if (event.fail) throw new RangeError(event.fail);
      if (event.exit) process.exit(event.exit);
      if (event.hang) for (;;);
      if (event.wait) await new Promise((resolve) => setTimeout(resolve, event.wait));
      if (event.nothing) return undefined;
      return { calls, event, pid: process.pid, env: process.env.GREETING, home: process.env.HOME,
        name: context.functionName, left: context.getRemainingTimeInMillis(), id: context.awsRequestId };
    };`,
  'broken.js': 'throw new Error("does not load")',
};

let code: string;
let data: string;
let runtime: string;
let functions: LambdaFunctions;
const { iam, roleArn } = iamWithRole('lambda.amazonaws.com');

beforeAll(() => {
  code = directoryOf(CODE);
  runtime = buildChild('lambda/runtime.ts', code);
});
afterAll(() => remove(code));

beforeEach(() => {
  data = directoryOf();
  functions = new LambdaFunctions({
    ...DEFAULT_PLACE,
    iam,
    dataDirectory: data,
    platform: () => ({ AWS_REGION: 'us-east-1' }),
    runtime,
  });
  deploy({});
});
afterEach(async () => {
  await functions.close();
  remove(data);
});

function deploy(fields: Partial<FunctionConfig>): void {
  functions.deploy(
    functionConfig('greet', { roleArn, codeDirectory: code, environment: { GREETING: 'hello' }, ...fields }),
  );
}

async function call(event: object, whenBusy: 'refuse' | 'wait' = 'refuse', reference = 'greet') {
  const { payload, ...result } = await functions.invoke(
    ADMINISTRATOR,
    reference,
    JSON.stringify(event),
    whenBusy,
  );
  return { ...result, payload: JSON.parse(payload) };
}

const log = () => {
  const file = path.join(data, 'logs', 'lambda', 'greet.log');
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
};

test('calls the handler with event, context and variables, and keeps its process warm', async () => {
  const first = await call({ a: 1 });
  expect(first).toMatchObject({
    payload: { calls: 1, event: { a: 1 }, env: 'hello', name: 'greet', home: code },
  });
  expect(first.payload.id).toBe(first.requestId);
  expect(first.payload.left).toBeGreaterThan(5000);
  const second = await call({}, 'refuse', 'arn:aws:lambda:us-east-1:000000000000:function:greet');
  expect(second.payload).toMatchObject({ calls: 2, pid: first.payload.pid });
  expect(readFileSync(path.join(data, 'logs', 'lambda', 'greet.log'), 'utf8')).toContain(
    'called with {"a":1}',
  );
});

test('a handler that returns nothing returns null', async () => {
  expect((await call({ nothing: true })).payload).toBeNull();
});

test('an error thrown by a handler is a function error, and the process stays warm', async () => {
  const failed = await call({ fail: 'too far' });
  expect(failed).toMatchObject({
    functionError: 'Unhandled',
    payload: {
      errorType: 'RangeError',
      errorMessage: 'too far',
      trace: expect.arrayContaining(['RangeError: too far']),
    },
  });
  expect((await call({})).payload.calls).toBe(2);
});

test('a handler that times out is killed, and the next invocation uses a new process', async () => {
  deploy({ timeoutSeconds: 0.3 });
  const failed = await call({ hang: true });
  expect(failed.payload).toEqual({
    errorType: 'Sandbox.Timedout',
    errorMessage: `RequestId: ${failed.requestId} Error: Task timed out after 0.30 seconds`,
  });
  expect((await call({})).payload.calls).toBe(1);
});

test('the processes of a function that is deployed again end', async () => {
  const { payload: idle } = await call({});
  const busy = call({ wait: 200 });
  await until(() => log().includes('"wait":200'));
  await call({});
  deploy({ environment: { GREETING: 'hi' } });
  expect((await call({})).payload.env).toBe('hi');
  await until(() => !isAlive(idle.pid));
  const { pid } = (await busy).payload;
  await until(() => !isAlive(pid));
});

test('a process that exits is a function error', async () => {
  const failed = await call({ exit: 3 });
  expect(failed.payload).toEqual({
    errorType: 'Runtime.ExitError',
    errorMessage: `RequestId: ${failed.requestId} Error: Runtime exited with error: exit status 3`,
  });
});

test.each([
  ['broken.handler', 'Error', 'does not load'],
  ['index.other', 'Runtime.HandlerNotFound', 'index.other is undefined or not exported'],
])('the handler %s is an error of every call', async (handler, errorType, errorMessage) => {
  deploy({ handler });
  expect((await call({})).payload).toMatchObject({ errorType, errorMessage });
});

test('a reserved concurrency of 1 runs one invocation at a time: others are queued or throttled', async () => {
  deploy({ reservedConcurrency: 1 });
  const first = call({ wait: 150 });
  const second = call({ n: 2 }, 'wait');
  const third = call({ n: 3 }, 'wait');
  await expect(call({})).rejects.toMatchObject({ code: 'TooManyRequestsException', status: 429 });
  const results = await Promise.all([first, second, third]);
  expect(results.map(({ payload }) => payload.calls)).toEqual([1, 2, 3]);
  expect(new Set(results.map(({ payload }) => payload.pid)).size).toBe(1);
});

test('without reserved concurrency, invocations run in parallel in separate processes', async () => {
  const results = await Promise.all([call({ wait: 100 }), call({ wait: 100 })]);
  expect(new Set(results.map(({ payload }) => payload.pid)).size).toBe(2);
});

test('at most 100 invocations are queued', async () => {
  deploy({ reservedConcurrency: 1 });
  const held = call({ wait: 400 });
  const waiting = Array.from({ length: 100 }, () => call({}, 'wait'));
  await expect(call({}, 'wait')).rejects.toThrow('100 invocations wait already');
  await Promise.all([held, ...waiting]);
});

test('closing ends running invocations and leaves no process', async () => {
  const { payload } = await call({});
  const cut = call({ wait: 60_000 });
  await until(() => log().includes('60000'));
  await functions.close();
  expect((await cut).functionError).toBe('Unhandled');
  expect(isAlive(payload.pid)).toBe(false);
});

test('draining waits for running invocations and starts no others', async () => {
  const running = call({ wait: 200 });
  await until(() => log().includes('called'));
  await functions.drain(5000);
  expect((await running).functionError).toBeUndefined();
  await expect(call({})).rejects.toThrow('stopping');
});

test('an unknown function is an error', async () => {
  await expect(call({}, 'refuse', 'other')).rejects.toMatchObject({
    code: 'ResourceNotFoundException',
    status: 404,
  });
});

describe('roles', () => {
  const ARN = 'arn:aws:lambda:us-east-1:000000000000:function:greet';
  const EVENTS = iam.service('events.amazonaws.com', 'arn:aws:events:us-east-1:000000000000:rule/ended');
  const invokeAs = (caller: Caller, reference = 'greet') => functions.invoke(caller, reference, '{}', 'wait');

  test('a function has credentials of its role, revoked with its process', async () => {
    deploy({ codeDirectory: directoryWith('exports.handler = async () => process.env') });
    const { AWS_ACCESS_KEY_ID: key, AWS_SESSION_TOKEN: token } = (await call({})).payload;
    expect(iam.callerOf(key, token)).toMatchObject({
      arn: 'arn:aws:sts::000000000000:assumed-role/worker/greet',
      roleArn,
    });
    await functions.close();
    await new Promise((resolve) => setImmediate(resolve));
    expect(() => iam.callerOf(key, token)).toThrow('is invalid');
  });

  test('a role needs permission to invoke it by the name it uses', async () => {
    const other = iam.putRole('caller', trustPolicy('scheduler.amazonaws.com'));
    const caller = iam.assume(other, 'scheduler.amazonaws.com', 'arn:s', 's');
    const refused = `is not authorized to perform: lambda:InvokeFunction on resource: ${ARN}`;
    await expect(invokeAs(caller)).rejects.toMatchObject({ code: 'AccessDeniedException', status: 403 });
    await expect(invokeAs(caller)).rejects.toThrow(`${refused} because no identity-based policy`);
    iam.putRolePolicy(other, 'call', policyOf({ Action: 'lambda:InvokeFunction', Resource: ARN }));
    expect((await invokeAs(caller)).functionError).toBeUndefined();
    await expect(invokeAs(caller, `${ARN}:3`)).rejects.toThrow(`${refused}:3`);
  });

  test("a service needs a statement with its source in the function's policy", async () => {
    iam.addResource(ARN);
    const permit = (rule: string) =>
      iam.putResourcePolicy(
        ARN,
        'permission',
        policyOf({
          Principal: { Service: 'events.amazonaws.com' },
          Action: 'lambda:InvokeFunction',
          Resource: ARN,
          Condition: { ArnLike: { 'aws:SourceArn': `arn:aws:events:us-east-1:000000000000:rule/${rule}` } },
        }),
      );
    await expect(invokeAs(EVENTS)).rejects.toThrow('because no resource-based policy allows');
    permit('other');
    await expect(invokeAs(EVENTS)).rejects.toThrow('because no resource-based policy allows');
    permit('ended');
    expect((await invokeAs(EVENTS)).functionError).toBeUndefined();
  });

  test('a role without log permissions is logged, and the function runs', async () => {
    expect((await call({})).functionError).toBeUndefined();
    expect(iam.refusals()).toContainEqual(
      expect.stringMatching(
        /assumed-role\/worker\/greet .* logs:PutLogEvents on resource: .*:log-group:\/aws\/lambda\/greet:/,
      ),
    );
  });
});

const directoryWith = (source: string): string => {
  mkdirSync(path.join(code, 'env'), { recursive: true });
  writeFileSync(path.join(code, 'env', 'index.js'), source);
  return path.join(code, 'env');
};
