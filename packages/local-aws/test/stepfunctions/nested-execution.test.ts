import { DescribeExecutionCommand, ListExecutionsCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { StateError } from '../../src/stepfunctions/errors';
import {
  executionArn,
  MACHINE_ARN,
  StatesHarness,
  task,
  untilAborted,
} from '../../src/testing/states-harness';

const INNER_ARN = MACHINE_ARN.replace(/machine$/, 'inner');
const NESTED = {
  Type: 'Task',
  Resource: 'arn:aws:states:::states:startExecution.sync:2',
  Parameters: {
    StateMachineArn: INNER_ARN,
    'Name.$': "States.Format('{}-{}', $$.Execution.Name, $$.State.RetryCount)",
    Input: { 'n.$': '$.n' },
  },
};
const CALL = task({ Parameters: { FunctionName: 'f', 'Payload.$': '$' }, End: true });

let states: StatesHarness;
beforeEach(async () => {
  states = await StatesHarness.start();
  states.deploy({ Call: CALL }, {}, 'inner');
});
afterEach(() => states.stop());

const inner = (name: string) =>
  states.client.send(new DescribeExecutionCommand({ executionArn: executionArn(name, INNER_ARN) }));

test('a nested execution completes, and its output is JSON', async () => {
  states.invoke = ({ Payload }) => ({ got: Payload ?? null });
  states.deploy({
    Run: { ...NESTED, ResultSelector: { 'got.$': '$.Output.got', 'at.$': '$.Input' }, End: true },
  });
  const { output = '' } = await states.run('e1', { n: 3 });
  expect(JSON.parse(output)).toEqual({ got: { n: 3 }, at: { n: 3 } });
  const events = await states.history('e1');
  expect(events.map(({ type }) => type).slice(2, 6)).toEqual([
    'TaskScheduled',
    'TaskStarted',
    'TaskSubmitted',
    'TaskSucceeded',
  ]);
  expect(events[4]?.taskSubmittedEventDetails).toMatchObject({
    resourceType: 'states',
    resource: 'startExecution.sync:2',
    output: expect.stringContaining(executionArn('e1-0', INNER_ARN)),
  });
  const { executions } = await states.client.send(new ListExecutionsCommand({ stateMachineArn: INNER_ARN }));
  expect(executions).toMatchObject([{ name: 'e1-0', status: 'SUCCEEDED' }]);
});

test('a failed one is States.TaskFailed with its description as the cause; a retry starts another', async () => {
  states.invoke = () => {
    throw new StateError('NoRoom', 'no space left');
  };
  const Retry = [{ ErrorEquals: ['States.TaskFailed'], IntervalSeconds: 1, MaxAttempts: 1 }];
  states.deploy({ Run: { ...NESTED, Retry, End: true } });
  const { error, cause = '' } = await states.run('e1', { n: 3 });
  expect(error).toBe('States.TaskFailed');
  expect(JSON.parse(cause)).toMatchObject({
    ExecutionArn: executionArn('e1-1', INNER_ARN),
    Status: 'FAILED',
    Error: 'NoRoom',
    Cause: 'no space left',
    Input: { n: 3 },
    InputDetails: { Included: true },
    StartDate: expect.any(Number),
    StopDate: expect.any(Number),
  });
  expect(await inner('e1-0')).toMatchObject({ status: 'FAILED' });
});

test.each([
  ['of an unknown state machine', { StateMachineArn: `${INNER_ARN}s` }, 'StateMachineDoesNotExistException'],
  ['of a name that was taken', {}, 'ExecutionAlreadyExistsException'],
])('one %s is not started', async (_, parameters, error) => {
  const { 'Name.$': _name, ...rest } = NESTED.Parameters;
  states.deploy({ Run: { ...NESTED, Parameters: { ...rest, Name: 'taken', ...parameters }, End: true } });
  await states.run('first', { n: 1 });
  expect(await states.run('second', { n: 2 })).toMatchObject({ error: `StepFunctions.${error}` });
});

const hold = async (_: unknown, { signal }: { signal: AbortSignal }) => {
  await untilAborted(signal);
  return null;
};
const untilStopped = () =>
  states.until(() => states.changes.some(({ name, status }) => name === 'e1-0' && status === 'ABORTED'));

test('one is stopped when its parent execution is stopped or its state times out', async () => {
  states.invoke = hold;
  states.deploy({ Run: { ...NESTED, End: true } });
  await states.startExecution('e1', { n: 1 });
  await states.until(() => states.changes.length === 2);
  await states.client.send(new StopExecutionCommand({ executionArn: executionArn('e1') }));
  await untilStopped();
  states.deploy({ Run: { ...NESTED, TimeoutSeconds: 1, End: true } });
  expect(await states.run('e2', { n: 1 })).toMatchObject({ error: 'States.Timeout' });
  await states.until(() =>
    states.changes.some(({ name, status }) => name === 'e2-0' && status === 'ABORTED'),
  );
});

test('stopping one fails the state that started it', async () => {
  states.invoke = hold;
  states.deploy({ Run: { ...NESTED, End: true } });
  await states.startExecution('e1', { n: 1 });
  await states.until(() => states.changes.length === 2);
  await states.client.send(new StopExecutionCommand({ executionArn: executionArn('e1-0', INNER_ARN) }));
  const { error, cause = '' } = await states.ended('e1');
  expect(error).toBe('States.TaskFailed');
  expect(JSON.parse(cause)).toMatchObject({ Status: 'ABORTED' });
});

test('after a restart both interrupted executions are ABORTED', async () => {
  states.invoke = hold;
  states.deploy({ Run: { ...NESTED, End: true } });
  await states.startExecution('e1', { n: 1 });
  await states.until(() => states.changes.length === 2);
  await states.stop({ keep: true });
  states = await StatesHarness.start(states.directory);
  states.service.abortInterrupted();
  expect(states.changes).toMatchObject(
    ['e1-0', 'e1'].map((name) => ({ name, status: 'ABORTED', error: 'Local.Restarted' })),
  );
});
