import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import path from 'node:path';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { type LocalOptions, type LocalRuntime, startLocal } from '../src/start-local';
import { directoryOf, isAlive, remove, until } from '../src/testing/files';
import { policyOf, trustPolicy } from '../src/testing/roles';
import { clientConfig } from '../src/testing/scene';
import { buildChild } from './built';

/** A function that records its events: those of the schedule and of ended executions. */
const ORCHESTRATOR = `
  const { appendFileSync } = require('node:fs');
  exports.handler = async (event) => {
    appendFileSync(process.env.SEEN, JSON.stringify(event.detail ?? event) + '\\n');
    return { queue: process.env.QUEUE_URL };
  };`;

/** A task that fails, keeps running, or puts an object, depending on its mode. */
const TASK = `
  const { S3Client, PutObjectCommand } = require(process.env.SDK);
  const { MODE, EXECUTION_ID, BUCKET_NAME } = process.env;
  (async () => {
    if (MODE === 'fail') process.exit(3);
    if (MODE === 'stay') {
      console.log('pid ' + process.pid);
      await new Promise((resolve) => setTimeout(resolve, 60000));
    }
    await new S3Client({}).send(new PutObjectCommand({ Bucket: BUCKET_NAME, Key: 'results/' + EXECUTION_ID, Body: MODE }));
  })();`;

/** A role for a service, with these permissions. */
const role = (Service: string, ...statements: object[]) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: trustPolicy(Service),
    Policies: [{ PolicyName: 'rights', PolicyDocument: policyOf(...statements) }],
  },
});
const taskOf = (Action: string | string[]) => ({ Action, Resource: 'arn:aws:ecs:*:*:task/Trial/*' });
const RUN_WORK = [
  { Action: 'ecs:RunTask', Resource: { Ref: 'Task' } },
  { Action: 'iam:PassRole', Resource: { 'Fn::GetAtt': ['TaskRole', 'Arn'] } },
];

const arnOf = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
const FLOW = {
  StartAt: 'Work',
  States: {
    Work: {
      Type: 'Task',
      Resource: 'arn:aws:states:::ecs:runTask.sync',
      Parameters: {
        Cluster: 'Trial',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: a substitution
        TaskDefinition: '${Task}',
        Overrides: {
          ContainerOverrides: [
            {
              Name: 'work',
              Environment: [
                { Name: 'EXECUTION_ID', 'Value.$': '$$.Execution.Name' },
                { Name: 'MODE', 'Value.$': '$.mode' },
              ],
            },
          ],
        },
      },
      ResultPath: null,
      Catch: [{ ErrorEquals: ['States.TaskFailed'], ResultPath: '$.failure', Next: 'Explain' }],
      End: true,
    },
    Explain: {
      Type: 'Pass',
      Parameters: { 'task.$': 'States.StringToJson($.failure.Cause)' },
      ResultPath: '$.described',
      OutputPath: '$.described.task.Containers[0].ExitCode',
      End: true,
    },
  },
};

const template = (seen: string) => ({
  Resources: {
    FunctionRole: role('lambda.amazonaws.com', {
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: '*',
    }),
    TaskRole: role('ecs-tasks.amazonaws.com', {
      Action: 's3:PutObject',
      Resource: 'arn:aws:s3:::trial/results/*',
    }),
    MachineRole: role('states.amazonaws.com', ...RUN_WORK, taskOf(['ecs:DescribeTasks', 'ecs:StopTask']), {
      Action: 'events:*',
      Resource: '*',
    }),
    ScheduleRole: role('scheduler.amazonaws.com', ...RUN_WORK, {
      Action: 'lambda:InvokeFunction',
      Resource: arnOf('Function'),
    }),
    QueuePolicy: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: {
        Queues: [{ Ref: 'Queue' }],
        PolicyDocument: policyOf({
          Principal: { Service: 's3.amazonaws.com' },
          Action: 'sqs:SendMessage',
          Resource: arnOf('Queue'),
        }),
      },
    },
    Permission: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        Action: 'lambda:InvokeFunction',
        FunctionName: arnOf('Function'),
        Principal: 'events.amazonaws.com',
        SourceArn: arnOf('Ended'),
      },
    },
    Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'files', VisibilityTimeout: 600 } },
    Bucket: {
      Type: 'AWS::S3::Bucket',
      DependsOn: 'QueuePolicy',
      Properties: {
        BucketName: 'trial',
        NotificationConfiguration: {
          QueueConfigurations: [
            {
              Event: 's3:ObjectCreated:*',
              Queue: arnOf('Queue'),
              Filter: { S3Key: { Rules: [{ Name: 'prefix', Value: 'input/' }] } },
            },
          ],
        },
      },
    },
    Function: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        FunctionName: 'orchestrator',
        Role: arnOf('FunctionRole'),
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Code: { S3Bucket: 'assets', S3Key: 'c0de.zip' },
        Environment: { Variables: { QUEUE_URL: { Ref: 'Queue' }, SEEN: seen } },
        ReservedConcurrentExecutions: 1,
        Timeout: 10,
      },
    },
    Cluster: { Type: 'AWS::ECS::Cluster', Properties: { ClusterName: 'Trial' } },
    Task: {
      Type: 'AWS::ECS::TaskDefinition',
      Properties: {
        Family: 'work',
        TaskRoleArn: arnOf('TaskRole'),
        ContainerDefinitions: [
          {
            Name: 'work',
            Image: 'repository:1ma9e',
            EntryPoint: ['node'],
            Command: ['work.cjs'],
            Environment: [
              { Name: 'BUCKET_NAME', Value: { Ref: 'Bucket' } },
              { Name: 'SDK', Value: require.resolve('@aws-sdk/client-s3') },
              { Name: 'AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED', Value: 'true' },
            ],
          },
        ],
      },
    },
    Machine: {
      Type: 'AWS::StepFunctions::StateMachine',
      Properties: {
        StateMachineName: 'flow',
        RoleArn: arnOf('MachineRole'),
        DefinitionString: JSON.stringify(FLOW),
        DefinitionSubstitutions: { Task: { Ref: 'Task' } },
      },
    },
    Schedule: {
      Type: 'AWS::Scheduler::Schedule',
      Properties: {
        ScheduleExpression: 'rate(5 minutes)',
        Target: { Arn: arnOf('Function'), RoleArn: arnOf('ScheduleRole'), Input: '{"source":"schedule"}' },
      },
    },
    Nightly: {
      Type: 'AWS::Scheduler::Schedule',
      Properties: {
        Name: 'nightly',
        // Never during the tests.
        ScheduleExpression: 'cron(0 0 1 1 ? 2199)',
        Target: {
          Arn: arnOf('Cluster'),
          RoleArn: arnOf('ScheduleRole'),
          EcsParameters: {
            TaskDefinitionArn: { Ref: 'Task' },
            TaskCount: 1,
            LaunchType: 'FARGATE',
            NetworkConfiguration: {
              AwsvpcConfiguration: { Subnets: ['s'], SecurityGroups: ['g'], AssignPublicIp: 'ENABLED' },
            },
          },
          Input: JSON.stringify({
            containerOverrides: [
              {
                name: 'work',
                environment: [
                  { name: 'MODE', value: 'swept' },
                  { name: 'EXECUTION_ID', value: 'by-schedule' },
                ],
              },
            ],
          }),
          RetryPolicy: { MaximumRetryAttempts: 5 },
        },
      },
    },
    Ended: {
      Type: 'AWS::Events::Rule',
      Properties: {
        EventPattern: {
          source: ['aws.states'],
          detail: { status: ['SUCCEEDED', 'FAILED', 'ABORTED'], stateMachineArn: [arnOf('Machine')] },
        },
        Targets: [{ Id: 'T', Arn: arnOf('Function') }],
      },
    },
  },
  Outputs: {
    QueueUrl: { Value: { Ref: 'Queue' } },
    StateMachineArn: { Value: { Ref: 'Machine' } },
  },
});

let directory: string;
let bundles: LocalOptions['bundles'];
let seenFile: string;
let local: LocalRuntime;
let clients: { s3: S3Client; sfn: SFNClient };

beforeAll(() => {
  directory = directoryOf({ 'asset.c0de/index.js': ORCHESTRATOR, 'asset.1ma9e/work.cjs': TASK });
  bundles = {
    lambdaRuntime: buildChild('lambda/runtime.ts', directory),
    parentWatch: buildChild('ecs/parent-watch.ts', directory),
  };
});
beforeEach(async () => {
  seenFile = path.join(directory, 'seen');
  const templateDirectory = directoryOf({
    'Trial.template.json': JSON.stringify(template(seenFile)),
    'Trial.assets.json': JSON.stringify({
      files: { c0de: { source: { path: path.join(directory, 'asset.c0de') } } },
      dockerImages: { '1ma9e': { source: { directory: path.join(directory, 'asset.1ma9e') } } },
    }),
  });
  options = {
    dataDirectory: path.join(directory, 'data'),
    every: 0,
    stack: 'Trial',
    templateDirectory,
    bundles,
  };
  await start();
});
afterEach(async () => {
  await stop();
  remove(seenFile);
  remove(path.join(directory, 'data'));
});
afterAll(() => remove(directory));

let options: LocalOptions;

async function start(): Promise<void> {
  local = await startLocal(options);
  const config = clientConfig(local.endpoint);
  clients = { s3: new S3Client(config), sfn: new SFNClient(config) };
}

async function stop(): Promise<void> {
  for (const client of Object.values(clients)) client.destroy();
  await local.stop();
}

/** Complete lines only: the function may be writing the next one. */
function seen(): { name?: string; status?: string; source?: string }[] {
  const lines = existsSync(seenFile) ? readFileSync(seenFile, 'utf8').split('\n').slice(0, -1) : [];
  return lines.map((line) => JSON.parse(line));
}

const begin = (name: string, mode: string) =>
  clients.sfn.send(
    new StartExecutionCommand({
      stateMachineArn: local.outputs.StateMachineArn,
      name,
      input: JSON.stringify({ mode }),
    }),
  );

async function execution(name: string) {
  const { executions = [] } = await clients.sfn.send(
    new ListExecutionsCommand({ stateMachineArn: local.outputs.StateMachineArn }),
  );
  return executions.find((one) => one.name === name);
}

const taskLog = (name: string) => path.join(directory, 'data', 'logs', 'ecs', name, 'work.log');
const pidOf = (name: string) =>
  existsSync(taskLog(name)) ? Number(/pid (\d+)/.exec(readFileSync(taskLog(name), 'utf8'))?.[1] ?? 0) : 0;

test('a tick invokes the scheduled function and returns its result', async () => {
  expect(await local.tick()).toEqual({ queue: local.outputs.QueueUrl });
  expect(seen()).toEqual([{ source: 'schedule' }]);
});

test('an execution runs its task against the endpoint, and its end invokes the function', async () => {
  await begin('good', 'done');
  await until(() => seen().length === 1);
  expect(seen()).toMatchObject([{ name: 'good', status: 'SUCCEEDED', output: '{"mode":"done"}' }]);
  const { Body } = await clients.s3.send(new GetObjectCommand({ Bucket: 'trial', Key: 'results/good' }));
  expect(await Body?.transformToString()).toBe('done');
});

test('a scheduled task runs with the overrides of its input, and a tick does not run it', async () => {
  const result = { Bucket: 'trial', Key: 'results/by-schedule' };
  await local.tick();
  await expect(clients.s3.send(new GetObjectCommand(result))).rejects.toMatchObject({ name: 'NoSuchKey' });
  await local.runSchedule('nightly');
  const { Body } = await clients.s3.send(new GetObjectCommand(result));
  expect(await Body?.transformToString()).toBe('swept');
});

test('a failed task is described in the cause, which states can read', async () => {
  await begin('bad', 'fail');
  await until(() => seen().length === 1);
  expect(seen()).toMatchObject([{ name: 'bad', status: 'SUCCEEDED', output: '3' }]);
});

test('a stop ends tasks within three seconds; the next start aborts their execution and emits its event', async () => {
  await begin('long', 'stay');
  await until(() => pidOf('long') > 0);
  const pid = pidOf('long');
  const startedAt = Date.now();
  await stop();
  expect(Date.now() - startedAt).toBeLessThan(3000);
  expect(isAlive(pid)).toBe(false);

  await start();
  await until(() => seen().length === 1);
  expect(seen()).toMatchObject([{ name: 'long', status: 'ABORTED', error: 'Local.Restarted' }]);
  const cutOff = await execution('long');
  expect(cutOff?.status).toBe('ABORTED');
  const { events = [] } = await clients.sfn.send(
    new GetExecutionHistoryCommand({ executionArn: cutOff?.executionArn ?? '', reverseOrder: true }),
  );
  expect(events.slice(0, 2).map(({ type }) => type)).toEqual(['ExecutionAborted', 'TaskStarted']);
});

test('a second start on the same directory fails, and a failed start releases its lock', async () => {
  await expect(start()).rejects.toThrow('is in use by process');
  await stop();
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  await expect(startLocal({ ...options, port })).rejects.toThrow(`port ${port} on 127.0.0.1 is taken`);
  taken.close();
  await start();
});
