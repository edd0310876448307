import type { MaintenanceHealth, QueueHealth } from '../../console/api/health';
import {
  alarmsVerdict,
  deadLettersVerdict,
  executionsVerdict,
  maintenanceVerdict,
  queueVerdict,
  reconciliationVerdict,
  scheduleVerdict,
  schemaChangesVerdict,
} from '../../console/app/health/verdicts';

const NOW = new Date('2025-03-30T12:00:00Z');
const minutesAgo = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000).toISOString();

const queue = (given: Partial<QueueHealth>): QueueHealth => ({
  waiting: 0,
  in_flight: 0,
  dead_letters: 0,
  failed_invocations: 0,
  oldest_seconds: null,
  oldest_source: 'input',
  ...given,
});

test.each([
  ['it is empty', {}, 'good', undefined],
  ['files have just arrived', { waiting: 2, oldest_seconds: 1799 }, 'busy', undefined],
  ['files have waited for half an hour', { waiting: 2, oldest_seconds: 1800 }, 'bad', 'files-wait'],
  ['an execution has had them for an hour', { in_flight: 2, oldest_seconds: 3600 }, 'busy', undefined],
  ['their age is unknown', { waiting: 1 }, 'busy', undefined],
])('of the queue, where %s', (_, given, tone, section) => {
  const verdict = queueVerdict(queue(given));
  expect([verdict.tone, verdict.section]).toEqual([tone, section]);
});

test('dead letters are bad, both of files and of invocations', () => {
  expect(deadLettersVerdict(queue({}))).toEqual({ tone: 'good', word: 'None' });
  const files = deadLettersVerdict(queue({ dead_letters: 1 }));
  const calls = deadLettersVerdict(queue({ failed_invocations: 1 }));
  expect(files).toMatchObject({ tone: 'bad', word: 'Action required', section: 'dead-letters' });
  expect(calls).toMatchObject({ tone: 'bad', word: 'Invocations failed', section: 'dead-letters' });
});

describe('of the schedule', () => {
  const schedule = {
    source: 'cloudwatch',
    last_invocation: minutesAgo(6),
    error: null,
    errors: 0,
    every_seconds: 300,
  } as const;
  test.each([
    ['invoked recently', {}, 'good'],
    ['not invoked for longer than allowed', { last_invocation: minutesAgo(21) }, 'bad'],
    ['no invocation in CloudWatch', { last_invocation: null }, 'bad'],
    ['failed invocations', { errors: 2 }, 'warn'],
    [
      'a local scheduler that has just started',
      { source: 'scheduler', last_invocation: null, errors: null },
      'busy',
    ],
    ['a local tick that failed', { source: 'scheduler', error: 'no queue' }, 'bad'],
    ['a schedule that is off', { source: 'scheduler', every_seconds: 0, last_invocation: null }, 'quiet'],
    ['another process', { source: null, last_invocation: null }, 'quiet'],
  ] as const)('%s', (_, given, tone) => {
    expect(scheduleVerdict({ ...schedule, ...given }, NOW).tone).toBe(tone);
  });
});

test.each([
  ['SUCCEEDED', 'good', undefined],
  ['FAILED', 'bad', 'execution-failed'],
  ['TIMED_OUT', 'bad', 'execution-timed-out'],
  ['ABORTED', 'warn', undefined],
])('of executions, where the last is %s', (status, tone, section) => {
  const last = { name: 'a', status, ended_at: minutesAgo(5), cause: null };
  const verdict = executionsVerdict({ running: null, last }, NOW);
  expect([verdict.tone, verdict.section]).toEqual([tone, section]);
  const running = { name: 'b', started_at: minutesAgo(31) };
  expect(executionsVerdict({ running, last }, NOW).section).toBe('execution-runs-long');
});

test('maintenance is late after a day on AWS, but not on a laptop that was off', () => {
  const ran = (hours: number, status: 'succeeded' | 'failed' = 'succeeded'): MaintenanceHealth => ({
    every_seconds: 86_400,
    last: {
      started_at: minutesAgo(hours * 60),
      duration_ms: 1,
      status,
      cause: null,
      tables: [],
      rows_deleted: 0,
    },
  });
  const tones = (health: MaintenanceHealth) =>
    [false, true].map((isLocal) => maintenanceVerdict(health, NOW, isLocal).tone);
  expect(tones({ every_seconds: 86_400, last: null })).toEqual(['quiet', 'quiet']);
  expect(tones(ran(26))).toEqual(['good', 'good']);
  expect(tones(ran(28))).toEqual(['warn', 'quiet']);
  expect(tones(ran(1, 'failed'))).toEqual(['bad', 'bad']);
});

test('lost messages are a warning for a day', () => {
  const found = (at: string) =>
    reconciliationVerdict({ last: { at, files: 1, keys: ['input/a'] } }, NOW).tone;
  expect(reconciliationVerdict({ last: null }, NOW).tone).toBe('good');
  expect([found(minutesAgo(10)), found(minutesAgo(1500))]).toEqual(['warn', 'good']);
});

test('changed columns are a warning for a day', () => {
  const found = (at: string) => {
    const change = { kind: 'orders', change: 'new', column: 'channel', key: 'input/orders.csv' } as const;
    return schemaChangesVerdict({ changes: [{ ...change, execution_id: 'e', at }] }, NOW).tone;
  };
  expect(schemaChangesVerdict({ changes: [] }, NOW).tone).toBe('good');
  expect([found(minutesAgo(10)), found(minutesAgo(1500))]).toEqual(['warn', 'good']);
});

test('active alarms are counted; an alarm without data is not active', () => {
  const alarm = { name: 'a', symptom: '', section: null, since: null };
  const verdict = (...states: ('ok' | 'alarm' | 'no data')[]) =>
    alarmsVerdict({ source: 'here', alarms: states.map((state) => ({ ...alarm, state })) });
  expect(verdict('ok', 'no data')).toMatchObject({ tone: 'good' });
  expect(verdict('ok', 'alarm')).toMatchObject({ tone: 'bad', word: '1 active alarm' });
  expect(verdict('alarm', 'alarm')).toMatchObject({ word: '2 active alarms' });
  expect(verdict()).toMatchObject({ tone: 'warn' });
});
