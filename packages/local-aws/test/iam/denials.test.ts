import { BatchWriteItemCommand, DynamoDBClient, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import {
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { ReceiveMessageCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { createDynamoDbService } from '../../src/dynamodb/service';
import { type Endpoint, startEndpoint } from '../../src/endpoint/endpoint';
import type { RoleSession } from '../../src/iam/access';
import type { Iam, RoleKeys } from '../../src/iam/iam';
import { createS3Service } from '../../src/s3/service';
import { createSnsService } from '../../src/sns/service';
import { createSqsService } from '../../src/sqs/service';
import { createStatesService } from '../../src/stepfunctions/service';
import { createStsService } from '../../src/sts/service';
import { directoryOf, remove } from '../../src/testing/files';
import { iamWithRole, policyOf } from '../../src/testing/roles';
import { ACCOUNT, clientConfig, REGION } from '../../src/testing/scene';

const arn = (service: string, rest: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${rest}`;
const BUCKET = 'arn:aws:s3:::shop';
const QUEUE = arn('sqs', 'files');
const TOPIC = arn('sns', 'told');
const TABLE = arn('dynamodb', 'table/kpis');
const MACHINE = arn('states', 'stateMachine:flow');

let directory: string;
let endpoint: Endpoint;
let iam: Iam;
let roleArn: string;
let session: RoleSession;
let role: Clients;
let person: Clients;

interface Clients {
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly sns: SNSClient;
  readonly sfn: SFNClient;
  readonly dynamoDb: DynamoDBClient;
  readonly sts: STSClient;
}

function clientsOf(credentials: Partial<RoleKeys>): Clients {
  const common = clientConfig(endpoint.url);
  const config = { ...common, credentials: { ...common.credentials, ...credentials } };
  return {
    s3: new S3Client(config),
    sqs: new SQSClient(config),
    sns: new SNSClient(config),
    sfn: new SFNClient(config),
    dynamoDb: new DynamoDBClient(config),
    sts: new STSClient(config),
  };
}

beforeAll(async () => {
  directory = directoryOf();
  const stateIn = (service: string) => ({ directory: `${directory}/${service}` });
  const [s3, sqs] = [await createS3Service(stateIn('s3')), await createSqsService(stateIn('sqs'))];
  const sns = await createSnsService({ ...stateIn('sns'), deliver: sqs.send });
  const dynamoDb = await createDynamoDbService(stateIn('dynamodb'));
  const states = createStatesService({ ...stateIn('states'), integrations: [], onChange: () => {} });
  await s3.createBucket('shop');
  await sqs.ensureQueue('files');
  await sns.ensureTopic('told');
  states.deployStateMachine({
    name: 'flow',
    roleArn: 'arn:r',
    definition: '{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}',
  });
  ({ iam, roleArn } = iamWithRole('ecs-tasks.amazonaws.com'));
  session = iam.assume(roleArn, 'ecs-tasks.amazonaws.com', 'arn:ecs', 'task');
  const services = [s3, sqs, sns, dynamoDb, states, createStsService()];
  endpoint = await startEndpoint({ services, access: iam });
  role = clientsOf(iam.issueKeys(session));
  person = clientsOf({});
  await person.s3.send(new PutObjectCommand({ Bucket: 'shop', Key: 'in/a', Body: 'a' }));
  await person.s3.send(new PutObjectCommand({ Bucket: 'shop', Key: 'in/tagged', Body: 'a', Tagging: 'a=b' }));
});
afterAll(async () => {
  for (const clients of [role, person]) for (const client of Object.values(clients)) client.destroy();
  await endpoint.close();
  remove(directory);
});

/** Gives the role only these permissions. */
const grant = (...rights: [action: string | string[], resource: string, condition?: object][]) =>
  iam.putRolePolicy(
    roleArn,
    'rights',
    policyOf(
      ...rights.map(([Action, Resource, Condition]) => ({
        Action,
        Resource,
        ...(Condition && { Condition }),
      })),
    ),
  );

const Bucket = 'shop';
const put = (Key: string, more = {}) =>
  role.s3.send(new PutObjectCommand({ Bucket, Key, Body: 'b', ...more }));
const copy = (CopySource: string, more = {}) =>
  role.s3.send(new CopyObjectCommand({ Bucket, Key: 'out/a', CopySource, ...more }));
const under = (prefix: string) => ({ StringLike: { 's3:prefix': `${prefix}*` } });

test('each service denies with its own error', async () => {
  grant();
  const says = (action: string, resource: string) =>
    `User: ${session.arn} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`;
  const refused = (name: string, status: number, action: string, resource: string) => ({
    name,
    $metadata: expect.objectContaining({ httpStatusCode: status }),
    message: says(action, resource),
  });
  await expect(put('out/b')).rejects.toMatchObject(
    refused('AccessDenied', 403, 's3:PutObject', `"${BUCKET}/out/b"`),
  );
  const QueueUrl = `${endpoint.url}/${ACCOUNT}/files`;
  await expect(role.sqs.send(new ReceiveMessageCommand({ QueueUrl }))).rejects.toMatchObject(
    refused('AccessDenied', 403, 'sqs:receivemessage', QUEUE),
  );
  const Entries = [{ Id: '1', MessageBody: 'x' }];
  await expect(role.sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }))).rejects.toMatchObject(
    refused('AccessDenied', 403, 'sqs:sendmessage', QUEUE),
  );
  await expect(role.sns.send(new PublishCommand({ TopicArn: TOPIC, Message: 'x' }))).rejects.toMatchObject(
    refused('AuthorizationErrorException', 403, 'SNS:Publish', TOPIC),
  );
  await expect(role.sfn.send(new ListExecutionsCommand({ stateMachineArn: MACHINE }))).rejects.toMatchObject(
    refused('AccessDeniedException', 400, 'states:ListExecutions', MACHINE),
  );
  const RequestItems = { kpis: [{ PutRequest: { Item: { day: { S: 'x' } } } }] };
  await expect(role.dynamoDb.send(new BatchWriteItemCommand({ RequestItems }))).rejects.toMatchObject(
    refused('AccessDeniedException', 400, 'dynamodb:BatchWriteItem', TABLE),
  );
  const TransactItems = [{ Delete: { TableName: 'kpis', Key: { day: { S: 'x' } } } }];
  await expect(role.dynamoDb.send(new TransactWriteItemsCommand({ TransactItems }))).rejects.toMatchObject(
    refused('AccessDeniedException', 400, 'dynamodb:DeleteItem', TABLE),
  );
});

test('GetCallerIdentity needs no permission', async () => {
  expect(await role.sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
    Account: ACCOUNT,
    Arn: session.arn,
    UserId: session.userId,
  });
  expect(await person.sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
    Arn: `arn:aws:iam::${ACCOUNT}:user/local`,
  });
});

test('a revoked key is rejected in every protocol', async () => {
  const keys = iam.issueKeys(session);
  iam.revokeKeys(keys.accessKeyId);
  const revoked = clientsOf(keys);
  const name = async (request: Promise<unknown>) => request.catch((error: Error) => error.name);
  expect(await name(revoked.s3.send(new ListObjectsV2Command({ Bucket })))).toBe('InvalidAccessKeyId');
  expect(await name(revoked.sfn.send(new ListExecutionsCommand({ stateMachineArn: MACHINE })))).toBe(
    'UnrecognizedClientException',
  );
  expect(await name(revoked.sts.send(new GetCallerIdentityCommand({})))).toBe('InvalidClientTokenId');
  for (const client of Object.values(revoked)) client.destroy();
});

test('reading an object needs s3:GetObject, or s3:GetObjectVersion with a version id', async () => {
  const get = (more = {}) => role.s3.send(new GetObjectCommand({ Bucket, Key: 'in/a', ...more }));
  grant(['s3:GetObject', `${BUCKET}/in/*`]);
  expect((await get()).ContentLength).toBe(1);
  await expect(get({ VersionId: 'null' })).rejects.toThrow('s3:GetObjectVersion on resource');
  grant(['s3:GetObjectVersion', `${BUCKET}/in/*`]);
  expect((await get({ VersionId: 'null' })).ContentLength).toBe(1);
  await expect(get()).rejects.toThrow('s3:GetObject on resource');
});

test('a missing object is 404 only with s3:ListBucket for its key', async () => {
  const get = () => role.s3.send(new GetObjectCommand({ Bucket, Key: 'in/gone' }));
  grant(['s3:GetObject', `${BUCKET}/*`]);
  await expect(get()).rejects.toMatchObject({
    name: 'AccessDenied',
    message: expect.stringContaining(`s3:ListBucket on resource: "${BUCKET}"`),
  });
  await expect(role.s3.send(new HeadObjectCommand({ Bucket, Key: 'in/gone' }))).rejects.toMatchObject({
    $metadata: expect.objectContaining({ httpStatusCode: 403 }),
  });
  grant(['s3:GetObject', `${BUCKET}/*`], ['s3:ListBucket', BUCKET, under('out/')]);
  await expect(get()).rejects.toMatchObject({ name: 'AccessDenied' });
  grant(['s3:GetObject', `${BUCKET}/*`], ['s3:ListBucket', BUCKET, under('in/')]);
  await expect(get()).rejects.toMatchObject({ name: 'NoSuchKey' });
});

test('a listing is restricted by prefix', async () => {
  const list = (Prefix?: string) => role.s3.send(new ListObjectsV2Command({ Bucket, Prefix }));
  grant(['s3:ListBucket', BUCKET, under('in/')]);
  expect((await list('in/')).KeyCount).toBe(2);
  await expect(list('out/')).rejects.toThrow('s3:ListBucket');
  await expect(list()).rejects.toThrow('s3:ListBucket');
});

test('a copy needs to read its source and write its target, including tags', async () => {
  const [read, write] = [`${BUCKET}/in/*`, `${BUCKET}/out/*`];
  grant(['s3:GetObject', read]);
  await expect(copy('shop/in/a')).rejects.toThrow(`s3:PutObject on resource: "${BUCKET}/out/a"`);
  grant(['s3:PutObject', write]);
  await expect(copy('shop/in/a')).rejects.toThrow(`s3:GetObject on resource: "${BUCKET}/in/a"`);
  grant(['s3:GetObject', read], ['s3:PutObject', write]);
  await copy('shop/in/a');
  await expect(copy('shop/in/a?versionId=null')).rejects.toThrow('s3:GetObjectVersion');
  await expect(copy('shop/in/tagged')).rejects.toThrow('s3:GetObjectTagging');
  await copy('shop/in/tagged', { TaggingDirective: 'REPLACE' });
  grant([['s3:GetObject', 's3:GetObjectTagging'], read], [['s3:PutObject', 's3:PutObjectTagging'], write]);
  await copy('shop/in/tagged');
});

test('a condition on an ETag also needs s3:GetObject; a multipart upload needs only s3:PutObject', async () => {
  const [key, IfMatch] = ['in/a', '"0"'];
  const remove = () => role.s3.send(new DeleteObjectCommand({ Bucket, Key: key, IfMatch }));
  grant([['s3:PutObject', 's3:DeleteObject'], `${BUCKET}/*`]);
  await expect(put(key, { IfMatch })).rejects.toThrow('s3:GetObject');
  await expect(remove()).rejects.toThrow('s3:GetObject');
  await put('out/new', { IfNoneMatch: '*' });
  await role.s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'out/parts' }));
  grant([['s3:PutObject', 's3:DeleteObject', 's3:GetObject'], `${BUCKET}/*`]);
  await expect(put(key, { IfMatch })).rejects.toMatchObject({ name: 'PreconditionFailed' });
  await expect(remove()).rejects.toMatchObject({ name: 'PreconditionFailed' });
});

test('each key of DeleteObjects is checked', async () => {
  grant(['s3:DeleteObject', `${BUCKET}/out/*`]);
  const Delete = { Objects: [{ Key: 'out/x' }, { Key: 'in/a' }] };
  expect(await role.s3.send(new DeleteObjectsCommand({ Bucket, Delete }))).toMatchObject({
    Deleted: [{ Key: 'out/x' }],
    Errors: [{ Key: 'in/a', Code: 'AccessDenied', Message: expect.stringContaining('s3:DeleteObject') }],
  });
});

test('an explicit deny of a bucket is named; requests count as sent over TLS', async () => {
  grant(['s3:*', '*']);
  const deny = (Condition: object) =>
    iam.putResourcePolicy(
      BUCKET,
      'rules',
      policyOf({
        Effect: 'Deny',
        Principal: { AWS: '*' },
        Action: 's3:*',
        Resource: `${BUCKET}/*`,
        Condition,
      }),
    );
  deny({ Bool: { 'aws:SecureTransport': 'false' } });
  await put('out/b');
  deny({ Bool: { 'aws:SecureTransport': 'true' } });
  await expect(put('out/b')).rejects.toThrow('with an explicit deny in a resource-based policy');
});
