import { HistoryEventType } from '@aws-sdk/client-sfn';
import { readMachine, withVisited } from '../../console/app/executions/machine';
import type { ExecutionEvent } from '../../domain/execution-history';
import { END, readRun, START, wayId } from '../../domain/execution-history';
import { viewEvent } from '../../operations/executions/execution';

type Told = readonly [type: HistoryEventType, previous: number, details?: object];

/** Events as in GetExecutionHistory: ids from 1, a second apart, details in the field named after the type. */
function history(...told: readonly Told[]): ExecutionEvent[] {
  return told.map(([type, previousEventId, details], n) => {
    const kind = type.replace(/^.*State(Entered|Exited)$/, 'State$1');
    const field = `${kind.charAt(0).toLowerCase()}${kind.slice(1)}EventDetails`;
    const timestamp = new Date(Date.UTC(2025, 2, 1, 12, 0, n));
    return viewEvent({ id: n + 1, previousEventId, type, timestamp, ...(details && { [field]: details }) });
  });
}

const T = HistoryEventType;
const entered = (name: string, input: object = {}) => ({ name, input: JSON.stringify(input) });
const exited = (name: string, output: object = {}) => ({ name, output: JSON.stringify(output) });
const resource = { resourceType: 'lambda', resource: 'invoke' };
const statusesOf = (events: ExecutionEvent[]) =>
  Object.fromEntries([...readRun(events).states].map(([name, { status }]) => [name, status]));

/** Validate fails, is retried, and its second error is caught. */
const CAUGHT: readonly Told[] = [
  [T.ExecutionStarted, 0, { input: '{}', roleArn: 'arn:aws:iam::1:role/r' }],
  [T.ChoiceStateEntered, 0, entered('IsSmall', { bytes: 3 })],
  [T.ChoiceStateExited, 2, exited('IsSmall')],
  [T.TaskStateEntered, 3, entered('Validate', { bytes: 3 })],
  [T.TaskScheduled, 4, { ...resource, region: 'eu-west-1', parameters: '{}' }],
  [T.TaskStarted, 5, resource],
  [T.TaskFailed, 6, { ...resource, error: 'TaskFailed', cause: '{"errorMessage":"first"}' }],
  [T.TaskScheduled, 7, { ...resource, region: 'eu-west-1', parameters: '{}' }],
  [T.TaskStarted, 8, resource],
  [T.TaskTimedOut, 9, { ...resource, error: 'States.Timeout', cause: 'second' }],
  [T.TaskStateExited, 10, exited('Validate', { failure: { Error: 'States.Timeout' } })],
  [T.TaskStateEntered, 11, entered('Release', { failure: {} })],
  [T.TaskScheduled, 12, { ...resource, region: 'eu-west-1', parameters: '{}' }],
  [T.TaskStarted, 13, resource],
  [T.TaskSucceeded, 14, { ...resource, output: '{}' }],
  [T.TaskStateExited, 15, exited('Release', { done: true })],
  [T.FailStateEntered, 16, entered('Failed')],
  [T.ExecutionFailed, 17, { error: 'PipelineFailed', cause: 'validate: second' }],
];

test('reads an error caught after a retry, and the transitions taken', () => {
  const run = readRun(history(...CAUGHT));
  expect(statusesOf(history(...CAUGHT))).toEqual({
    IsSmall: 'succeeded',
    Validate: 'caught',
    Release: 'succeeded',
    Failed: 'failed',
  });
  expect([...run.taken]).toEqual([
    wayId(START, 'IsSmall'),
    wayId('IsSmall', 'Validate'),
    wayId('Validate', 'Release'),
    wayId('Release', 'Failed'),
    wayId('Failed', END),
  ]);
  const validate = run.states.get('Validate');
  expect(validate).toMatchObject({ retries: 1, items: null });
  expect(validate?.visits).toMatchObject([
    {
      entered: '2025-03-01T12:00:03.000Z',
      exited: '2025-03-01T12:00:10.000Z',
      input: '{"bytes":3}',
      error: 'States.Timeout',
      cause: 'second',
      attempts: [
        { status: 'failed', error: 'TaskFailed', cause: '{"errorMessage":"first"}' },
        { status: 'failed', error: 'States.Timeout', started: '2025-03-01T12:00:07.000Z' },
      ],
    },
  ]);
  expect(run.states.get('Failed')?.visits).toMatchObject([
    { error: 'PipelineFailed', cause: 'validate: second' },
  ]);
  expect(run.stateOfEvent.get(9)).toBe('Validate');
});

test.each([
  ['at its first call', 6, { IsSmall: 'succeeded', Validate: 'running' }, 0],
  ['waiting to be tried again', 7, { IsSmall: 'succeeded', Validate: 'running' }, 0],
  ['at its second call', 8, { IsSmall: 'succeeded', Validate: 'running' }, 1],
])('a task is run %s', (_, count, statuses, retries) => {
  const events = history(...CAUGHT.slice(0, count));
  expect(statusesOf(events)).toEqual(statuses);
  expect(readRun(events).states.get('Validate')?.retries).toBe(retries);
  expect(readRun(events).ended).toBeNull();
});

test('states that were running when the execution was stopped are stopped, without a transition to the end', () => {
  const events = history(...CAUGHT.slice(0, 6), [
    T.ExecutionAborted,
    0,
    { error: 'StoppedByHand', cause: 'x' },
  ]);
  expect(statusesOf(events)).toEqual({ IsSmall: 'succeeded', Validate: 'stopped' });
  expect(readRun(events).states.get('Validate')?.visits[0]?.attempts[0]?.status).toBe('stopped');
  expect([...readRun(events).taken].some((way) => way.endsWith(END))).toBe(false);
});

test('an uncaught error fails its state; a service error fails the current state', () => {
  const uncaught = history(...CAUGHT.slice(0, 7), [
    T.ExecutionFailed,
    7,
    { error: 'TaskFailed', cause: 'first' },
  ]);
  expect(statusesOf(uncaught)).toMatchObject({ Validate: 'failed' });
  const service = history(...CAUGHT.slice(0, 4), [
    T.ExecutionFailed,
    4,
    { error: 'States.Runtime', cause: 'no such path' },
  ]);
  expect(readRun(service).states.get('Validate')?.visits).toMatchObject([
    { status: 'failed', error: 'States.Runtime', cause: 'no such path' },
  ]);
});

/** A Map of three items, of which the second fails while the third runs; the items' events are interleaved. */
const MAP: readonly Told[] = [
  [T.ExecutionStarted, 0, { input: '{}' }],
  [T.MapStateEntered, 0, entered('Move', { items: [0, 1, 2] })],
  [T.MapStateStarted, 2, { length: 3 }],
  [T.MapIterationStarted, 3, { name: 'Move', index: 0 }],
  [T.TaskStateEntered, 4, entered('MoveFile', { item: 0 })],
  [T.MapIterationStarted, 3, { name: 'Move', index: 1 }],
  [T.TaskScheduled, 5, { ...resource, region: 'eu-west-1', parameters: '{}' }],
  [T.TaskStateEntered, 6, entered('MoveFile', { item: 1 })],
  [T.TaskScheduled, 8, { ...resource, region: 'eu-west-1', parameters: '{}' }],
  [T.TaskSucceeded, 7, { ...resource, output: '{}' }],
  [T.TaskStateExited, 10, exited('MoveFile', { moved: 1 })],
  [T.MapIterationSucceeded, 11, { name: 'Move', index: 0 }],
  [T.MapIterationStarted, 12, { name: 'Move', index: 2 }],
  [T.TaskStateEntered, 13, entered('MoveFile', { item: 2 })],
  [T.TaskScheduled, 14, { ...resource, region: 'eu-west-1', parameters: '{}' }],
  [T.TaskFailed, 9, { ...resource, error: 'MoveError', cause: 'no right' }],
  [T.MapIterationFailed, 16, { name: 'Move', index: 1 }],
  [T.MapIterationAborted, 15, { name: 'Move', index: 2 }],
  [T.MapStateFailed, 17],
  [T.MapStateExited, 19, exited('Move')],
  [T.TaskStateEntered, 20, entered('Release')],
];

test('a Map counts its items while they run', () => {
  const { states } = readRun(history(...MAP.slice(0, 15)));
  expect(states.get('Move')).toMatchObject({
    status: 'running',
    items: { total: 3, started: 3, done: 1, failed: 0, aborted: 0 },
  });
  expect(states.get('MoveFile')?.visits.map(({ item, status }) => [item, status])).toEqual([
    [0, 'succeeded'],
    [1, 'running'],
    [2, 'running'],
  ]);
});

test('a failed item fails its Map and stops the others; the error is caught, without extra transitions', () => {
  const run = readRun(history(...MAP));
  expect(run.states.get('Move')).toMatchObject({
    status: 'caught',
    items: { total: 3, done: 1, failed: 1, aborted: 1 },
    visits: [{ error: 'MoveError', cause: 'no right' }],
  });
  expect(run.states.get('MoveFile')?.visits.map(({ status, input }) => [status, input])).toEqual([
    ['succeeded', '{"item":0}'],
    ['failed', '{"item":1}'],
    ['stopped', '{"item":2}'],
  ]);
  expect([...run.taken]).toEqual([wayId(START, 'Move'), wayId('Move', 'Release')]);
});

test('an attempt has its nested execution and its parameters', () => {
  const output = JSON.stringify({ ExecutionArn: 'arn:aws:states:eu-west-1:1:execution:Run-Task:e-stage-0' });
  const events = history(
    ...CAUGHT.slice(0, 4),
    [T.TaskScheduled, 4, { ...resource, region: 'eu-west-1', parameters: '{"Name":"e-stage-0"}' }],
    [T.TaskSubmitted, 5, { ...resource, output }],
  );
  expect(readRun(events).states.get('Validate')?.visits[0]?.attempts).toMatchObject([
    { status: 'running', parameters: '{"Name":"e-stage-0"}', nested: expect.stringMatching(/:e-stage-0$/) },
  ]);
});

test('a state that is no longer in the definition keeps its position', () => {
  const { states, ways } = withVisited(
    readMachine({ StartAt: 'Validate', States: { Validate: { Type: 'Task', Next: 'Release' } } }),
    readRun(history(...CAUGHT)),
  );
  expect(states.map(({ name }) => name)).toEqual(['Validate', 'IsSmall', 'Release', 'Failed']);
  expect(ways).toContainEqual({ from: 'IsSmall', to: 'Validate', kind: 'next' });
});

test('an incomplete history, or one with unknown states, is read as far as possible', () => {
  expect(
    statusesOf(history([T.TaskSucceeded, 99, { output: '{}' }], [T.TaskStateExited, 1, exited('Old')])),
  ).toEqual({});
  expect(readRun([]).visits).toEqual([]);
});

test('reads a definition: states inside a Map, choices as text, and next, catch and end transitions', () => {
  const { states, ways } = readMachine({
    StartAt: 'Pick',
    States: {
      Pick: {
        Type: 'Choice',
        Choices: [
          {
            And: [{ Variable: '$.n', IsPresent: true }, { Not: { Variable: '$.n', NumericLessThan: 3 } }],
            Next: 'Each',
          },
        ],
        Default: 'Stop',
      },
      Each: {
        Type: 'Map',
        Comment: 'moves',
        ItemProcessor: { StartAt: 'One', States: { One: { Type: 'Task', End: true } } },
        Catch: [
          { ErrorEquals: ['A'], Next: 'Stop' },
          { ErrorEquals: ['States.ALL'], Next: 'Stop' },
        ],
        End: true,
      },
      Stop: { Type: 'Fail' },
    },
  });
  expect(states.map(({ name, within }) => [name, within])).toEqual([
    ['Pick', null],
    ['Each', null],
    ['One', 'Each'],
    ['Stop', null],
  ]);
  expect(states[0]?.choices).toEqual([
    { when: '$.n is there and not ($.n < 3)', next: 'Each' },
    { when: 'otherwise', next: 'Stop' },
  ]);
  expect(ways.map(({ from, to, kind }) => [from, to, kind])).toEqual([
    [START, 'Pick', 'next'],
    ['Pick', 'Each', 'next'],
    ['Pick', 'Stop', 'next'],
    ['Each', 'Stop', 'caught'],
    ['Each', END, 'next'],
    ['Stop', END, 'next'],
  ]);
  expect(readMachine('nonsense')).toEqual({ states: [], ways: [] });
});
