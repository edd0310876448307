import { PRICES } from '../../../cost/prices';
import { taskResultKey } from '../../../domain/object-keys';
import type { TaskUsage } from '../../../domain/workflow';
import { costLine } from '../../../tasks/settle/cost-line';
import { failureReport, successReport } from '../../../tasks/settle/report';
import { MemoryBucket } from '../../builders/memory-bucket';

const SIZES = {
  task: { vCpu: 1, memoryGb: 4, diskGb: 50 },
  hasPublicAddresses: true,
  taskFunction: { memoryGb: 2, diskGb: 4 },
};

const attempt = (task: string, platform: TaskUsage['platform'], billed_ms: number) => ({
  task,
  usage: { platform, billed_ms, s3_reads: 0, s3_writes: 0 },
});

const by = (attempts: Parameters<typeof costLine>[0], files = 3) =>
  costLine(attempts, files, SIZES).cost?.by_service ?? {};
const difference = (service: string, attempts: Parameters<typeof costLine>[0], files = 3) =>
  Number(by(attempts, files)[service] ?? 0) - Number(by([], files)[service] ?? 0);

test('a function is billed by its seconds and its size', () => {
  const seconds = 3.5;
  const expected =
    seconds * 2 * PRICES.lambdaTime.dollars + seconds * 3.5 * PRICES.lambdaDisk.dollars + 0.2 / 1_000_000;
  expect(difference('Lambda', [attempt('stage', 'lambda', 3500)])).toBeCloseTo(expected, 6);
  expect(difference('Fargate', [attempt('stage', 'lambda', 3500)])).toBe(0);
});

test('a Fargate task is billed for a minute at least, then by the second', () => {
  const minute = difference('Fargate', [attempt('stage', 'fargate', 3500)]);
  const { fargateCpu, fargateMemory, fargateDisk } = PRICES;
  expect(minute).toBeCloseTo(
    (fargateCpu.dollars + 4 * fargateMemory.dollars + 30 * fargateDisk.dollars) / 60,
    6,
  );
  expect(difference('Fargate', [attempt('stage', 'fargate', 60_000)])).toBe(minute);
  expect(difference('Fargate', [attempt('stage', 'fargate', 120_000)])).toBeCloseTo(2 * minute, 6);
  expect(difference('VPC', [attempt('stage', 'fargate', 3_600_000)])).toBeCloseTo(
    PRICES.publicAddress.dollars,
  );
});

test('requests and items count as they were, the items of an index twice', () => {
  const usage = { platform: 'lambda' as const, billed_ms: 0, s3_reads: 1000, s3_writes: 100 };
  expect(difference('S3', [{ task: 'stage', usage }])).toBeCloseTo(0.0004 + 0.0005, 6);
  const tables = [
    { table: 'order_kpis', written: 100_000, deleted: 0 },
    { table: 'category_kpis', written: 40_000, deleted: 10_000 },
  ];
  expect(difference('DynamoDB', [{ task: 'transform', tables }])).toBeCloseTo(0.2 * 0.625, 6);
});

test('a thousand files more cost the states of another group, and what moving them takes', () => {
  const of = (service: string) => Number(by([], 1003)[service] ?? 0) - Number(by([], 3)[service] ?? 0);
  expect(of('Step Functions')).toBeCloseTo((2 * 0.025) / 1000, 6);
  const seconds = 0.5 + 1000 * 0.004;
  expect(of('Lambda')).toBeCloseTo(seconds * 0.5 * PRICES.lambdaTime.dollars, 6);
});

test('the sum is that of the services, dearest first, with the date of the prices', () => {
  const { cost } = costLine([attempt('validate', 'fargate', 70_000)], 3, SIZES);
  const dollars = Object.values(cost?.by_service ?? {});
  expect(dollars.reduce((sum, one) => sum + one, 0)).toBeCloseTo(cost?.dollars ?? 0, 6);
  expect(dollars).toEqual([...dollars].sort((a, b) => b - a));
  expect(Object.keys(cost?.by_service ?? {})[0]).toBe('Fargate');
  expect(cost?.prices).toMatch(/^list, us-east-1 .*, \d{4}-\d{2}$/);
});

test('reports of success and of failure have the line, where the sizes are known', async () => {
  const bucket = new MemoryBucket();
  const result = {
    ...{ execution_id: 'e', started_at: '2026-03-01T10:00:00Z', duration_ms: 5, status: 'failed' },
    ...attempt('validate', 'lambda', 4000),
  };
  await bucket.put(taskResultKey('e', 'validate'), JSON.stringify(result));
  const succeeded = await successReport(bucket, 'e', SIZES);
  const failed = await failureReport(bucket, 'e', {}, [], SIZES);
  expect(succeeded.cost?.by_service.Lambda).toBeGreaterThan(0.0001);
  expect(failed.cost).toEqual(succeeded.cost);
  expect(await successReport(bucket, 'e')).not.toHaveProperty('cost');
});
