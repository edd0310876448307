import { countDeployment } from '../../cost/deployment-counts';
import { executionCost } from '../../cost/execution-cost';
import { PRICES } from '../../cost/prices';
import { transitionsOf } from '../../cost/transitions';
import type { ExecutionUsage, TaskUsage } from '../../domain/workflow';
import { pricedReportSchema } from '../../operations/executions/report';
import { builtTemplate } from '../builders/changed-template';

const NOTHING: ExecutionUsage = {
  tasks: [],
  files: 3,
  items: {},
  sizes: {
    task: { vcpu: 1, memory_gb: 4, disk_gb: 50 },
    public_address: true,
    task_function: { memory_gb: 2, disk_gb: 4 },
  },
};

const stage = (platform: TaskUsage['platform'], billed_ms: number) => ({
  tasks: [{ task: 'stage', platform, billed_ms, s3_reads: 0, s3_writes: 0 }],
});

const indexesOf = (mart: string) => (mart === 'category_kpis' || mart === 'product_sales' ? 1 : 0);

/** The cost of a service, above that of an execution without tasks. */
function difference(service: string, usage: Partial<ExecutionUsage>): number {
  const of = (one: ExecutionUsage) => Number(executionCost(one, indexesOf).by_service[service] ?? 0);
  return of({ ...NOTHING, ...usage }) - of(NOTHING);
}

test('a function is billed by its seconds and its size', () => {
  const seconds = 3.5;
  const expected =
    seconds * 2 * PRICES.lambdaTime.dollars + seconds * 3.5 * PRICES.lambdaDisk.dollars + 0.2 / 1_000_000;
  expect(difference('Lambda', stage('lambda', 3500))).toBeCloseTo(expected, 6);
  expect(difference('Fargate', stage('lambda', 3500))).toBe(0);
});

test('a Fargate task is billed for at least a minute, then by the second', () => {
  const minute = difference('Fargate', stage('fargate', 3500));
  const { fargateCpu, fargateMemory, fargateDisk } = PRICES;
  expect(minute).toBeCloseTo(
    (fargateCpu.dollars + 4 * fargateMemory.dollars + 30 * fargateDisk.dollars) / 60,
    6,
  );
  expect(difference('Fargate', stage('fargate', 60_000))).toBe(minute);
  expect(difference('Fargate', stage('fargate', 120_000))).toBeCloseTo(2 * minute, 6);
  expect(difference('VPC', stage('fargate', 3_600_000))).toBeCloseTo(PRICES.publicAddress.dollars);
});

test('a job on Spark is billed for the hours of its workers, and shown as EMR Serverless', () => {
  const job = { task: 'stage', vcpu: 8, memory_gb: 32, disk_gb: 100 };
  expect(difference('EMR Serverless', { spark_jobs: [job, job] })).toBeCloseTo(
    2 * (8 * 0.042094 + 32 * 0.004628 + 100 * 0.000111),
    6,
  );
});

test('requests and items are billed as counted, items with an index twice', () => {
  const task = { task: 'stage', platform: 'lambda' as const, billed_ms: 0, s3_reads: 1000, s3_writes: 100 };
  expect(difference('S3', { tasks: [task] })).toBeCloseTo(0.0004 + 0.0005, 6);
  const items = { order_kpis: 100_000, category_kpis: 50_000 };
  expect(difference('DynamoDB', { items })).toBeCloseTo(0.2 * 0.625, 6);
  const others = { customer_value: 100_000, product_sales: 50_000 };
  expect(difference('DynamoDB', { items: { ...items, ...others } })).toBeCloseTo(0.4 * 0.625, 6);
});

test('a thousand more files cost the states of another group, and the time to move them', () => {
  const of = (service: string) => difference(service, { files: 1003 });
  expect(of('Step Functions')).toBeCloseTo((2 * 0.025) / 1000, 6);
  const seconds = 0.5 + 1000 * 0.004;
  expect(of('Lambda')).toBeCloseTo(seconds * 0.5 * PRICES.lambdaTime.dollars, 6);
});

test('the states are those of the deployed state machines, nested executions included', () => {
  const { transitions } = countDeployment(builtTemplate());
  const dollars = (transitionsOf(transitions, 3) * 0.025) / 1000;
  expect(executionCost(NOTHING, indexesOf).by_service['Step Functions']).toBeCloseTo(dollars, 7);
});

test('the total is the sum of the services, the most expensive first, with the date of the prices', () => {
  const cost = executionCost({ ...NOTHING, ...stage('fargate', 70_000) }, indexesOf);
  const dollars = Object.values(cost.by_service);
  expect(dollars.reduce((sum, one) => sum + one, 0)).toBeCloseTo(cost.dollars, 6);
  expect(dollars).toEqual([...dollars].sort((a, b) => b - a));
  expect(Object.keys(cost.by_service)[0]).toBe('Fargate');
  expect(cost.prices).toMatch(/^list, us-east-1 .*, \d{4}-\d{2}$/);
});

test('a report is read with the cost of its usage; one of an earlier version keeps the cost that it holds', () => {
  const report = {
    ...{ execution_id: 'e', outcome: 'succeeded', summary: '', counts: {}, files: [], files_omitted: 0 },
    usage: NOTHING,
  };
  const cost = executionCost(NOTHING, indexesOf);
  expect(pricedReportSchema.parse(report)).toEqual({ ...report, cost });
  const earlier = { ...report, usage: undefined, cost: { ...cost, dollars: 1 } };
  expect(pricedReportSchema.parse(earlier)).toEqual(earlier);
  expect(pricedReportSchema.parse({ ...report, usage: undefined })).not.toHaveProperty('cost');
});
