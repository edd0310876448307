import type { RunTaskRequest } from '../../src/ecs/tasks';
import type { Caller } from '../../src/iam/access';
import { every, parseRecurrence } from '../../src/scheduler/recurrence';
import { ScheduledFunctionError } from '../../src/scheduler/scheduler';
import { ScheduledTaskError, TimedSchedules } from '../../src/scheduler/timed-schedules';
import { until } from '../../src/testing/files';
import { ADMINISTRATOR } from '../../src/testing/roles';

let requests: RunTaskRequest[];
let exitCode: number | undefined;
let invocations: Readonly<Record<string, unknown>>[];
let functionError: boolean;
let lines: string[];
let schedules: TimedSchedules;

const OFTEN = {
  name: 'often',
  recurrence: every(20),
  actAs: () => ADMINISTRATOR,
  target: {
    task: { cluster: 'arn:cluster/c', taskDefinition: 'arn:d', overrides: { ContainerOverrides: [] } },
  },
};

beforeEach(() => {
  requests = [];
  lines = [];
  exitCode = 0;
  invocations = [];
  functionError = false;
  const tasks = {
    async run(request: RunTaskRequest) {
      requests.push(request);
      const container = {
        Name: 'work',
        ...(exitCode === undefined ? { Reason: 'no image' } : { ExitCode: exitCode }),
      };
      return { Containers: [container] } as never;
    },
  };
  const functions = {
    async invoke(caller: Caller, reference: string, payload: string, whenBusy: string) {
      invocations.push({ caller, reference, payload, whenBusy });
      return functionError
        ? { payload: '{"errorType":"Error","errorMessage":"no rates"}', functionError: 'Unhandled' as const }
        : { payload: '{}' };
    },
  };
  schedules = new TimedSchedules(tasks, functions as never, (line) => lines.push(line));
});
afterEach(() => schedules.stop());

test('a task with a rate runs at the start and once per period, and each run has its own log', async () => {
  schedules.putSchedule(OFTEN);
  schedules.putSchedule({ ...OFTEN, name: 'yearly', recurrence: parseRecurrence('rate(365 days)') });
  expect(requests).toEqual([]);
  schedules.start();
  await until(() => requests.length >= 4);
  expect(requests[0]).toMatchObject({
    ...OFTEN.target.task,
    caller: ADMINISTRATOR,
    logName: expect.stringMatching(/^often-\d{8}T\d{6}Z$/),
  });
  expect(requests.filter(({ logName }) => logName.startsWith('yearly'))).toHaveLength(1);
});

describe('a task with a cron expression', () => {
  beforeEach(() => {
    jest.useFakeTimers({ now: new Date('2025-03-01T03:17:30Z') });
    schedules.putSchedule({ ...OFTEN, name: 'nightly', recurrence: parseRecurrence('cron(17 3 * * ? *)') });
    schedules.start();
  });
  afterEach(() => jest.useRealTimers());

  const hours = (count: number) => jest.advanceTimersByTimeAsync(count * 3_600_000);

  test('does not run at the start, but at each of its times', async () => {
    await hours(23);
    expect(requests).toEqual([]);
    await hours(1);
    expect(requests.map(({ logName }) => logName)).toEqual(['nightly-20250302T031700Z']);
    await hours(48);
    expect(requests.map(({ logName }) => logName).slice(1)).toEqual([
      'nightly-20250303T031700Z',
      'nightly-20250304T031700Z',
    ]);
  });

  test('runs once, and late, if its time passed while the computer was asleep', async () => {
    jest.setSystemTime(new Date('2025-03-04T09:00:00Z'));
    await jest.advanceTimersByTimeAsync(60_000);
    expect(requests).toHaveLength(1);
    await hours(18);
    expect(requests).toHaveLength(1);
    await hours(1);
    expect(requests).toHaveLength(2);
  });
});

test('a failed run is logged, and the schedule continues until it is stopped', async () => {
  exitCode = 1;
  schedules.putSchedule(OFTEN);
  schedules.start();
  await until(() => lines.length >= 2);
  expect(lines[0]).toMatch(
    /^schedule often: its task ended with exit code 1; see logs\/ecs\/often-\w+\/work\.log$/,
  );
  schedules.stop();
  expect(requests[0]?.signal.aborted).toBe(true);
  const before = requests.length;
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(requests).toHaveLength(before);
});

test('an explicit run starts immediately and throws its error', async () => {
  schedules.putSchedule(OFTEN);
  await schedules.run('often');
  expect(requests).toHaveLength(1);
  exitCode = undefined;
  await expect(schedules.run('often')).rejects.toThrow('schedule often: no image');
  await expect(schedules.run('weekly')).rejects.toThrow(ScheduledTaskError);
  await expect(schedules.run('weekly')).rejects.toThrow('unknown schedule; known are often');
});

test('a function with a cron expression is invoked at its times, as the role of the schedule', async () => {
  jest.useFakeTimers({ now: new Date('2025-03-01T03:17:30Z') });
  try {
    const target = { functionArn: 'arn:function:f', input: '{"source":"schedule"}' };
    schedules.putSchedule({
      ...OFTEN,
      name: 'daily',
      recurrence: parseRecurrence('cron(17 3 * * ? *)'),
      target,
    });
    schedules.start();
    await jest.advanceTimersByTimeAsync(23 * 3_600_000);
    expect(invocations).toEqual([]);
    await jest.advanceTimersByTimeAsync(3_600_000);
    expect(invocations).toEqual([
      { caller: ADMINISTRATOR, reference: 'arn:function:f', payload: target.input, whenBusy: 'wait' },
    ]);
    functionError = true;
    await expect(schedules.run('daily')).rejects.toThrow(ScheduledFunctionError);
    await expect(schedules.run('daily')).rejects.toThrow('schedule daily: Error: no rates');
  } finally {
    jest.useRealTimers();
  }
});
