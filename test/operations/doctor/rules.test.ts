import { judgeAlarms } from '../../../operations/doctor/checks/alarms';
import { judgeBootstrap } from '../../../operations/doctor/checks/bootstrap';
import { judgeEngine } from '../../../operations/doctor/checks/container-engine';
import { judgeDeadLetters } from '../../../operations/doctor/checks/dead-letters';
import { judgeExisting, LOOKUPS, type Owner } from '../../../operations/doctor/checks/existing-resources';
import { judgeVcpus } from '../../../operations/doctor/checks/fargate-vcpus';
import { judgeMemory } from '../../../operations/doctor/checks/function-memory';
import { judgeConcurrency } from '../../../operations/doctor/checks/lambda-concurrency';
import { judgeNotification } from '../../../operations/doctor/checks/notification';
import { judgeSchedules } from '../../../operations/doctor/checks/schedules';
import { judgeSparkVcpus } from '../../../operations/doctor/checks/spark-vcpus';
import { judgeStack } from '../../../operations/doctor/checks/stack-status';
import { judgeSubscriptions } from '../../../operations/doctor/checks/subscriptions';
import { judgeVpcs } from '../../../operations/doctor/checks/vpcs';
import { firstZones, judgeZones, type Zone } from '../../../operations/doctor/checks/zones';
import { NAMED_TYPES } from '../../../operations/doctor/plan';
import { stackState } from '../../../operations/doctor/stack';

describe('concurrent executions of Lambda', () => {
  test.each([
    ['a new account', { quota: 10, unreserved: 10, additional: 1 }, 'failed'],
    ['a quota of 100', { quota: 100, unreserved: 100, additional: 1 }, 'failed'],
    ['a quota of 101', { quota: 101, unreserved: 101, additional: 1 }, 'ok'],
    ['a quota that others have reserved', { quota: 1000, unreserved: 100, additional: 1 }, 'failed'],
    ['a function that has its reservation', { quota: 1000, unreserved: 100, additional: 0 }, 'ok'],
    ['no reservation in a new account', { quota: 10, unreserved: 10, additional: 0 }, 'ok'],
  ])('%s', (_, facts, status) => {
    expect(judgeConcurrency(facts).status).toBe(status);
  });

  test('the remedy is the option, or a quota that suffices', () => {
    const { remedy } = judgeConcurrency({ quota: 1000, unreserved: 60, additional: 1 });
    expect(remedy).toMatch(/^-c reserveConcurrency=false, .* --quota-code L-B99A9384 --desired-value 1041$/);
  });
});

test('memory above the limit of new accounts is a warning, unless the function has it already', () => {
  expect(judgeMemory(3008, undefined).status).toBe('ok');
  expect(judgeMemory(3009, undefined)).toMatchObject({
    status: 'warning',
    remedy: 'if the deployment fails: -c smallBatchMemory=3008',
  });
  expect(judgeMemory(4096, 2048).status).toBe('warning');
  expect(judgeMemory(4096, 4096).status).toBe('ok');
});

test.each([
  ['two vCPUs on demand', { onDemand: 2, spot: undefined }, 'ok'],
  ['fewer on demand', { onDemand: 1, spot: undefined }, 'failed'],
  ['one on Spot', { onDemand: 2, spot: 1 }, 'ok'],
  ['none on Spot', { onDemand: 2, spot: 0 }, 'failed'],
])('Fargate with %s', (_, quotas, status) => {
  expect(judgeVcpus({ task: 1, maintenance: 1 }, quotas).status).toBe(status);
});

test('Spark must not ask for more vCPUs than the quota', () => {
  expect(judgeSparkVcpus(16, 16).status).toBe('ok');
  expect(judgeSparkVcpus(64, 16)).toMatchObject({
    status: 'failed',
    remedy: expect.stringMatching(
      /^-c sparkMaxVcpu=16, .* --service-code emr-serverless --quota-code L-D05C8A75 --desired-value 64$/,
    ),
  });
});

test('a VPC needs one more than there are', () => {
  expect(judgeVpcs(4, 5).status).toBe('ok');
  expect(judgeVpcs(5, 5)).toMatchObject({
    status: 'failed',
    remedy: expect.stringMatching(/^-c vpcId=.* --quota-code L-F678F1CE --desired-value 6$/),
  });
});

test('the bootstrap is compared as a number', () => {
  const place = 'aws://123456789012/eu-central-1';
  expect(judgeBootstrap('10', 6, place).status).toBe('ok');
  expect(judgeBootstrap('5', 6, place).status).toBe('failed');
  expect(judgeBootstrap(undefined, 6, place)).toMatchObject({
    status: 'failed',
    remedy: 'npx cdk bootstrap aws://123456789012/eu-central-1',
  });
});

describe('availability zones', () => {
  const zone = (name: string, id: string): Zone => ({ name, id });
  const a = zone('us-west-1a', 'usw1-az2');
  const b = zone('us-west-1b', 'usw1-az3');
  const c = zone('us-west-1c', 'usw1-az1');

  test('CloudFormation takes the first in alphabetical order, with a default subnet if there are any', () => {
    expect(firstZones([c, a, b], [], 2)).toEqual([a, b]);
    expect(firstZones([c, a, b], [c, b], 2)).toEqual([b, c]);
  });

  test('a zone without Fargate fails, by its id', () => {
    expect(judgeZones([a, b], 'us-west-1')).toMatchObject({
      status: 'failed',
      message: 'Fargate does not run in us-west-1a (usw1-az2)',
      remedy: expect.stringContaining('-c vpcId='),
    });
    expect(judgeZones([b, c], 'us-west-1').status).toBe('ok');
    expect(judgeZones([zone('eu-central-1a', 'euc1-az2')], 'eu-central-1').status).toBe('ok');
  });
});

describe('names of the resources', () => {
  const resource = (name: string, owner: Owner, isRetained: boolean) => ({
    type: 'AWS::SQS::Queue',
    name,
    owner,
    isRetained,
  });
  const table = (owner: Owner) => resource('OrderKPIs', owner, true);
  const queue = (owner: Owner) => resource('queue', owner, false);

  test.each([
    ['free names', [table('free'), queue('free')], 'ok', null],
    [
      'what an earlier stack left',
      [table('account'), queue('free')],
      'warning',
      'npx cdk deploy --import-existing-resources',
    ],
    [
      'a resource that cannot be imported',
      [table('account'), queue('account')],
      'failed',
      /^delete them, .*prefix/,
    ],
    ['a bucket of another account', [table('other'), queue('free')], 'failed', /prefix/],
  ])('%s', (_, resources, status, remedy) => {
    const finding = judgeExisting(resources);
    expect(finding.status).toBe(status);
    if (typeof remedy === 'string' || remedy === null) expect(finding.remedy).toBe(remedy);
    else expect(finding.remedy).toMatch(remedy);
  });

  test('every type with a name can be looked up', () => {
    expect([...Object.keys(LOOKUPS), 'AWS::S3::Bucket'].sort()).toEqual([...NAMED_TYPES].sort());
  });
});

describe('the stack', () => {
  test.each([
    [undefined, 'ok', false],
    ['CREATE_COMPLETE', 'ok', true],
    ['UPDATE_ROLLBACK_COMPLETE', 'ok', true],
    ['ROLLBACK_COMPLETE', 'ok', false],
    ['UPDATE_IN_PROGRESS', 'warning', true],
    ['UPDATE_ROLLBACK_FAILED', 'failed', true],
    ['DELETE_FAILED', 'failed', true],
  ])('%s', (status, finding, isDeployed) => {
    expect(stackState(status).isDeployed).toBe(isDeployed);
    expect(judgeStack('Daybook', status ?? null).status).toBe(finding);
  });
});

describe('the container engine', () => {
  const docker = {
    command: 'docker',
    isInstalled: true,
    buildx: 'github.com/docker/buildx v0.17',
    server: '27.1',
  };

  test.each([
    ['Docker with BuildKit', docker, 'ok'],
    ['Docker without it', { ...docker, buildx: undefined }, 'failed'],
    ['Finch, which has no such command', { ...docker, command: '/usr/bin/finch', buildx: undefined }, 'ok'],
    ['a server that does not answer', { ...docker, server: undefined }, 'failed'],
    ['no engine', { ...docker, isInstalled: false, buildx: undefined, server: undefined }, 'failed'],
  ])('%s', (_, engine, status) => {
    expect(judgeEngine(engine, false).status).toBe(status);
    expect(judgeEngine(engine, true).status).toBe(status === 'failed' ? 'warning' : status);
  });
});

test('a schedule that is missing or disabled fails', () => {
  const states = (first: string | undefined, second: string | undefined) => [
    { name: 'Five-Minute', state: first },
    { name: 'Daily', state: second },
  ];
  expect(judgeSchedules(states('ENABLED', 'ENABLED')).status).toBe('ok');
  expect(judgeSchedules(states('ENABLED', 'DISABLED')).message).toBe('not enabled: Daily');
  expect(judgeSchedules(states(undefined, 'DISABLED')).message).toBe('missing: Five-Minute');
});

test('active alarms fail, with their sections of the runbook', () => {
  const alarm = (name: string, section: string, state: 'ok' | 'alarm' | 'no data') => ({
    name,
    section,
    state,
  });
  const quiet = [alarm('a', 'x', 'ok'), alarm('b', 'y', 'no data')];
  expect(judgeAlarms([]).status).toBe('failed');
  expect(judgeAlarms(quiet).status).toBe('ok');
  expect(
    judgeAlarms([
      ...quiet,
      alarm('dead-letters-Intake', 'dead-letters', 'alarm'),
      alarm('dead-letters-Triggers', 'dead-letters', 'alarm'),
    ]),
  ).toEqual({
    status: 'failed',
    message: '2 of 4 alarms active: dead-letters-Intake, dead-letters-Triggers',
    remedy: 'docs/runbook.md#dead-letters',
  });
});

test('dead letters and failed invocations fail', () => {
  expect(judgeDeadLetters(0, 0).status).toBe('ok');
  expect(judgeDeadLetters(2, 1)).toMatchObject({
    status: 'failed',
    message: '2 dead letters, 1 failed scheduled invocation',
    remedy: expect.stringContaining('npx daybook redrive'),
  });
  expect(judgeDeadLetters(0, 1).remedy).toBe('docs/runbook.md#dead-letters');
});

test('a subscription that is not confirmed, and a topic of faults without one, are warnings', () => {
  const topic = (name: string, ...arns: string[]) => ({
    topic: name,
    subscriptions: arns.map((SubscriptionArn) => ({ SubscriptionArn, Endpoint: 'a@example.com' })),
  });
  const confirmed = 'arn:aws:sns:eu-central-1:123456789012:Failures:1';
  const judge = (...needed: ReturnType<typeof topic>[]) =>
    judgeSubscriptions({ optional: [topic('Success')], needed });
  expect(judge(topic('Failures', confirmed), topic('Alarms', confirmed)).status).toBe('ok');
  expect(judge(topic('Failures', confirmed), topic('Alarms', 'PendingConfirmation'))).toMatchObject({
    status: 'warning',
    message: 'not confirmed: a@example.com of Alarms',
  });
  expect(judge(topic('Failures', confirmed), topic('Alarms'))).toMatchObject({
    status: 'warning',
    message: 'nobody subscribes to Alarms',
  });
});

test('the notification must send every new object below input/ to the queue', () => {
  const queue = 'arn:aws:sqs:eu-central-1:123456789012:files';
  const given = {
    QueueArn: queue,
    Events: ['s3:ObjectCreated:*' as const],
    Filter: { Key: { FilterRules: [{ Name: 'prefix' as const, Value: 'input/' }] } },
  };
  const suffix = { Key: { FilterRules: [{ Name: 'suffix' as const, Value: '.csv' }] } };
  expect(judgeNotification([given], queue).status).toBe('ok');
  expect(judgeNotification([], queue).status).toBe('failed');
  expect(judgeNotification([given], `${queue}-dlq`).status).toBe('failed');
  expect(judgeNotification([{ ...given, Filter: suffix }], queue).status).toBe('failed');
  expect(judgeNotification([{ ...given, Events: ['s3:ObjectCreated:Put'] }], queue).status).toBe('failed');
});
