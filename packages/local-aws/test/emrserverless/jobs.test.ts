import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { Application } from '../../src/emrserverless/application';
import { EmrServerless } from '../../src/emrserverless/applications';
import { type Endpoint, startEndpoint } from '../../src/endpoint/endpoint';
import type { Iam } from '../../src/iam/iam';
import { DEFAULT_PLACE } from '../../src/place';
import { createS3Service } from '../../src/s3/service';
import { startJobRunIntegration } from '../../src/stepfunctions/integrations/start-job-run';
import type { JsonObject } from '../../src/stepfunctions/json';
import { directoryOf, isAlive, remove, until } from '../../src/testing/files';
import { iamWithRole, policyOf, trustPolicy } from '../../src/testing/roles';
import { clientConfig } from '../../src/testing/scene';
import { buildChild } from '../built';

/** Writes what it was given, and does what the first line of the job says. */
const SPARK_SUBMIT = `#!/usr/bin/env node
const job = process.argv.find((argument) => argument.endsWith('.py'));
const text = require('node:fs').readFileSync(job, 'utf8');
console.log(JSON.stringify({ args: process.argv.slice(2), env: process.env, job: text }));
if (text === 'fail') { console.error('no such column'); process.exit(3); }
if (text === 'stay') setInterval(() => {}, 1000);
`;

const APPLICATION: Application = {
  id: '00fapplication',
  arn: 'arn:aws:emr-serverless:us-east-1:000000000000:/applications/00fapplication',
  name: 'Shop-Spark',
  releaseLabel: 'emr-7.13.0',
  assetOf: (uri) => (uri === 's3://assets/hash.py' ? asset : undefined),
};
const ROLE = 'arn:aws:iam::000000000000:role/job';

let directory: string;
let asset: string;
let parentWatch: string;
let endpoint: Endpoint;
let iam: Iam;
let roleArn: string;
let emr: EmrServerless;
let env: Record<string, string>;
const started: { name: string; pid: number | undefined; kill(): void }[] = [];

beforeAll(async () => {
  directory = directoryOf({
    'spark/bin/spark-submit': SPARK_SUBMIT,
    'spark/jars/spark-core_2.12-3.5.9.jar': '',
    'spark/jars/hadoop-client-api-3.3.4.jar': '',
    'java/bin/java': '#!/bin/sh\necho \'openjdk version "17.0.15" 2025-04-15\' >&2\n',
    'old-java/bin/java': '#!/bin/sh\necho \'java version "11.0.1"\' >&2\n',
    'asset.py': 'succeed',
  });
  for (const file of ['spark/bin/spark-submit', 'java/bin/java', 'old-java/bin/java'])
    chmodSync(path.join(directory, file), 0o755);
  asset = path.join(directory, 'asset.py');
  parentWatch = buildChild('ecs/parent-watch.ts', directory);
  ({ iam, roleArn } = iamWithRole('states.amazonaws.com', [
    {
      Action: ['emr-serverless:StartJobRun', 'emr-serverless:GetJobRun', 'emr-serverless:CancelJobRun'],
      Resource: [APPLICATION.arn, `${APPLICATION.arn}/jobruns/*`],
    },
    {
      Action: 'iam:PassRole',
      Resource: ROLE,
      Condition: { StringEquals: { 'iam:PassedToService': 'emr-serverless.amazonaws.com' } },
    },
  ]));
  iam.putRole('job', trustPolicy('emr-serverless.amazonaws.com'));
  iam.putRolePolicy(
    ROLE,
    'rights',
    policyOf({
      Action: 's3:GetObject',
      Resource: ['arn:aws:s3:::assets/hash.py', 'arn:aws:s3:::shop/jobs/*'],
    }),
  );
  const s3 = await createS3Service({ directory: path.join(directory, 's3') });
  await s3.createBucket('shop');
  endpoint = await startEndpoint({ services: [s3], access: iam });
  const client = new S3Client(clientConfig(endpoint.url));
  for (const [Key, Body] of [
    ['jobs/fail.py', 'fail'],
    ['jobs/stay.py', 'stay'],
    ['private/job.py', 'succeed'],
  ])
    await client.send(new PutObjectCommand({ Bucket: 'shop', Key, Body }));
  client.destroy();
});
afterAll(async () => {
  await endpoint.close();
  remove(directory);
});

beforeEach(() => {
  env = { SPARK_HOME: path.join(directory, 'spark'), JAVA_HOME: path.join(directory, 'java') };
  started.length = 0;
  open();
});
afterEach(() => emr.close(0));

function open(): void {
  emr = new EmrServerless({
    dataDirectory: path.join(directory, 'data'),
    ...DEFAULT_PLACE,
    iam,
    platform: () => ({ AWS_ENDPOINT_URL: endpoint.url, AWS_REGION: 'us-east-1' }),
    parentWatch,
    faults: { processes: { started: (process) => started.push(process), ended: () => {} } },
    env,
  });
  emr.register(APPLICATION);
}

const LOG = { Enabled: true, LogGroupName: 'spark-log', LogStreamNamePrefix: 'stage/e1' };
const request = (driver: object = {}, fields: object = {}): JsonObject =>
  ({
    ApplicationId: APPLICATION.id,
    ExecutionRoleArn: ROLE,
    Name: 'e1-stage',
    ExecutionTimeoutMinutes: 10,
    JobDriver: {
      SparkSubmit: {
        EntryPoint: 's3://assets/hash.py',
        EntryPointArguments: ['s3://shop', 'plan.json'],
        SparkSubmitParameters: '--conf spark.driver.memory=14g --conf "spark.app.name=a b"',
        ...driver,
      },
    },
    ConfigurationOverrides: { MonitoringConfiguration: { CloudWatchLoggingConfiguration: LOG } },
    ...fields,
  }) as JsonObject;

const submitted: JsonObject[] = [];
const run = (parameters = request(), signal = new AbortController().signal) => {
  const actAs = () => iam.assume(roleArn, 'states.amazonaws.com', undefined, 'machine');
  return startJobRunIntegration(emr, iam, actAs).run(parameters, {
    executionArn: 'arn:e',
    executionName: 'e1',
    stateName: 'RunOnSpark',
    roleArn,
    stateMachineArn: 'arn:m',
    signal,
    onSubmitted: (answer) => submitted.push(answer),
  });
};
const failure = (...parameters: Parameters<typeof run>) =>
  run(...parameters).then(
    () => Promise.reject(new Error('the job succeeded')),
    ({ name, message }: Error) => ({ name, cause: message }),
  );

/** What spark-submit was given by the last job. */
function given(): { args: string[]; env: Record<string, string>; job: string } {
  const id = String(submitted.at(-1)?.JobRunId);
  const log = emr.logStreams('spark-log', 0).find(({ stream }) => stream.includes(id));
  return JSON.parse((log ? readFileSync(log.file, 'utf8').split('\n')[0] : '') || '{}');
}

test('a job runs by spark-submit, with the keys of its role, and its result is the described job run', async () => {
  const result = await run();
  expect(result).toMatchObject({
    ApplicationId: APPLICATION.id,
    ExecutionRole: ROLE,
    JobRunId: submitted.at(-1)?.JobRunId,
    Name: 'e1-stage',
    ReleaseLabel: 'emr-7.13.0',
    State: 'SUCCESS',
    BilledResourceUtilization: { VCPUHour: expect.any(Number), MemoryGBHour: expect.any(Number) },
  });
  const { args, env: variables, job } = given();
  expect(job).toBe('succeed');
  expect(args.slice(-3)).toEqual([asset, 's3://shop', 'plan.json']);
  expect(args).toContain('spark.app.name=a b');
  const memory = args.filter((argument) => argument.startsWith('spark.driver.memory='));
  expect(memory).toEqual(['spark.driver.memory=14g', expect.stringMatching(/^spark.driver.memory=[1-4]g$/)]);
  expect(args).toContain(`spark.hadoop.fs.s3a.endpoint=${endpoint.url}`);
  expect(args.join(' ')).toContain('--packages org.apache.hadoop:hadoop-aws:3.3.4');
  expect(args.join(' ')).toContain('--master local[*]');
  expect(variables).toMatchObject({
    AWS_ACCESS_KEY_ID: expect.stringMatching(/^ASIA/),
    AWS_SESSION_TOKEN: expect.any(String),
    SPARK_HOME: path.join(directory, 'spark'),
    JAVA_HOME: path.join(directory, 'java'),
  });
  const { AWS_ACCESS_KEY_ID: id = '', AWS_SESSION_TOKEN: token } = variables;
  expect(() => iam.callerOf(id, token)).toThrow('security token included in the request is invalid');
});

test('its log is in the group that the request names, also after a restart', async () => {
  await run();
  open();
  expect(emr.logGroups()).toEqual(['spark-log']);
  const [{ stream } = { stream: '' }] = emr.logStreams('spark-log', 0);
  expect(stream).toMatch(/^stage\/e1\/applications\/00fapplication\/jobs\/00f[0-9a-f]+\/SPARK_DRIVER$/);
});

test('jars are taken from Maven Central, from LOCAL_AWS_SPARK_JARS, or from Spark itself', async () => {
  env.LOCAL_AWS_SPARK_JARS = '/jars/hadoop-aws.jar,/jars/bundle.jar';
  await run();
  expect(given().args.join(' ')).toContain('--jars /jars/hadoop-aws.jar,/jars/bundle.jar');
  expect(given().args).not.toContain('--packages');
  delete env.LOCAL_AWS_SPARK_JARS;
  const jar = path.join(directory, 'spark/jars/hadoop-aws-3.3.4.jar');
  writeFileSync(jar, '');
  try {
    await run();
    expect(given().args).not.toContain('--packages');
  } finally {
    remove(jar);
  }
});

test('a job that fails has the end of its output in its details', async () => {
  const { name, cause } = await failure(request({ EntryPoint: 's3://shop/jobs/fail.py' }));
  expect(name).toBe('States.TaskFailed');
  expect(JSON.parse(cause)).toMatchObject({
    State: 'FAILED',
    StateDetails: expect.stringMatching(/^Job failed with ExitCode: 3\. [\s\S]*no such column/),
  });
});

test.each([
  ['an entry point that its role cannot read', 's3://shop/private/job.py', 'not authorized to perform'],
  ['an entry point that is not there', 's3://nowhere/job.py', 'cannot be read'],
])('a job with %s fails', async (_, EntryPoint, message) => {
  const { name, cause } = await failure(request({ EntryPoint }));
  expect([name, JSON.parse(cause).State]).toEqual(['States.TaskFailed', 'FAILED']);
  expect(JSON.parse(cause).StateDetails).toContain(message);
});

test.each([
  ['Spark', { SPARK_HOME: '', PATH: '' }, 'Install it with: python3 -m pip install "pyspark>=3.5"'],
  [
    'a Spark in SPARK_HOME',
    { SPARK_HOME: '/nowhere' },
    'SPARK_HOME is /nowhere, which has no bin/spark-submit',
  ],
  ['Java', { JAVA_HOME: '', PATH: '' }, 'Java is not on this computer. Install Java 17 or newer'],
  ['a Java that runs', { JAVA_HOME: '/nowhere' }, '/nowhere/bin/java does not run'],
])('without %s a job fails with what is missing', async (_, changed, message) => {
  Object.assign(env, changed);
  const { cause } = await failure();
  expect(JSON.parse(cause)).toMatchObject({
    State: 'FAILED',
    StateDetails: expect.stringContaining(message),
  });
});

test('a Java that is too old is named', async () => {
  env.JAVA_HOME = path.join(directory, 'old-java');
  const { cause } = await failure();
  expect(JSON.parse(cause).StateDetails).toContain('old-java/bin/java has version 11. Install Java 17');
});

test('a job is cancelled when its state is aborted', async () => {
  const state = new AbortController();
  const ended = failure(request({ EntryPoint: 's3://shop/jobs/stay.py' }), state.signal);
  await until(() => started.length > 0 && given().job === 'stay');
  state.abort();
  expect(JSON.parse((await ended).cause)).toMatchObject({ State: 'CANCELLED' });
});

test('a driver that is killed is a failed job', async () => {
  const ended = failure(request({ EntryPoint: 's3://shop/jobs/stay.py' }));
  await until(() => started.length > 0 && given().job === 'stay');
  expect(started[0]?.name).toBe('Shop-Spark');
  started[0]?.kill();
  expect(JSON.parse((await ended).cause)).toMatchObject({
    State: 'FAILED',
    StateDetails: expect.stringContaining('ExitCode: 137'),
  });
});

test.each([
  ['emr-serverless:StartJobRun', 'StartJobRun'],
  ['iam:PassRole', 'PassRole'],
])('without %s a job does not start', async (action, name) => {
  const broken = iamWithRole('states.amazonaws.com', [
    { Action: name === 'PassRole' ? 'emr-serverless:*' : 'iam:*', Resource: '*' },
  ]);
  broken.iam.putRole('job', trustPolicy('emr-serverless.amazonaws.com'));
  const actAs = () => broken.iam.assume(broken.roleArn, 'states.amazonaws.com', undefined, 'm');
  const other = new EmrServerless({
    dataDirectory: path.join(directory, 'other'),
    ...DEFAULT_PLACE,
    iam: broken.iam,
    platform: () => ({}),
    parentWatch,
    env,
  });
  other.register(APPLICATION);
  const context = { signal: new AbortController().signal, onSubmitted: () => {} };
  await expect(
    startJobRunIntegration(other, broken.iam, actAs).run(request(), context as never),
  ).rejects.toMatchObject({
    name: 'EMRServerless.AccessDeniedException',
    message: expect.stringContaining(`is not authorized to perform: ${action}`),
  });
});

test.each([
  ['an unknown application', { ApplicationId: '00fother' }, 'ResourceNotFoundException'],
  ['an unknown role', { ExecutionRoleArn: 'arn:aws:iam::000000000000:role/other' }, 'AccessDeniedException'],
  ['an unknown field', { Retries: 3 }, 'ValidationException'],
  ['a Hive driver', { JobDriver: { Hive: {} } }, 'ValidationException'],
])('%s is refused', async (_, fields, code) => {
  expect((await failure(request({}, fields))).name).toBe(`EMRServerless.${code}`);
});

test('quotes that do not end are refused', async () => {
  const { name } = await failure(request({ SparkSubmitParameters: '--conf "a=b' }));
  expect(name).toBe('EMRServerless.ValidationException');
});

test('a job and what it started end when the endpoint is killed', async () => {
  const home = directoryOf({ 'pids/none': '' });
  const submit = path.join(home, 'spark-submit');
  mkdirSync(path.join(home, 'scratch'));
  writeFileSync(
    submit,
    `#!/bin/sh\nsleep 600 &\necho $! > ${home}/pids/worker\necho $$ > ${home}/pids/driver\nwait\n`,
  );
  chmodSync(submit, 0o755);
  writeFileSync(
    path.join(home, 'endpoint.cjs'),
    `const { spawn } = require('node:child_process');
     spawn(process.execPath, ['--require', ${JSON.stringify(parentWatch)}, '-e',
       "require('node:child_process').spawn(process.argv[1], { stdio: 'ignore' })", ${JSON.stringify(submit)}],
       { detached: true, stdio: 'ignore' });
     setInterval(() => {}, 1000);`,
  );
  const killed = spawn(process.execPath, [path.join(home, 'endpoint.cjs')], { stdio: 'ignore' });
  const pid = (name: string) => {
    try {
      return Number(readFileSync(path.join(home, 'pids', name), 'utf8'));
    } catch {
      return 0;
    }
  };
  await until(() => pid('worker') > 0 && pid('driver') > 0);
  killed.kill('SIGKILL');
  await until(() => !isAlive(pid('driver')) && !isAlive(pid('worker')), 5);
  remove(home);
});
