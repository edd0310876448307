import {
  DescribeStateMachineCommand,
  DescribeStateMachineForExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  paginateListExecutions,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import {
  executionArn,
  MACHINE_ARN,
  StatesHarness,
  task,
  untilAborted,
} from '../../src/testing/states-harness';

let states: StatesHarness;
let stopped: string[];

beforeEach(async () => {
  states = await StatesHarness.start();
  stopped = [];
  states.deploy({ Call: task({ Parameters: { FunctionName: 'f' }, End: true }) });
});
afterEach(() => states.stop());

/** Executions stay in their task until they are stopped. */
const holdTasks = () => {
  states.invoke = async (_, { signal, executionName }) => {
    await untilAborted(signal);
    stopped.push(executionName);
    return null;
  };
};
const start = (fields: object) =>
  states.client.send(new StartExecutionCommand({ stateMachineArn: MACHINE_ARN, ...fields }));

test('lists and describes the state machine', async () => {
  const { stateMachines } = await states.client.send(new ListStateMachinesCommand({}));
  expect(stateMachines).toMatchObject([{ name: 'machine', stateMachineArn: MACHINE_ARN, type: 'STANDARD' }]);
  const described = await states.client.send(
    new DescribeStateMachineCommand({ stateMachineArn: MACHINE_ARN }),
  );
  expect(JSON.parse(described.definition ?? '')).toMatchObject({ StartAt: 'Call' });
  expect(described.creationDate).toBeInstanceOf(Date);
});

test('describes the state machine of an execution', async () => {
  await states.run('e1');
  const ofExecution = new DescribeStateMachineForExecutionCommand({ executionArn: executionArn('e1') });
  const { definition = '', stateMachineArn } = await states.client.send(ofExecution);
  expect(stateMachineArn).toBe(MACHINE_ARN);
  expect(JSON.parse(definition)).toMatchObject({ StartAt: 'Call' });
});

describe('StartExecution', () => {
  test('is idempotent for the same name and input while the execution runs', async () => {
    holdTasks();
    const first = await start({ name: 'e1', input: '{"a":1}' });
    const second = await start({ name: 'e1', input: '{"a":1}' });
    expect(second).toMatchObject({ executionArn: first.executionArn, startDate: first.startDate });
    await expect(start({ name: 'e1', input: '{"a":2}' })).rejects.toMatchObject({
      name: 'ExecutionAlreadyExists',
    });
  });

  test('rejects the name of an ended execution', async () => {
    await states.run('e1');
    await expect(start({ name: 'e1', input: '{}' })).rejects.toMatchObject({
      name: 'ExecutionAlreadyExists',
    });
  });

  test.each([
    ['InvalidName', { name: 'a b' }],
    ['InvalidName', { name: 'x'.repeat(81) }],
    ['InvalidExecutionInput', { input: '{' }],
    ['ValidationException', { input: JSON.stringify('x'.repeat(262_144)) }],
    ['StateMachineDoesNotExist', { stateMachineArn: `${MACHINE_ARN}2` }],
    ['InvalidArn', { stateMachineArn: 'machine' }],
  ])('answers %s to %j', async (name, fields) => {
    await expect(start(fields)).rejects.toMatchObject({ name });
  });
});

test('lists executions newest first, by status, page by page', async () => {
  await states.run('e1');
  await states.run('e2');
  holdTasks();
  await states.startExecution('e3');
  const names = async (fields: object) => {
    const { executions = [] } = await states.client.send(
      new ListExecutionsCommand({ stateMachineArn: MACHINE_ARN, ...fields }),
    );
    return executions.map(({ name }) => name);
  };
  expect(await names({})).toEqual(['e3', 'e2', 'e1']);
  expect(await names({ statusFilter: 'RUNNING' })).toEqual(['e3']);
  expect(await names({ statusFilter: 'SUCCEEDED' })).toEqual(['e2', 'e1']);
  const pages = [];
  const listing = paginateListExecutions(
    { client: states.client, pageSize: 2 },
    { stateMachineArn: MACHINE_ARN },
  );
  for await (const { executions = [] } of listing) pages.push(executions.map(({ name }) => name));
  expect(pages).toEqual([['e3', 'e2'], ['e1']]);
  await expect(names({ nextToken: 'bogus' })).rejects.toMatchObject({ name: 'InvalidToken' });
});

test('lists a start and an end only once the lag has passed, and describes them at once', async () => {
  let now = 0;
  const lagging = await StatesHarness.start(undefined, {
    listExecutionsLagMs: 1000,
    clock: () => new Date(now),
  });
  const listed = async (statusFilter?: 'RUNNING' | 'SUCCEEDED') => {
    const { executions = [] } = await lagging.client.send(
      new ListExecutionsCommand({ stateMachineArn: MACHINE_ARN, statusFilter }),
    );
    return executions.map(({ name, status, stopDate }) => [name, status, stopDate !== undefined]);
  };
  let finish = () => {};
  lagging.invoke = () =>
    new Promise((resolve) => {
      finish = () => resolve(null);
    });
  try {
    lagging.deploy({ Call: task({ Parameters: { FunctionName: 'f' }, End: true }) });
    await lagging.startExecution('e1');
    now = 999;
    expect([await listed(), await listed('RUNNING')]).toEqual([[], []]);
    expect(await lagging.describe('e1')).toMatchObject({ status: 'RUNNING' });
    now = 1000;
    expect(await listed('RUNNING')).toEqual([['e1', 'RUNNING', false]]);

    finish();
    expect(await lagging.ended('e1')).toMatchObject({ status: 'SUCCEEDED' });
    now = 1999;
    expect(await listed('RUNNING')).toEqual([['e1', 'RUNNING', false]]);
    expect(await listed('SUCCEEDED')).toEqual([]);
    now = 2000;
    expect(await listed('RUNNING')).toEqual([]);
    expect(await listed()).toEqual([['e1', 'SUCCEEDED', true]]);
  } finally {
    finish();
    await lagging.stop();
  }
});

test('stops an execution: ABORTED immediately, its task aborted, later results ignored', async () => {
  holdTasks();
  await states.startExecution('e1');
  await states.until(() => states.changes.length === 1);
  const stop = new StopExecutionCommand({
    executionArn: executionArn('e1'),
    error: 'Tired',
    cause: 'of waiting',
  });
  const { stopDate } = await states.client.send(stop);
  const described = await states.describe('e1');
  expect(described).toMatchObject({ status: 'ABORTED', error: 'Tired', cause: 'of waiting', stopDate });
  await states.until(() => stopped.includes('e1'));
  expect((await states.client.send(stop)).stopDate).toEqual(stopDate);
  expect(states.changes.map(({ status }) => status)).toEqual(['RUNNING', 'ABORTED']);
  const last = (await states.history('e1')).at(-1);
  expect(last).toMatchObject({ type: 'ExecutionAborted', executionAbortedEventDetails: { error: 'Tired' } });
});

test('returns the history reversed, in pages, and without data', async () => {
  states.invoke = () => ({ secret: 1 });
  await states.run('e1');
  const history = async (fields: object) =>
    states.client.send(new GetExecutionHistoryCommand({ executionArn: executionArn('e1'), ...fields }));
  const { events: latest = [], nextToken } = await history({ reverseOrder: true, maxResults: 1 });
  expect(latest[0]).toMatchObject({
    type: 'ExecutionSucceeded',
    executionSucceededEventDetails: { output: '{"secret":1}' },
  });
  const { events: before = [] } = await history({ reverseOrder: true, maxResults: 1, nextToken });
  expect(before[0]).toMatchObject({ type: 'TaskStateExited', stateExitedEventDetails: { name: 'Call' } });
  const { events: bare } = await history({ includeExecutionData: false });
  expect(JSON.stringify(bare)).not.toContain('secret');
  expect(bare).toHaveLength(7);
});

test('reports a missing execution and an unsupported operation', async () => {
  await expect(states.describe('nope')).rejects.toMatchObject({ name: 'ExecutionDoesNotExist' });
  const response = await fetch(states.endpoint.url, {
    method: 'POST',
    headers: {
      authorization:
        'AWS4-HMAC-SHA256 Credential=k/20250101/us-east-1/states/aws4_request, SignedHeaders=host, Signature=0',
      'x-amz-target': 'AWSStepFunctions.RedriveExecution',
    },
    body: '{}',
  });
  expect(await response.json()).toMatchObject({
    __type: 'UnknownOperationException',
    message: expect.stringContaining('RedriveExecution'),
  });
});

describe('after a restart', () => {
  test('executions and histories are kept, and the interrupted one is ABORTED', async () => {
    await states.run('e1', { a: 1 });
    holdTasks();
    await states.startExecution('e2');
    await states.until(() => states.changes.length === 3);
    await states.stop({ keep: true });

    const next = await StatesHarness.start(states.directory);
    try {
      next.deploy({ Call: task({ Parameters: { FunctionName: 'f' }, End: true }) });
      expect(await next.describe('e1')).toMatchObject({ status: 'SUCCEEDED', input: '{"a":1}' });
      expect(await next.describe('e2')).toMatchObject({ status: 'RUNNING' });
      next.service.abortInterrupted();
      expect(await next.describe('e2')).toMatchObject({ status: 'ABORTED', error: 'Local.Restarted' });
      expect(next.changes).toMatchObject([{ name: 'e2', status: 'ABORTED', error: 'Local.Restarted' }]);
      expect((await next.history('e2')).map(({ type }) => type)).toEqual([
        'ExecutionStarted',
        'TaskStateEntered',
        'TaskScheduled',
        'TaskStarted',
        'ExecutionAborted',
      ]);
      expect((await next.history('e1')).at(-1)?.type).toBe('ExecutionSucceeded');
    } finally {
      await next.stop({ keep: true });
    }
    expect(stopped).toEqual(['e2']);
  });
});
