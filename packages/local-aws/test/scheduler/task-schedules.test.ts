import type { RunTaskRequest } from '../../src/ecs/tasks';
import { ScheduledTaskError, TaskSchedules } from '../../src/scheduler/task-schedules';
import { until } from '../../src/testing/files';
import { ADMINISTRATOR } from '../../src/testing/roles';

let requests: RunTaskRequest[];
let exitCode: number | undefined;
let lines: string[];
let schedules: TaskSchedules;

const NIGHTLY = {
  name: 'nightly',
  periodMs: 20,
  actAs: () => ADMINISTRATOR,
  task: { cluster: 'arn:cluster/c', taskDefinition: 'arn:d', overrides: { ContainerOverrides: [] } },
};

beforeEach(() => {
  requests = [];
  lines = [];
  exitCode = 0;
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
  schedules = new TaskSchedules(tasks, (line) => lines.push(line));
});
afterEach(() => schedules.stop());

test('a task runs once per period, first after one period, and each run has its own log', async () => {
  schedules.putSchedule(NIGHTLY);
  schedules.putSchedule({ ...NIGHTLY, name: 'yearly', periodMs: 1_000_000 });
  expect(requests).toEqual([]);
  schedules.start();
  expect(requests).toEqual([]);
  await until(() => requests.length >= 2);
  expect(requests[0]).toMatchObject({
    ...NIGHTLY.task,
    caller: ADMINISTRATOR,
    logName: expect.stringMatching(/^nightly-\d{8}T\d{6}Z$/),
  });
  expect(requests.every(({ logName }) => logName.startsWith('nightly'))).toBe(true);
});

test('a failed run is logged, and the schedule continues until it is stopped', async () => {
  exitCode = 1;
  schedules.putSchedule(NIGHTLY);
  schedules.start();
  await until(() => lines.length >= 2);
  expect(lines[0]).toMatch(
    /^schedule nightly: its task ended with exit code 1; see logs\/ecs\/nightly-\w+\/work\.log$/,
  );
  schedules.stop();
  expect(requests[0]?.signal.aborted).toBe(true);
  const before = requests.length;
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(requests).toHaveLength(before);
});

test('an explicit run starts immediately and throws its error', async () => {
  schedules.putSchedule({ ...NIGHTLY, periodMs: 1_000_000 });
  await schedules.run('nightly');
  expect(requests).toHaveLength(1);
  exitCode = undefined;
  await expect(schedules.run('nightly')).rejects.toThrow('schedule nightly: no image');
  await expect(schedules.run('weekly')).rejects.toThrow(ScheduledTaskError);
  await expect(schedules.run('weekly')).rejects.toThrow('unknown task schedule; known are nightly');
});
