import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { directoryOf, remove } from 'local-aws/testing';
import { packagePath } from '../../package-path';
import { type AwsStub, StubError, startAwsStub } from '../builders/aws-stub';
import { csv, ORDER_ITEMS, ORDERS, PRODUCTS } from '../builders/csv';
import { LocalPipeline } from '../e2e/local-pipeline';
import { daybookHere } from './run-daybook';

describe('on an account', () => {
  let stub: AwsStub;
  let directory: string;
  beforeAll(async () => {
    directory = directoryOf();
    stub = await startAwsStub({
      'sts:GetCallerIdentity': '<Account>123456789012</Account><Arn>arn</Arn><UserId>A</UserId>',
      'cloudformation:DescribeStacks': new StubError(
        'ValidationError',
        400,
        'Stack shop-Daybook does not exist',
      ),
    });
  });
  afterAll(async () => {
    await stub.stop();
    remove(directory);
  });
  const run = (args: readonly string[], more: Record<string, string> = {}) =>
    daybookHere(['doctor', ...args], {
      AWS_ENDPOINT_URL: stub.endpoint,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'any',
      AWS_SECRET_ACCESS_KEY: 'any',
      ...more,
    });

  test('prints a line for every check, with the missing permission and the remedy', async () => {
    const { code, stdout, stderr } = await run([], {
      DAYBOOK_PREFIX: 'shop-',
      CDK_DOCKER: '/nowhere/engine',
    });
    expect({ code, stderr }).toEqual({ code: 1, stderr: 'daybook: 1 check failed\n' });
    const lines = stdout.split('\n');
    expect(lines[0]).toBe('stack shop-Daybook, account 123456789012, eu-central-1');
    expect(lines).toContainEqual(
      expect.stringMatching(
        /^ {2}failed {3}container engine with BuildKit {2,}\/nowhere\/engine is not installed$/,
      ),
    );
    expect(lines).toContainEqual(expect.stringMatching(/^ +remedy: install Docker 23 or newer/));
    expect(lines).toContainEqual(
      expect.stringMatching(
        /^ {2}unknown {2}service-linked role of ECS {2,}could not be checked: needs iam:GetRole$/,
      ),
    );
    expect(lines).toContainEqual(expect.stringMatching(/^ {2}skipped {2}alarms {2,}not deployed yet$/));
  }, 60_000);

  test('runs the engine of CDK_DOCKER without a shell; -c sets options as for cdk deploy', async () => {
    const engine = path.join(directory, 'finch $(touch evil)');
    writeFileSync(engine, '#!/bin/sh\n[ "$1" = buildx ] && exit 1\necho 1.2\n');
    chmodSync(engine, 0o755);
    const { code, stdout } = await run(
      ['--try', '--json', '-c', 'prefix=test-', '-c', 'vpcId=vpc-1', '-c', 'subnetIds=subnet-1'],
      {
        CDK_DOCKER: engine,
      },
    );
    const { stack, deployed, checks } = JSON.parse(stdout);
    expect({ code, stack, deployed }).toEqual({ code: 0, stack: 'test-Daybook', deployed: false });
    expect(checks).toContainEqual({
      check: 'container-engine',
      title: 'container engine with BuildKit',
      part: 'account',
      status: 'ok',
      message: `${engine} 1.2`,
      remedy: null,
    });
    expect(checks).toContainEqual(
      expect.objectContaining({ check: 'vpcs', status: 'ok', message: 'the stack uses an existing VPC' }),
    );
    expect(checks).toContainEqual(expect.objectContaining({ check: 'sample-file', status: 'skipped' }));
  }, 60_000);

  test('an invalid option fails with its name', async () => {
    const { code, stderr } = await run(['-c', 'taskCpu=many']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^daybook: context: taskCpu: expected a whole number .* got "many"\n$/);
    expect((await run(['-c', 'taskCpu'])).code).toBe(2);
  }, 60_000);
});

describe('on a local pipeline', () => {
  let pipeline: LocalPipeline;
  beforeAll(async () => {
    pipeline = await LocalPipeline.start();
    const at = '2025-03-10T12:00:00';
    await pipeline.put('input/products.csv', csv(PRODUCTS, '1,s,1.00,Books,n,b,2.00,d'));
    await pipeline.put('input/orders.csv', csv(ORDERS, `1,1,Complete,${at},,,,1`));
    await pipeline.put('input/order_items.csv', csv(ORDER_ITEMS, `1,1,1,1,Complete,${at},,,,2.00`));
    await pipeline.untilQuiet();
  }, 60_000);
  afterAll(() => pipeline.stop());
  const run = (...args: string[]) =>
    daybookHere(['doctor', ...args], { AWS_ENDPOINT_URL: pipeline.ready.endpoint });

  test('skips the checks of the account, and makes those of the bucket and the queues', async () => {
    const { code, stdout } = await run();
    expect(code).toBe(0);
    expect(stdout).toMatch(/^local pipeline, account 000000000000, us-east-1\n/);
    expect(stdout).toMatch(
      /\n {2}skipped {2}service-linked role of ECS {2,}not needed for a local pipeline\n/,
    );
    for (const check of ['notification of the bucket', 'policy of the queue', 'dead-letter queues']) {
      expect(stdout).toMatch(new RegExp(`\n  ok       ${check} `));
    }
  });

  test('--try sends a file through every task, and changes no number', async () => {
    const state = async () => ({
      kpis: [await pipeline.orderKpis(), await pipeline.categoryKpis()],
      staging: await pipeline.keys('staging/'),
      lake: await pipeline.keys('kpis/'),
    });
    const before = await state();
    expect(before.kpis[0]).toHaveLength(1);
    const { code, stdout } = await run('--try', '--json');
    expect(code).toBe(0);
    const sample = JSON.parse(stdout).checks.at(-1);
    expect(sample).toMatchObject({ check: 'sample-file', status: 'ok' });
    expect(sample.message).toMatch(
      /^processed by the execution \S+; now archive\/\S+\/daybook-doctor\/currency_rates-\S+\.csv$/,
    );
    await pipeline.untilQuiet();
    expect(await state()).toEqual(before);
    const [newest] = await pipeline.executions();
    const entered = await pipeline.statesEntered(
      `${pipeline.deployment.stateMachineArn.replace(':stateMachine:', ':execution:')}:${newest?.name}`,
    );
    expect(entered).toEqual(
      expect.arrayContaining(['ValidateFiles', 'StageFiles', 'TransformKpis', 'SettleBatch']),
    );
  }, 60_000);

  test('--try says where the file is when its time ends', async () => {
    const { code, stdout, stderr } = await run('--try', '--timeout', '1');
    expect({ code, stderr }).toEqual({ code: 1, stderr: 'daybook: 1 check failed\n' });
    expect(stdout).toMatch(
      /\n {2}failed {3}a sample file +input\/daybook-doctor\/currency_rates-\S+\.csv is (still in \S+ of the execution \S+|in the bucket, and no execution has taken it) after 1 seconds\n +remedy: npx daybook status/,
    );
    await pipeline.untilQuiet();
  }, 60_000);
});

test('docs/deploy.md lists every permission that a check needs', () => {
  const directory = packagePath('operations', 'doctor');
  const text = readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(path.join(directory, name), 'utf8'))
    .join('\n');
  const needed = [...text.matchAll(/(?:requires\(|permission: )'([^']+)'/g)].flatMap(([, names = '']) =>
    names.split(/, | and /),
  );
  expect(needed).toContain('iam:GetRole');
  const page = readFileSync(packagePath('docs', 'deploy.md'), 'utf8');
  const rows = page.split('\n').filter((line) => line.includes('`npx daybook doctor'));
  const listed = new Set(rows.flatMap((row) => [...row.matchAll(/`(\w+:\w+)`/g)].map(([, name]) => name)));
  expect([...new Set(needed)].filter((name) => !listed.has(name))).toEqual([]);
});
