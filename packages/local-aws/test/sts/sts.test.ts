import {
  AssumeRoleCommand,
  GetCallerIdentityCommand,
  GetSessionTokenCommand,
  STSClient,
} from '@aws-sdk/client-sts';
import { startEndpoint } from '../../src/endpoint/endpoint';
import { Iam } from '../../src/iam/iam';
import { createStsService } from '../../src/sts/service';
import { policyOf } from '../../src/testing/roles';
import { ACCOUNT, clientConfig, Scene } from '../../src/testing/scene';

const scene = new Scene();
afterEach(() => scene.cleanUp());

test('any credentials identify the user local', async () => {
  const { url } = await scene.serve(createStsService());
  const client = new STSClient(clientConfig(url));
  expect(await client.send(new GetCallerIdentityCommand({}))).toMatchObject({
    Account: '000000000000',
    Arn: 'arn:aws:iam::000000000000:user/local',
  });
  await expect(client.send(new GetSessionTokenCommand({}))).rejects.toMatchObject({
    name: 'InvalidAction',
    message: expect.stringContaining('GetSessionToken'),
  });
});

describe('AssumeRole', () => {
  const ROOT = `arn:aws:iam::${ACCOUNT}:root`;
  const trust = (AWS: string, ...denied: string[]) =>
    policyOf(
      { Principal: { AWS }, Action: 'sts:AssumeRole' },
      ...denied.map((one) => ({ Effect: 'Deny', Principal: { AWS: one }, Action: 'sts:AssumeRole' })),
    );

  let iam: Iam;
  let close: () => Promise<void>;
  let client: (credentials?: object) => STSClient;
  beforeEach(async () => {
    iam = new Iam();
    const endpoint = await startEndpoint({ services: [createStsService(iam)], access: iam });
    close = () => endpoint.close();
    client = (credentials = {}) => new STSClient({ ...clientConfig(endpoint.url), ...credentials });
  });
  afterEach(() => close());

  const assume = async (RoleArn: string, by = client(), more = {}) => {
    const command = new AssumeRoleCommand({ RoleArn, RoleSessionName: 'tests', ...more });
    const { Credentials: keys } = await by.send(command);
    return {
      expires: keys?.Expiration,
      credentials: {
        accessKeyId: keys?.AccessKeyId ?? '',
        secretAccessKey: keys?.SecretAccessKey ?? '',
        sessionToken: keys?.SessionToken ?? '',
      },
    };
  };

  test('gives the user keys of a role that trusts the account', async () => {
    const role = iam.putRole('worker', trust(ROOT));
    const { credentials } = await assume(role);
    expect(await client({ credentials }).send(new GetCallerIdentityCommand({}))).toMatchObject({
      Arn: `arn:aws:sts::${ACCOUNT}:assumed-role/worker/tests`,
    });
  });

  test('keys expire', async () => {
    const role = iam.putRole('worker', trust(ROOT));
    const { credentials, expires } = await assume(role, client(), { DurationSeconds: 900 });
    const seconds = ((expires?.getTime() ?? 0) - Date.now()) / 1000;
    expect(seconds).toBeGreaterThan(800);
    expect(seconds).toBeLessThanOrEqual(900);
    jest.spyOn(Date, 'now').mockReturnValue((expires?.getTime() ?? 0) + 1);
    try {
      expect(() => iam.callerOf(credentials.accessKeyId, credentials.sessionToken)).toThrow('is expired');
    } finally {
      jest.restoreAllMocks();
    }
  });

  test.each([
    [
      'trusts a service only',
      policyOf({ Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }),
    ],
    ['trusts another account', trust('arn:aws:iam::111111111111:root')],
    ['denies the user', trust(ROOT, `arn:aws:iam::${ACCOUNT}:user/local`)],
  ])('is refused for a role that %s', async (_, policy) => {
    const role = iam.putRole('worker', policy);
    await expect(assume(role)).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  test('is refused for a role that is not there, and with a session policy', async () => {
    await expect(assume(`arn:aws:iam::${ACCOUNT}:role/none`)).rejects.toMatchObject({ name: 'AccessDenied' });
    const role = iam.putRole('worker', trust(ROOT));
    await expect(assume(role, client(), { Policy: '{}' })).rejects.toMatchObject({ name: 'ValidationError' });
  });

  test('a role needs both its own permission and the trust of the other', async () => {
    const first = iam.putRole('first', trust(ROOT));
    const second = iam.putRole('second', trust(ROOT));
    const { credentials } = await assume(first);
    await expect(assume(second, client({ credentials }))).rejects.toMatchObject({ name: 'AccessDenied' });
    iam.putRolePolicy(first, 'rights', policyOf({ Action: 'sts:AssumeRole', Resource: second }));
    expect((await assume(second, client({ credentials }))).credentials.accessKeyId).toMatch(/^ASIA/);
    iam.putRole('second', trust(`arn:aws:iam::${ACCOUNT}:user/local`));
    await expect(assume(second, client({ credentials }))).rejects.toMatchObject({ name: 'AccessDenied' });
  });
});
