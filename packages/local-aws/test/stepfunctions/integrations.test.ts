import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { EcsError } from '../../src/ecs/task-definition';
import type { EcsTasks, RunTaskRequest } from '../../src/ecs/tasks';
import { type Endpoint, startEndpoint } from '../../src/endpoint/endpoint';
import type { Access, Caller, Decision, RoleSession } from '../../src/iam/access';
import { AccessDeniedError } from '../../src/iam/denied';
import type { LambdaFunctions } from '../../src/lambda/functions';
import { createS3Service } from '../../src/s3/service';
import { createSnsService } from '../../src/sns/service';
import type { Integration } from '../../src/stepfunctions/integrations/integration';
import { invokeFunctionIntegration } from '../../src/stepfunctions/integrations/invoke-function';
import { publishIntegration } from '../../src/stepfunctions/integrations/publish';
import { runTaskIntegration } from '../../src/stepfunctions/integrations/run-task';
import { s3Integrations } from '../../src/stepfunctions/integrations/s3';
import type { JsonObject } from '../../src/stepfunctions/json';
import { directoryOf, remove } from '../../src/testing/files';
import { clientConfig } from '../../src/testing/scene';

const context = {
  executionArn: 'arn:e',
  executionName: 'e1',
  stateName: 'State',
  roleArn: 'arn:aws:iam::000000000000:role/machine',
  stateMachineArn: 'arn:m',
  signal: new AbortController().signal,
  onSubmitted: () => {},
};

const SESSION: RoleSession = {
  kind: 'role',
  arn: 'arn:aws:sts::000000000000:assumed-role/machine/m',
  userId: 'AROA:m',
  roleArn: context.roleArn,
};

/** Allows all actions except `refused`. */
let refused: string[] = [];
const decide = (caller: Caller, access: Access): Decision => ({
  ...access,
  caller,
  allowed: !refused.includes(access.action),
  why: `because no identity-based policy allows the ${access.action} action`,
});
afterEach(() => {
  refused = [];
});

describe('of the SDK', () => {
  let directory: string;
  let endpoint: Endpoint;
  let clients: { s3: S3Client; sns: SNSClient };
  const delivered: string[] = [];

  beforeAll(async () => {
    directory = directoryOf();
    const s3 = await createS3Service({ directory: `${directory}/s3` });
    const deliver = async (_: string, body: string) => void delivered.push(body);
    const sns = await createSnsService({ directory: `${directory}/sns`, deliver });
    await s3.createBucket('bucket');
    await sns.ensureTopic('told');
    endpoint = await startEndpoint({ services: [s3, sns] });
    const config = clientConfig(endpoint.url);
    clients = { s3: new S3Client(config), sns: new SNSClient(config) };
  });
  afterAll(async () => {
    clients.s3.destroy();
    clients.sns.destroy();
    await endpoint.close();
    remove(directory);
  });

  const s3 = (call: string, parameters: JsonObject) => {
    const integration = s3Integrations(() => clients.s3).find(({ resource }) =>
      resource.endsWith(`:${call}`),
    );
    return (integration as Integration).run({ Bucket: 'bucket', ...parameters }, context);
  };

  test('a body is sent as text or JSON and returned as text, with times in ISO 8601', async () => {
    await s3('putObject', { Key: 'a.json', Body: { a: 'ü' } });
    expect(await s3('getObject', { Key: 'a.json' })).toMatchObject({
      Body: '{"a":"ü"}',
      ContentLength: 10,
      ETag: expect.stringMatching(/^"[0-9a-f]{32}"$/),
      LastModified: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/),
    });
  });

  test('an object over 256 KB is States.DataLimitExceeded', async () => {
    await s3('putObject', { Key: 'big', Body: 'x'.repeat(262_145) });
    await expect(s3('getObject', { Key: 'big' })).rejects.toMatchObject({
      name: 'States.DataLimitExceeded',
      isCatchable: false,
    });
  });

  test.each<[string, string, JsonObject, RegExp]>([
    [
      'S3.NoSuchKeyException',
      'getObject',
      { Key: 'nope' },
      /\(Service: S3, Status Code: 404, Request ID: .+\)$/,
    ],
    ['S3.NoSuchKeyException', 'headObject', { Key: 'nope' }, /Status Code: 404/],
    ['S3.NoSuchKeyException', 'copyObject', { Key: 'b', CopySource: 'bucket/nope' }, /Status Code: 404/],
    ['S3.NoSuchBucketException', 'getObject', { Bucket: 'other', Key: 'a' }, /Status Code: 404/],
    ['S3.S3Exception', 'deleteObject', { Key: 'kept', IfMatch: '"0"' }, /Status Code: 412/],
    [
      'S3.S3Exception',
      'copyObject',
      { Key: 'b', CopySource: 'bucket/kept', CopySourceIfMatch: '"0"' },
      /Status Code: 412/,
    ],
  ])('%s of %s %j', async (name, call, parameters, cause) => {
    await s3('putObject', { Key: 'kept', Body: 'x' });
    await expect(s3(call, parameters)).rejects.toMatchObject({
      name,
      causeText: expect.stringMatching(cause),
    });
  });

  test('an endpoint that does not answer is S3.SdkClientException', async () => {
    const unreachable = new S3Client(clientConfig('http://127.0.0.1:1'));
    const [integration] = s3Integrations(() => unreachable);
    const call = integration?.run({ Bucket: 'bucket', Key: 'b', CopySource: 'bucket/kept' }, context);
    await expect(call).rejects.toMatchObject({ name: 'S3.SdkClientException' });
    unreachable.destroy();
  });

  test('sns:publish sends text, and JSON as text, and names its errors', async () => {
    const publish = publishIntegration(() => clients.sns);
    const topic = 'arn:aws:sns:us-east-1:000000000000:told';
    expect(await publish.run({ TopicArn: topic, Message: { a: 1 } }, context)).toEqual({
      MessageId: expect.any(String),
    });
    await expect(publish.run({ TopicArn: `${topic}2`, Message: 'x' }, context)).rejects.toMatchObject({
      name: 'SNS.NotFoundException',
      causeText: expect.stringContaining('Status Code: 404'),
    });
  });

  test('know the parameters of their API', () => {
    const [copy] = s3Integrations(() => clients.s3);
    expect(copy?.parameters).toEqual(expect.arrayContaining(['CopySourceIfMatch', 'Key']));
    expect(copy?.parameters).not.toContain('CopySourceIfMatches');
    expect(publishIntegration(() => clients.sns).parameters).toContain('TopicArn');
  });
});

describe('lambda:invoke', () => {
  const invoke = (answer: object) => {
    const functions = { invoke: async () => answer } as unknown as LambdaFunctions;
    return invokeFunctionIntegration(functions, () => SESSION).run(
      { FunctionName: 'f', Payload: {} },
      context,
    );
  };

  test('wraps the result of the function', async () => {
    expect(await invoke({ payload: '{"a":1}' })).toEqual({
      ExecutedVersion: '$LATEST',
      Payload: { a: 1 },
      StatusCode: 200,
    });
  });

  test("fails with the name of the function error and Lambda's payload as the cause", async () => {
    const payload = '{"errorType":"ManifestMissingError","errorMessage":"gone","trace":[]}';
    await expect(invoke({ payload, functionError: 'Unhandled' })).rejects.toMatchObject({
      name: 'ManifestMissingError',
      causeText: payload,
    });
  });
});

test('a denied lambda:invoke has the generic error name of the service', async () => {
  const decision = decide(SESSION, { action: 'lambda:InvokeFunction', resource: 'arn:f' });
  const wording = { code: 'AccessDeniedException', status: 403 };
  const functions = { invoke: async () => Promise.reject(new AccessDeniedError(decision, wording)) };
  const integration = invokeFunctionIntegration(functions as unknown as LambdaFunctions, () => SESSION);
  await expect(integration.run({ FunctionName: 'f' }, context)).rejects.toMatchObject({
    name: 'Lambda.AWSLambdaException',
    causeText: expect.stringMatching(
      /lambda:InvokeFunction .*\(Service: AWSLambda; Status Code: 403; Error Code: AccessDeniedException\)$/,
    ),
  });
});

describe('ecs:runTask.sync', () => {
  const run = (ExitCode: number) => {
    const tasks = {
      run: async () => ({ TaskArn: 'arn:t', Containers: [{ ExitCode }] }),
    } as unknown as EcsTasks;
    return runTaskIntegration(tasks, { decide }, () => SESSION).run(
      { Cluster: 'c', TaskDefinition: 't' },
      context,
    );
  };

  test('returns the described task', async () => {
    expect(await run(0)).toEqual({ TaskArn: 'arn:t', Containers: [{ ExitCode: 0 }] });
  });

  test('fails with the described task as its cause', async () => {
    await expect(run(1)).rejects.toMatchObject({
      name: 'States.TaskFailed',
      causeText: '{"TaskArn":"arn:t","Containers":[{"ExitCode":1}]}',
    });
  });

  test('needs ecs:DescribeTasks', async () => {
    refused = ['ecs:DescribeTasks'];
    await expect(run(0)).rejects.toMatchObject({
      name: 'ECS.AccessDeniedException',
      causeText: expect.stringContaining(
        'is not authorized to perform: ecs:DescribeTasks on resource: arn:t',
      ),
    });
  });

  test('fails with the error name of ECS', async () => {
    const tasks = { run: async () => Promise.reject(new EcsError('AccessDeniedException', 'no')) };
    const integration = runTaskIntegration(tasks as unknown as EcsTasks, { decide }, () => SESSION);
    await expect(integration.run({}, context)).rejects.toMatchObject({ name: 'ECS.AccessDeniedException' });
  });

  test.each([
    [[], true],
    [['ecs:StopTask'], false],
  ])('stops its task when its time is over, with the right to: without %j %s', async (missing, isStopped) => {
    refused = missing;
    const over = new AbortController();
    let asked: RunTaskRequest | undefined;
    const tasks = {
      async run(request: RunTaskRequest) {
        asked = request;
        request.onTask?.('arn:t');
        over.abort();
        return { TaskArn: 'arn:t', Containers: [{ ExitCode: 143 }] };
      },
    };
    const integration = runTaskIntegration(tasks as unknown as EcsTasks, { decide }, () => SESSION);
    await expect(integration.run({}, { ...context, signal: over.signal })).rejects.toThrow();
    expect(asked?.signal.aborted).toBe(isStopped);
    expect(asked?.caller).toBe(SESSION);
  });
});
