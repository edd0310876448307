import type { Plan } from '../../../operations/doctor/plan';
import { type Context, synthesizePlan } from '../../../operations/doctor/synthesize';

const place = { account: '123456789012', region: 'eu-central-1' };
const planned = (context: Context): Promise<Plan> => synthesizePlan(context, place);

test('reads the plan of the default options from the synthesized template', async () => {
  const { named, ...plan } = await planned({});
  expect(plan).toEqual({
    stackName: 'Daybook',
    bootstrap: { parameter: '/cdk-bootstrap/hnb659fds/version', version: expect.any(Number) },
    subnetIds: undefined,
    zones: 2,
    reservedConcurrency: { 'Pipeline-Orchestrator': 1 },
    largestFunction: { name: expect.stringMatching(/^Pipeline-Task-/), memoryMb: 2048 },
    vcpus: { task: 1, maintenance: 1 },
    spot: false,
  });
  expect(plan.bootstrap.version).toBeGreaterThanOrEqual(6);
  expect(named).toContainEqual({
    type: 'AWS::S3::Bucket',
    name: 'daybook-123456789012-eu-central-1',
    isRetained: true,
  });
  expect(named).toContainEqual({ type: 'AWS::SQS::Queue', name: 'file-processing-queue', isRetained: false });
  expect(
    named
      .filter(({ isRetained }) => isRetained)
      .map(({ name }) => name)
      .sort(),
  ).toEqual([
    'CategoryKPIs',
    'CustomerValue',
    'FileLedger',
    'FunnelKpis',
    'InventoryStatus',
    'OrderKPIs',
    'ProductSales',
    'TrafficKpis',
    'daybook-123456789012-eu-central-1',
  ]);
}, 60_000);

test('the plan follows the options', async () => {
  const { named, ...plan } = await planned({
    prefix: 'shop-',
    reserveConcurrency: 'false',
    smallBatchMemory: 4096,
    spark: true,
    sparkMaxVcpu: 18,
    spot: true,
    taskCpu: 2048,
    vpcId: 'vpc-1',
    subnetIds: 'subnet-1,subnet-2',
  });
  expect(plan).toMatchObject({
    stackName: 'shop-Daybook',
    subnetIds: ['subnet-1', 'subnet-2'],
    reservedConcurrency: {},
    largestFunction: { memoryMb: 4096 },
    vcpus: { task: 2, maintenance: 2, spark: 16 },
    spot: true,
  });
  expect(named.every(({ name }) => name.startsWith('shop-'))).toBe(true);
}, 60_000);
