import { join } from 'node:path';
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { startEndpoint } from '../../src/endpoint/endpoint';
import { createSecretsService } from '../../src/secretsmanager/service';
import { iamWithRole, policyOf } from '../../src/testing/roles';
import { clientConfig, Scene } from '../../src/testing/scene';

const scene = new Scene();
afterEach(() => scene.cleanUp());

const clock = () => new Date('2025-07-01T12:00:00Z');

async function open() {
  const directory = join(await scene.directory(), 'secretsmanager');
  const secrets = await createSecretsService({ directory, clock });
  const { url, close } = await scene.serve(secrets);
  return { directory, secrets, close, client: new SecretsManagerClient(clientConfig(url)) };
}

test('a secret is read by its name, its ARN, and its ARN without the random characters', async () => {
  const { secrets, client } = await open();
  const { arn } = secrets.put('shop/key', 'pepper');
  expect(arn).toMatch(/^arn:aws:secretsmanager:us-east-1:000000000000:secret:shop\/key-[A-Za-z0-9]{6}$/);
  for (const SecretId of ['shop/key', arn, arn.slice(0, -7)]) {
    const { SecretString, ARN, Name, CreatedDate, VersionStages } = await client.send(
      new GetSecretValueCommand({ SecretId }),
    );
    expect({ SecretString, ARN, Name, CreatedDate, VersionStages }).toEqual({
      SecretString: 'pepper',
      ARN: arn,
      Name: 'shop/key',
      CreatedDate: clock(),
      VersionStages: ['AWSCURRENT'],
    });
  }
});

test('a description of a secret does not show its value', async () => {
  const { secrets, client } = await open();
  const { arn } = secrets.put('key', 'pepper', 'What it is for');
  const described = await client.send(new DescribeSecretCommand({ SecretId: arn }));
  expect(described).toMatchObject({
    ARN: arn,
    Name: 'key',
    Description: 'What it is for',
    RotationEnabled: false,
  });
  expect(JSON.stringify(described)).not.toContain('pepper');
});

test('a secret that does not exist, and a version other than the current one, are not found', async () => {
  const { secrets, client } = await open();
  secrets.put('key', 'pepper');
  for (const input of [
    { SecretId: 'other' },
    { SecretId: 'key', VersionStage: 'AWSPREVIOUS' },
    { SecretId: 'key', VersionId: 'b1946ac9-2cc5-4f0a-9d1d-9b3d4f9a6f1c' },
  ]) {
    await expect(client.send(new GetSecretValueCommand(input))).rejects.toThrow(ResourceNotFoundException);
  }
});

test('an unsupported operation is named', async () => {
  const { client } = await open();
  await expect(client.send(new ListSecretsCommand({}))).rejects.toThrow(
    /ListSecrets is not supported locally/,
  );
});

test('a secret keeps its ARN and value over a restart, and its ARN if it gets another value', async () => {
  const { directory, secrets, close } = await open();
  const { arn, versionId } = secrets.put('key', 'pepper');
  expect(secrets.put('key', 'pepper').versionId).toBe(versionId);
  await close();
  const again = await createSecretsService({ directory, clock });
  await scene.serve(again);
  expect(again.find('key')).toMatchObject({ arn, versionId, value: 'pepper' });
  expect(again.put('key', 'salt')).toMatchObject({ arn, value: 'salt' });
});

test('a role reads only the secret that its policy names', async () => {
  const directory = join(await scene.directory(), 'secretsmanager');
  const secrets = await createSecretsService({ directory });
  const { arn } = secrets.put('key', 'pepper');
  secrets.put('other', 'salt');
  const { iam, roleArn } = iamWithRole('ecs-tasks.amazonaws.com');
  const { url, close } = await startEndpoint({ services: [secrets], access: iam });
  const keys = iam.issueKeys(iam.assume(roleArn, 'ecs-tasks.amazonaws.com', 'arn:ecs', 'task'));
  const client = new SecretsManagerClient({ ...clientConfig(url), credentials: keys });
  const get = (SecretId: string) => client.send(new GetSecretValueCommand({ SecretId }));
  try {
    await expect(get(arn)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining(`secretsmanager:GetSecretValue on resource: ${arn}`),
    });
    iam.putRolePolicy(
      roleArn,
      'rights',
      policyOf({ Action: 'secretsmanager:GetSecretValue', Resource: arn }),
    );
    expect((await get('key')).SecretString).toBe('pepper');
    await expect(get('other')).rejects.toMatchObject({ name: 'AccessDeniedException' });
    await expect(get('unknown')).rejects.toMatchObject({ name: 'AccessDeniedException' });
    await expect(client.send(new DescribeSecretCommand({ SecretId: arn }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
  } finally {
    client.destroy();
    await close();
  }
});
