import { StateError } from '../../src/stepfunctions/errors';
import type { Json } from '../../src/stepfunctions/json';
import { StatesHarness, task, untilAborted } from '../../src/testing/states-harness';

let states: StatesHarness;
let calls: Json[];

beforeEach(async () => {
  states = await StatesHarness.start();
  calls = [];
  states.invoke = ({ Payload = null }) => {
    calls.push(Payload);
    return { Payload };
  };
});
afterEach(() => states.stop());

const outputOf = ({ output }: { output?: string | undefined }): Json => JSON.parse(output ?? 'null');
const retry = (MaxAttempts: number, error = 'States.ALL') => [
  {
    ErrorEquals: [error],
    IntervalSeconds: 1,
    MaxDelaySeconds: 1,
    BackoffRate: 1,
    JitterStrategy: 'FULL',
    MaxAttempts,
  },
];
const caught = (Next: string, ResultPath: string) => [{ ErrorEquals: ['States.ALL'], Next, ResultPath }];

describe('data', () => {
  test('goes through InputPath, Parameters, ResultSelector, ResultPath and OutputPath', async () => {
    states.deploy({
      Call: task({
        InputPath: '$.in',
        Parameters: {
          FunctionName: 'f',
          Payload: { 'v.$': '$.v', 'who.$': '$$.Execution.Name', 'at.$': '$$.State.Name' },
        },
        ResultSelector: { 'kept.$': 'States.JsonToString($.Payload)' },
        ResultPath: '$.out.deep',
        OutputPath: '$.out',
        End: true,
      }),
    });
    const ended = await states.run('e1', { in: { v: 'a "quoted" \\ text' } });
    expect(calls).toEqual([{ v: 'a "quoted" \\ text', who: 'e1', at: 'Call' }]);
    expect(outputOf(ended)).toEqual({ deep: { kept: JSON.stringify(calls[0]) } });
  });

  test.each([
    ['null', null, { in: 1 }],
    ['"$"', '$', { Payload: 7 }],
  ])('ResultPath %s keeps the input, or the result', async (_, ResultPath, expected) => {
    states.deploy({ Call: task({ Parameters: { FunctionName: 'f', Payload: 7 }, ResultPath, End: true }) });
    expect(outputOf(await states.run('e1', { in: 1 }))).toEqual(expected);
  });

  test('of a Pass state is its Result, even a false one, or its Parameters', async () => {
    states.deploy({
      Fixed: { Type: 'Pass', Result: false, ResultPath: '$.fixed', Next: 'Told' },
      Told: {
        Type: 'Pass',
        Parameters: { 'text.$': "States.Format('{}: {}', $.cause, $.fixed)" },
        ResultPath: '$.told',
        End: true,
      },
    });
    const input = { cause: '{"error":"\\"x\\""}' };
    expect(outputOf(await states.run('e1', input))).toEqual({
      ...input,
      fixed: false,
      told: { text: '{"error":"\\"x\\""}: false' },
    });
  });

  test('over 256 KB fails the execution without Catch', async () => {
    states.invoke = ({ Payload }) => ({ big: 'x'.repeat(Number(Payload)) });
    states.deploy({
      Call: task({
        Parameters: { FunctionName: 'f', 'Payload.$': '$.size' },
        ResultPath: '$.result',
        Retry: retry(1),
        Catch: caught('Done', '$.error'),
        Next: 'Done',
      }),
      Done: { Type: 'Succeed' },
    });
    expect((await states.run('fits', { size: 200_000 })).status).toBe('SUCCEEDED');
    // The result alone is within the limit, but not together with the input.
    const merged = await states.run('merged', { size: 200_000, ballast: 'y'.repeat(100_000) });
    expect(merged).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
    const result = await states.run('result', { size: 300_000 });
    expect(result).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
    expect(result.cause).toContain("'Call' returned a result with a size exceeding");
  });
});

describe('errors', () => {
  const flow = (fields: object = {}) => ({
    Call: task({
      Parameters: { FunctionName: 'f' },
      Catch: caught('Explain', '$.failure.Call'),
      ...fields,
      Next: 'Done',
    }),
    Explain: {
      Type: 'Choice',
      Choices: [{ Variable: '$.failure.Call.Cause', StringMatches: '*Status Code: 404*', Next: 'Done' }],
      Default: 'Broken',
    },
    Done: { Type: 'Succeed' },
    Broken: { Type: 'Fail', ErrorPath: '$.failure.Call.Error', CausePath: '$.failure.Call.Cause' },
  });

  test('are caught with name and cause, at a new path', async () => {
    states.invoke = () => {
      throw new StateError('S3.S3Exception', 'gone (Service: S3, Status Code: 404)');
    };
    states.deploy(flow());
    const failure = { Call: { Error: 'S3.S3Exception', Cause: 'gone (Service: S3, Status Code: 404)' } };
    expect(outputOf(await states.run('e1', { kept: 1 }))).toEqual({ kept: 1, failure });
  });

  test('that are not caught fail the execution', async () => {
    states.invoke = () => {
      throw new StateError('S3.S3Exception', 'denied (Service: S3, Status Code: 403)');
    };
    states.deploy(flow());
    expect(await states.run('e1')).toMatchObject({
      status: 'FAILED',
      error: 'S3.S3Exception',
      cause: 'denied (Service: S3, Status Code: 403)',
    });
  });

  test('are retried as often as the policy says', async () => {
    let tries = 0;
    states.invoke = () => {
      if (++tries < 3) throw new StateError('States.TaskFailed', 'again');
      return tries;
    };
    states.deploy(flow({ ResultPath: '$.tries', Retry: retry(2, 'States.TaskFailed') }));
    expect(outputOf(await states.run('e1'))).toEqual({ tries: 3 });
  });

  test('of a task that times out are States.Timeout, and its work is aborted', async () => {
    let stopped = false;
    states.invoke = async (_, { signal }) => {
      await untilAborted(signal);
      stopped = true;
      throw new StateError('States.TaskFailed', 'killed');
    };
    states.deploy(flow({ TimeoutSeconds: 1, Retry: retry(3, 'States.TaskFailed') }));
    expect(await states.run('e1')).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
    expect(stopped).toBe(true);
    expect((await states.history('e1')).map(({ type }) => type)).toEqual(
      expect.arrayContaining(['TaskTimedOut', 'TaskStateExited']),
    );
  });

  test('of a path that is not found are not caught', async () => {
    states.deploy(flow({ Parameters: { FunctionName: 'f', 'Payload.$': '$.nope' } }));
    const ended = await states.run('e1');
    expect(ended).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
    expect(ended.cause).toContain("'$.nope' specified for the field 'Payload.$' could not be found");
  });

  test('of a Fail state without a cause have none', async () => {
    states.deploy({ Broken: { Type: 'Fail', Error: 'Custom' } });
    const ended = await states.run('e1');
    expect(ended.error).toBe('Custom');
    expect(ended.cause).toBeUndefined();
  });

  test('of an execution that times out are TIMED_OUT', async () => {
    states.invoke = (_, { signal }) => untilAborted(signal).then(() => null);
    states.deploy({ Call: task({ Parameters: { FunctionName: 'f' }, End: true }) }, { TimeoutSeconds: 1 });
    expect(await states.run('e1')).toMatchObject({ status: 'TIMED_OUT', error: 'States.Timeout' });
  });
});

describe('Choice', () => {
  const rule = async (name: string, test: object, input: Json) => {
    states.deploy({
      Ask: { Type: 'Choice', Choices: [{ ...test, Next: 'Yes' }], Default: 'No' },
      Yes: { Type: 'Pass', Result: 'yes', End: true },
      No: { Type: 'Pass', Result: 'no', End: true },
    });
    return outputOf(await states.run(name, input));
  };

  test.each<[object, Json, string]>([
    [{ Variable: '$.n', NumericGreaterThan: 0 }, { n: 1 }, 'yes'],
    [{ Variable: '$.n', NumericGreaterThan: 0 }, { n: 0 }, 'no'],
    [{ Variable: '$.n', IsPresent: false }, {}, 'yes'],
    [{ Variable: '$.n', IsPresent: false }, { n: 1 }, 'no'],
    [{ Not: { Variable: '$.n', IsPresent: false } }, { n: 1 }, 'yes'],
    [{ Variable: '$.s', StringMatches: 'a?c*' }, { s: 'abcd' }, 'no'],
    [{ Variable: '$.s', StringMatches: 'a?c*' }, { s: 'a?cd' }, 'yes'],
  ])('%j of %j says %s', async (test, input, expected) => {
    expect(await rule('e1', test, input)).toBe(expected);
  });
});

describe('Map', () => {
  const map = (inner: object, fields: object = {}) => ({
    Every: {
      Type: 'Map',
      ItemsPath: '$.items',
      MaxConcurrency: 2,
      ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, StartAt: 'One', States: inner },
      ResultPath: '$.results',
      Catch: caught('Caught', '$.failure.Every'),
      Next: 'Done',
      ...fields,
    },
    Done: { Type: 'Succeed' },
    Caught: { Type: 'Pass', End: true },
  });
  const one = (fields: object = {}) => ({
    One: task({
      Parameters: { FunctionName: 'f', 'Payload.$': '$.n' },
      ResultPath: '$.result',
      End: true,
      ...fields,
    }),
  });

  test('processes items in order, limited by MaxConcurrency', async () => {
    let current = 0;
    let maxRunning = 0;
    states.invoke = async ({ Payload = null }) => {
      maxRunning = Math.max(maxRunning, ++current);
      await new Promise((resolve) => setTimeout(resolve, 5));
      current--;
      return Number(Payload) * 10;
    };
    states.deploy(map(one()));
    const ended = await states.run('e1', { items: [1, 2, 3, 4, 5].map((n) => ({ n })) });
    expect(outputOf(ended)).toMatchObject({ results: [1, 2, 3, 4, 5].map((n) => ({ n, result: n * 10 })) });
    expect(maxRunning).toBe(2);
  });

  test('of an empty array returns an empty array', async () => {
    states.deploy(map(one()));
    expect(outputOf(await states.run('e1', { items: [] }))).toEqual({ items: [], results: [] });
  });

  test('passes an item with the fields of ItemSelector', async () => {
    const ItemSelector = {
      'n.$': '$$.Map.Item.Value',
      'i.$': '$$.Map.Item.Index',
      'who.$': '$$.Execution.Name',
    };
    states.deploy(map({ One: { Type: 'Pass', End: true } }, { ItemSelector }));
    expect(outputOf(await states.run('e1', { items: ['a', 'b'] }))).toMatchObject({
      results: [
        { n: 'a', i: 0, who: 'e1' },
        { n: 'b', i: 1, who: 'e1' },
      ],
    });
  });

  test('retries and catches inside an item', async () => {
    const tries = new Map<Json, number>();
    states.invoke = ({ Payload = null }) => {
      tries.set(Payload, (tries.get(Payload) ?? 0) + 1);
      if (Payload === 2) throw new StateError('S3.NoSuchKeyException', 'gone');
      if (Payload === 3 && tries.get(3) === 1) throw new StateError('S3.S3Exception', 'busy');
      return 'done';
    };
    const Catch = [{ ErrorEquals: ['S3.NoSuchKeyException'], ResultPath: '$.error', Next: 'Handled' }];
    states.deploy(
      map({ ...one({ Retry: retry(2, 'S3.S3Exception'), Catch }), Handled: { Type: 'Succeed' } }),
    );
    const ended = await states.run('e1', { items: [{ n: 1 }, { n: 2 }, { n: 3 }] });
    expect(outputOf(ended)).toMatchObject({
      results: [{ result: 'done' }, { n: 2, error: { Error: 'S3.NoSuchKeyException' } }, { result: 'done' }],
    });
    expect(Object.fromEntries(tries)).toEqual({ 1: 1, 2: 1, 3: 2 });
  });

  test('that fails aborts running items, starts no others, and is caught', async () => {
    const started: Json[] = [];
    const stopped: Json[] = [];
    states.invoke = async ({ Payload = null }, { signal }) => {
      started.push(Payload);
      if (Payload === 1) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        throw new StateError('S3.S3Exception', 'denied');
      }
      await untilAborted(signal);
      stopped.push(Payload);
      return null;
    };
    states.deploy(map(one()));
    const ended = await states.run('e1', { items: [1, 2, 3, 4, 5, 6].map((n) => ({ n })) });
    expect(outputOf(ended)).toMatchObject({
      failure: { Every: { Error: 'S3.S3Exception', Cause: 'denied' } },
    });
    expect(started).toEqual([1, 2]);
    expect(stopped).toEqual([2]);
  });

  test('records its history by iteration', async () => {
    states.deploy(map(one()));
    await states.run('e1', { items: [{ n: 1 }] });
    const events = await states.history('e1');
    expect(events.map(({ type }) => type)).toEqual([
      'ExecutionStarted',
      'MapStateEntered',
      'MapStateStarted',
      'MapIterationStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskSucceeded',
      'TaskStateExited',
      'MapIterationSucceeded',
      'MapStateSucceeded',
      'MapStateExited',
      'SucceedStateEntered',
      'SucceedStateExited',
      'ExecutionSucceeded',
    ]);
    expect(events.map(({ id, previousEventId }) => [id, previousEventId])).toEqual(
      events.map((_, i) => [i + 1, i]),
    );
    expect(events[2]?.mapStateStartedEventDetails).toEqual({ length: 1 });
    expect(events[3]?.mapIterationStartedEventDetails).toEqual({ name: 'Every', index: 0 });
  });
});
