import type { Caller } from '../../src/iam/access';
import type { LambdaFunctions } from '../../src/lambda/functions';
import { ScheduledFunctionError, Scheduler } from '../../src/scheduler/scheduler';
import { ADMINISTRATOR } from '../../src/testing/roles';

let calls: [string, string, string][];
let running: number;
let maxRunning: number;
let answer: { payload: string; functionError?: string };
let scheduler: Scheduler;
let lines: string[];

beforeEach(() => {
  calls = [];
  lines = [];
  running = maxRunning = 0;
  answer = { payload: '{"started":true}' };
  const functions = {
    async invoke(caller: Caller, arn: string, payload: string) {
      calls.push([caller.arn, arn, payload]);
      maxRunning = Math.max(maxRunning, ++running);
      await new Promise((resolve) => setTimeout(resolve, 20));
      running--;
      return answer;
    },
  } as unknown as LambdaFunctions;
  scheduler = new Scheduler(functions, (line) => lines.push(line));
  scheduler.putSchedule({
    name: 'five-minutes',
    actAs: () => ADMINISTRATOR,
    functionArn: 'arn:f',
    input: '{"source":"schedule"}',
  });
});
afterEach(() => scheduler.stop());

test('a tick invokes the function with its input and returns its result', async () => {
  expect(await scheduler.tick()).toEqual({ started: true });
  expect(calls).toEqual([[ADMINISTRATOR.arn, 'arn:f', '{"source":"schedule"}']]);
});

test('ticks never overlap', async () => {
  scheduler.start(0.001);
  await Promise.all([scheduler.tick(), scheduler.tick()]);
  expect(maxRunning).toBe(1);
  expect(calls.length).toBeGreaterThanOrEqual(3);
});

test('the schedule continues after a failed tick, until it is stopped', async () => {
  answer = { payload: '{"errorType":"QueueError","errorMessage":"gone"}', functionError: 'Unhandled' };
  scheduler.start(0.001);
  await new Promise((resolve) => setTimeout(resolve, 120));
  scheduler.stop();
  expect(calls.length).toBeGreaterThan(1);
  expect(lines[0]).toBe('schedule five-minutes: QueueError: gone');
  await new Promise((resolve) => setTimeout(resolve, 40));
  const before = calls.length;
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(calls).toHaveLength(before);
});

test('an explicit tick throws the function error', async () => {
  answer = { payload: '{"errorType":"QueueError","errorMessage":"gone"}', functionError: 'Unhandled' };
  await expect(scheduler.tick()).rejects.toThrow(ScheduledFunctionError);
});

test('the last tick is reported with its error', async () => {
  expect(scheduler.lastTick).toBeUndefined();
  await scheduler.tick();
  expect(scheduler.lastTick).toEqual({ at: expect.any(Date), error: undefined });
  answer = { payload: '{"errorType":"Error","errorMessage":"no queue"}', functionError: 'Unhandled' };
  await expect(scheduler.tick()).rejects.toThrow(ScheduledFunctionError);
  expect(scheduler.lastTick).toMatchObject({ error: 'schedule five-minutes: Error: no queue' });
});
