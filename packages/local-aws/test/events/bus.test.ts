import { EventBus } from '../../src/events/bus';
import { executionStatusChange } from '../../src/events/execution-status-change';
import { compilePattern } from '../../src/events/pattern';
import type { LambdaFunctions } from '../../src/lambda/functions';

/** A function that fails a given number of times. */
function functionFailing(times: number) {
  const calls: [caller: unknown, arn: string, payload: string, whenBusy: string][] = [];
  let answered: () => void = () => {};
  const done = new Promise<void>((resolve) => {
    answered = resolve;
  });
  const functions = {
    async invoke(...call: [unknown, string, string, string]) {
      calls.push(call);
      if (calls.length <= times) return { payload: '{"errorMessage":"no"}', functionError: 'Unhandled' };
      answered();
      return { payload: 'null' };
    },
  } as unknown as LambdaFunctions;
  return { functions, calls, done };
}

const EVENTS = {
  kind: 'service',
  arn: 'events.amazonaws.com',
  source: { arn: 'arn:rule/ended', account: '000000000000' },
} as const;

const rule = (input?: string) => ({
  name: 'ended',
  caller: EVENTS,
  matches: compilePattern({ detail: { status: ['ABORTED'] } }),
  targets: [{ functionArn: 'arn:function:orchestrator', input }],
});
const ABORTED = { detail: { status: 'ABORTED' } };

test('an event is queued for the functions of matching rules', async () => {
  const { functions, calls, done } = functionFailing(0);
  const bus = new EventBus(functions, () => {});
  bus.putRule(rule());
  bus.emit({ detail: { status: 'SUCCEEDED' } });
  bus.emit(ABORTED);
  await done;
  expect(calls).toEqual([[EVENTS, 'arn:function:orchestrator', JSON.stringify(ABORTED), 'wait']]);
});

test('the input of a target replaces the event', async () => {
  const { functions, calls, done } = functionFailing(0);
  const bus = new EventBus(functions, () => {});
  bus.putRule(rule('{"fixed":1}'));
  bus.emit(ABORTED);
  await done;
  expect(calls[0]?.[2]).toBe('{"fixed":1}');
});

test('a failed function is retried, and the failure is logged', async () => {
  const { functions, calls, done } = functionFailing(1);
  const lines: string[] = [];
  const bus = new EventBus(functions, (line) => lines.push(line));
  bus.putRule(rule());
  bus.emit(ABORTED);
  await done;
  expect(calls).toHaveLength(2);
  expect(lines).toEqual(['rule ended: orchestrator failed: {"errorMessage":"no"}']);
});

test('a stopped bus retries nothing', async () => {
  const { functions, calls } = functionFailing(9);
  const bus = new EventBus(functions, () => {});
  bus.putRule(rule());
  bus.emit(ABORTED);
  await new Promise((resolve) => setTimeout(resolve, 10));
  bus.stop();
  await new Promise((resolve) => setTimeout(resolve, 1100));
  expect(calls).toHaveLength(1);
});

test('the end of an execution is an EventBridge event', () => {
  const event = executionStatusChange(
    {
      executionArn: 'arn:e',
      stateMachineArn: 'arn:m',
      name: 'e1',
      input: '{"a":1}',
      startDate: 1_700_000_000_123,
      status: 'FAILED',
      stopDate: 1_700_000_001_456,
      error: 'PipelineFailed',
      cause: 'stage: no',
    },
    { account: '000000000000', region: 'us-east-1' },
  );
  expect(event).toMatchObject({
    'detail-type': 'Step Functions Execution Status Change',
    source: 'aws.states',
    time: '2023-11-14T22:13:21Z',
    resources: ['arn:e'],
    detail: {
      executionArn: 'arn:e',
      stateMachineArn: 'arn:m',
      name: 'e1',
      status: 'FAILED',
      startDate: 1_700_000_000_123,
      stopDate: 1_700_000_001_456,
      input: '{"a":1}',
      output: null,
      error: 'PipelineFailed',
      cause: 'stage: no',
    },
  });
});
