import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { resourceNames } from '../../domain/names';
import { maintainResultKey } from '../../domain/object-keys';
import { readAlarms } from '../../operations/health/alarms';
import {
  type AlarmRule,
  evaluateAlarm,
  type Observed,
  readAlarmRules,
} from '../../operations/health/local-alarms';
import { readMaintenanceHealth } from '../../operations/health/maintenance';
import { readMetrics } from '../../operations/health/metrics';
import { scheduleHealth } from '../../operations/health/schedule';
import { MemoryBucket } from '../builders/memory-bucket';

const NOW = new Date('2025-03-30T12:00:00Z');
const minutesAgo = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000);
const names = resourceNames('shop-');

describe('without CloudWatch', () => {
  const rules = readAlarmRules();
  const rule = (name: string): AlarmRule => {
    const found = rules.find((one) => one.name === name);
    if (!found) throw new Error(`the template has no alarm ${name}`);
    return found;
  };
  const seen: Observed = {
    waiting: { 'file-processing-queue': 0, 'file-processing-queue-dlq': 0, 'Pipeline-Trigger-dlq': 0 },
    oldestSeconds: null,
    executions: [],
    maintenance: undefined,
    now: NOW,
  };
  const stateOf = (name: string, given: Partial<Observed>) =>
    evaluateAlarm(rule(name), { ...seen, ...given }, 'file-processing-queue').state;
  const ended = (status: string, minutes: number) => ({
    status,
    started: minutesAgo(minutes + 1),
    ended: minutesAgo(minutes),
  });
  const waiting = (queue: string) => ({ waiting: { ...seen.waiting, [queue]: 1 } });

  test('every alarm of the template has a section of the runbook, and a state or no data', () => {
    expect(rules.length).toBeGreaterThan(10);
    expect(rules.filter(({ section }) => section === null)).toEqual([]);
    expect(stateOf('errors-Functions-settle', {})).toBe('no data');
    expect(stateOf('rejected-rows', {})).toBe('no data');
  });

  test.each([
    [
      'dead-letters-Intake-DeadLetters',
      waiting('file-processing-queue-dlq'),
      waiting('Pipeline-Trigger-dlq'),
    ],
    [
      'dead-letters-Triggers-DeadLetters',
      waiting('Pipeline-Trigger-dlq'),
      waiting('file-processing-queue-dlq'),
    ],
    [
      'files-wait-Intake-Queue',
      { ...waiting('file-processing-queue'), oldestSeconds: 1800 },
      { ...waiting('file-processing-queue'), oldestSeconds: 1799 },
    ],
    // Messages in flight do not count as waiting.
    [
      'files-wait-Intake-Queue',
      { ...waiting('file-processing-queue'), oldestSeconds: 1800 },
      { oldestSeconds: 9999 },
    ],
    [
      'execution-failed',
      { executions: [ended('SUCCEEDED', 1), ended('FAILED', 4)] },
      { executions: [ended('FAILED', 6)] },
    ],
    ['execution-timed-out', { executions: [ended('TIMED_OUT', 1)] }, { executions: [ended('FAILED', 1)] }],
    [
      'execution-runs-long',
      { executions: [{ status: 'RUNNING', started: minutesAgo(30), ended: undefined }] },
      { executions: [{ status: 'RUNNING', started: minutesAgo(29), ended: undefined }] },
    ],
    [
      'no-execution-for-a-day',
      { ...waiting('file-processing-queue'), oldestSeconds: 86_400 },
      { ...waiting('file-processing-queue'), oldestSeconds: 86_400, executions: [ended('FAILED', 60)] },
    ],
    ['maintenance-failed', { maintenance: 'failed' as const }, { maintenance: 'succeeded' as const }],
  ])('%s is evaluated against the threshold of the template', (name, on, off) => {
    expect([stateOf(name, on), stateOf(name, off)]).toEqual(['alarm', 'ok']);
  });

  test('the schedule of another process has no source', () => {
    expect(scheduleHealth(undefined, undefined)).toMatchObject({ source: null, last_invocation: null });
  });
});

describe('with CloudWatch', () => {
  /** A client with a fixed response that records its requests. */
  const answering = (answer: object) => {
    const asked: object[] = [];
    const client = {
      async send({ input }: { input: object }) {
        asked.push(input);
        return answer;
      },
      config: {},
    };
    return { client: client as unknown as CloudWatchClient, asked };
  };

  test('reads three metrics in one request, and takes the newest values', async () => {
    const { client, asked } = answering({
      MetricDataResults: [
        { Id: 'oldest', Timestamps: [minutesAgo(1), minutesAgo(2)], Values: [90, 30] },
        { Id: 'calls', Timestamps: [minutesAgo(1), minutesAgo(3)], Values: [0, 2] },
        { Id: 'errors', Timestamps: [minutesAgo(1), minutesAgo(3)], Values: [1, 2] },
        { Id: 'event', Timestamps: [minutesAgo(1)], Values: [40] },
        { Id: 'iterator', Timestamps: [minutesAgo(1)], Values: [1500] },
      ],
    });
    const metrics = await readMetrics(client, names, NOW);
    expect(metrics).toEqual({
      oldestSeconds: 90,
      lastInvocation: minutesAgo(3),
      errors: 3,
      oldestEventSeconds: 40,
      iteratorAgeSeconds: 1.5,
    });
    expect(asked).toHaveLength(1);
    expect(JSON.stringify(asked)).toContain('"Value":"shop-file-processing-queue"');
    expect(scheduleHealth(metrics, undefined)).toEqual({
      source: 'cloudwatch',
      last_invocation: minutesAgo(3).toISOString(),
      error: null,
      errors: 3,
      every_seconds: 300,
    });
  });

  test('missing data is null', async () => {
    const { client } = answering({});
    expect(await readMetrics(client, names, NOW)).toEqual({
      oldestSeconds: null,
      lastInvocation: null,
      errors: 0,
      oldestEventSeconds: null,
      iteratorAgeSeconds: null,
    });
  });
});

describe('the last maintenance', () => {
  const result = (started: Date, status: 'succeeded' | 'failed') => ({
    task: 'maintain',
    status,
    started_at: started.toISOString(),
    duration_ms: 5,
    ...(status === 'failed'
      ? { cause: 'orders: no room' }
      : { tables: [], rows_deleted: 3, rows_deleted_before: '' }),
  });
  const put = (bucket: MemoryBucket, started: Date, status: 'succeeded' | 'failed') =>
    bucket.put(maintainResultKey(started), JSON.stringify(result(started, status)));

  test('is found without listing all results, however old it is', async () => {
    const bucket = new MemoryBucket();
    expect((await readMaintenanceHealth(bucket, NOW)).last).toBeNull();
    await put(bucket, minutesAgo(60 * 24 * 90), 'succeeded');
    expect((await readMaintenanceHealth(bucket, NOW)).last).toMatchObject({ rows_deleted: 3 });
    await put(bucket, minutesAgo(60), 'failed');
    bucket.calls.length = 0;
    expect((await readMaintenanceHealth(bucket, NOW)).last).toMatchObject({
      status: 'failed',
      cause: 'orders: no room',
      tables: [],
    });
    expect(bucket.calls.map(({ operation }) => operation)).toEqual(['list', 'get']);
  });
});

test('lists only the alarms of the deployment, with symptom and runbook section', async () => {
  const alarm = {
    AlarmName: 'shop-Daybook-execution-failed',
    AlarmDescription: 'An execution failed. See docs/runbook.md#execution-failed',
    StateValue: 'ALARM',
    StateTransitionedTimestamp: NOW,
  };
  const asked: object[] = [];
  const { CloudWatchClient: Client } = await import('@aws-sdk/client-cloudwatch');
  const client = new Client({ region: 'eu-central-1' });
  client.send = (async ({ input }: { input: object }) => {
    asked.push(input);
    return { MetricAlarms: [alarm, { ...alarm, AlarmDescription: 'Ours', StateValue: 'INSUFFICIENT_DATA' }] };
  }) as never;
  expect(await readAlarms(client, names)).toEqual([
    {
      name: 'execution-failed',
      symptom: 'An execution failed.',
      section: 'execution-failed',
      state: 'alarm',
      since: NOW.toISOString(),
    },
    { name: 'execution-failed', symptom: 'Ours', section: null, state: 'no data', since: NOW.toISOString() },
  ]);
  expect(asked).toEqual([expect.objectContaining({ AlarmNamePrefix: 'shop-Daybook-' })]);
});
