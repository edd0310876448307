import { METRICS, type MetricName } from '../../domain/metrics';
import { taskMetrics } from '../../runtime/metrics';
import { withResult, withResultAt } from '../../runtime/task-result';
import { MemoryBucket } from '../builders/memory-bucket';
import { silentLogger } from '../builders/silent-logger';
import { writtenLines } from '../builders/written-lines';

const service = 'two-Daybook';

function setUp() {
  let now = Date.parse('2025-03-30T12:00:00Z');
  return {
    bucket: new MemoryBucket(),
    logger: silentLogger,
    metrics: taskMetrics(service),
    clock: () => {
      now += 1500;
      return new Date(now);
    },
  };
}

test('a line is embedded metric format: every metric under its unit, with the service as the only dimension', async () => {
  const names = Object.keys(METRICS) as MetricName[];
  const before = Date.now();
  const [line] = await writtenLines(() =>
    taskMetrics(service).emit(Object.fromEntries(names.map((name, i) => [name, i])), { rows_inserted: 12 }),
  );
  expect(line).toMatchObject({ service, rows_inserted: 12, FilesAccepted: 0, FilesRejected: 1 });
  const { Timestamp, CloudWatchMetrics } = line?._aws ?? {};
  expect(Timestamp).toBeGreaterThanOrEqual(before);
  expect(CloudWatchMetrics).toEqual([
    {
      Namespace: 'Daybook',
      Dimensions: [['service']],
      Metrics: names.map((Name) => ({ Name, Unit: METRICS[Name] })),
    },
  ]);
});

test('a second line has nothing of the first', async () => {
  const metrics = taskMetrics(service);
  const [, second] = await writtenLines(() => {
    metrics.emit({ FilesAccepted: 1 }, { execution_id: 'a' });
    metrics.emit({ RowsAccepted: 2 });
  });
  expect(second).not.toHaveProperty('FilesAccepted');
  expect(second).not.toHaveProperty('execution_id');
  expect(second?._aws.CloudWatchMetrics[0]?.Metrics).toEqual([{ Name: 'RowsAccepted', Unit: 'Count' }]);
});

test.each([
  ['validate', 'ValidateDuration'],
  ['stage', 'StageDuration'],
  ['transform', 'TransformDuration'],
] as const)('an attempt at %s emits %s, whether it succeeds or fails', async (task, metric) => {
  const deps = setUp();
  const lines = await writtenLines(async () => {
    await withResult(task, 'exec-1', deps, async () => ({}));
    await withResult(task, 'exec-1', deps, () => Promise.reject(new Error('out of disk'))).catch(() => {});
  });
  expect(lines).toMatchObject([
    { [metric]: 1500, task, execution_id: 'exec-1', status: 'succeeded' },
    { [metric]: 1500, task, execution_id: 'exec-1', status: 'failed' },
  ]);
  expect(lines[0]?.peak_memory_bytes).toBeGreaterThan(10_000_000);
});

test('an attempt whose result could not be written has failed, and emits nothing', async () => {
  const deps = setUp();
  deps.bucket.put = () => Promise.reject(new Error('503'));
  const lines = await writtenLines(() =>
    withResult('stage', 'exec-1', deps, async () => ({})).catch(() => {}),
  );
  expect(lines).toEqual([]);
});

test('maintain emits whether it succeeded', async () => {
  const deps = setUp();
  const identity = { task: 'maintain' as const };
  const lines = await writtenLines(async () => {
    await withResultAt('results/maintain/1.json', identity, deps, async () => ({}));
    await withResultAt('results/maintain/2.json', identity, deps, () =>
      Promise.reject(new Error('orders: no')),
    ).catch(() => {});
  });
  expect(lines.map(({ MaintenanceSuccesses }) => MaintenanceSuccesses)).toEqual([1, 0]);
});

test.each(['orchestrate', 'settle'] as const)('Lambda measures %s itself', async (task) => {
  const lines = await writtenLines(() => withResult(task, 'exec-1', setUp(), async () => ({})));
  expect(lines).toEqual([]);
});
