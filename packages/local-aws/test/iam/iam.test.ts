import { Iam, type IamOptions } from '../../src/iam/iam';
import { compilePolicy } from '../../src/iam/policy';
import { iamWithRole, policyOf, trustPolicy } from '../../src/testing/roles';
import { ACCOUNT } from '../../src/testing/scene';

const ROLE = `arn:aws:iam::${ACCOUNT}:role/worker`;
const TASKS = 'ecs-tasks.amazonaws.com';
const READ = { Action: 's3:GetObject', Resource: '*' };
const OBJECT = { action: 's3:GetObject', resource: 'arn:aws:s3:::shop/a' };

describe('keys', () => {
  const { iam, roleArn } = iamWithRole(TASKS);
  const session = iam.assume(roleArn, TASKS, 'arn:ecs', 'task 1/ü');
  const keys = iam.issueKeys(session);

  test('look like temporary keys and identify the session of the role', () => {
    expect(keys.accessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
    expect(keys.secretAccessKey).toHaveLength(40);
    expect(iam.callerOf(keys.accessKeyId, keys.sessionToken)).toBe(session);
    expect(session).toMatchObject({
      arn: `arn:aws:sts::${ACCOUNT}:assumed-role/worker/task-1--`,
      userId: expect.stringMatching(/^AROA[A-Z2-7]{17}:task-1--$/),
      roleArn: ROLE,
    });
  });

  test('are invalid without their token, with another token, or after revocation', () => {
    const other = iam.issueKeys(session);
    for (const token of [undefined, 'x', other.sessionToken]) {
      expect(() => iam.callerOf(keys.accessKeyId, token)).toThrow(
        'security token included in the request is invalid',
      );
    }
    iam.revokeKeys(other.accessKeyId);
    expect(() => iam.callerOf(other.accessKeyId, other.sessionToken)).toThrow('is invalid');
  });

  test('any other key is the administrator, including temporary keys of AWS', () => {
    for (const key of ['local', 'AKIAIOSFODNN7EXAMPLE', 'ASIAIOSFODNN7EXAMPLE']) {
      const caller = iam.callerOf(key, 'token');
      expect(caller.kind).toBe('administrator');
      expect(iam.decide(caller, { action: 's3:DeleteBucket', resource: 'arn:aws:s3:::shop' }).allowed).toBe(
        true,
      );
    }
  });
});

describe('a role', () => {
  test('is assumed only by services and sources of its trust policy', () => {
    const iam = new Iam();
    const own = { StringEquals: { 'aws:SourceAccount': ACCOUNT } };
    const roleArn = iam.putRole('worker', trustPolicy(TASKS, own));
    expect(iam.assume(roleArn, TASKS, 'arn:ecs', 's').kind).toBe('role');
    expect(() => iam.assume(roleArn, TASKS, undefined, 's')).toThrow('cannot assume');
    expect(() => iam.assume(roleArn, 'lambda.amazonaws.com', 'arn:l', 's')).toThrow(
      `lambda.amazonaws.com cannot assume the role ${ROLE}: User: lambda.amazonaws.com is not authorized to perform: sts:AssumeRole`,
    );
    iam.putRole('worker', trustPolicy(TASKS, { StringEquals: { 'aws:SourceAccount': '111111111111' } }));
    expect(() => iam.assume(roleArn, TASKS, 'arn:ecs', 's')).toThrow('cannot assume');
    expect(() => iam.assume(`${ROLE}s`, TASKS, 'arn:ecs', 's')).toThrow('the template has no such role');
  });

  test('has the permissions of its inline and managed policies', () => {
    const iam = new Iam();
    const roleArn = iam.putRole('worker', trustPolicy(TASKS));
    const session = iam.assume(roleArn, TASKS, 'arn:ecs', 's');
    const may = (action: string) => iam.decide(session, { action, resource: 'arn:x' }).allowed;
    iam.putRolePolicy(roleArn, 'one', policyOf({ Action: 'a:One', Resource: '*' }));
    iam.putRolePolicy(roleArn, 'two', policyOf({ Action: 'a:Two', Resource: '*' }));
    iam.putManagedPolicy('arn:managed', policyOf({ Action: 'a:Three', Resource: '*' }));
    iam.attachManagedPolicy(roleArn, 'arn:managed');
    iam.attachManagedPolicy(roleArn, 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole');
    expect(['a:One', 'a:Two', 'a:Three', 'logs:PutLogEvents', 'a:Four'].map(may)).toEqual([
      ...[true, true, true, true],
      false,
    ]);
    expect(() => iam.attachManagedPolicy(roleArn, 'arn:other')).toThrow(
      'worker: the managed policy arn:other',
    );
    iam.putRole('worker', trustPolicy(TASKS));
    expect(may('a:One')).toBe(false);
  });
});

test('a bucket policy applies to its objects, a function policy to its versions', () => {
  const { iam, roleArn } = iamWithRole(TASKS, [{ Action: '*', Resource: '*' }]);
  const session = iam.assume(roleArn, TASKS, 'arn:ecs', 's');
  const deny = (Resource: string) => policyOf({ Effect: 'Deny', Principal: '*', Action: '*', Resource });
  iam.putResourcePolicy('arn:aws:s3:::shop', 'rules', deny('*'));
  iam.putResourcePolicy('arn:aws:lambda:r:1:function:f', 'rules', deny('*'));
  const may = (resource: string) => iam.decide(session, { action: 'a:Do', resource }).allowed;
  expect(['arn:aws:s3:::shop', 'arn:aws:s3:::shop/a/b', 'arn:aws:lambda:r:1:function:f:2'].map(may)).toEqual([
    ...[false, false, false],
  ]);
  expect(['arn:aws:s3:::shops/a', 'arn:aws:lambda:r:1:function:ff'].map(may)).toEqual([true, true]);
});

test('services need a policy for resources of the template, and none for others', () => {
  const { iam } = iamWithRole(TASKS);
  const access = { action: 'sqs:SendMessage', resource: 'arn:aws:sqs:r:1:q' };
  const sns = iam.service('sns.amazonaws.com', 'arn:t');
  expect(iam.decide(sns, access).allowed).toBe(true);
  iam.addResource(access.resource);
  expect(iam.decide(sns, access).allowed).toBe(false);
});

test('every decision except for the administrator is reported; each kind of refusal is logged once', () => {
  const [decisions, lines]: [boolean[], string[]] = [[], []];
  const options: Partial<IamOptions> = {
    onDecision: ({ action, allowed }) => void (action !== 'sts:AssumeRole' && decisions.push(allowed)),
    log: (line) => lines.push(line),
  };
  const { iam, roleArn } = iamWithRole(TASKS, [READ], options);
  const session = iam.assume(roleArn, TASKS, 'arn:ecs', 's');
  iam.decide(session, OBJECT);
  iam.decide(iam.callerOf('local', undefined), OBJECT);
  for (const key of ['in/a', 'in/b', 'out/a']) {
    iam.decide(session, { action: 's3:PutObject', resource: `arn:aws:s3:::shop/${key}` });
  }
  expect(decisions).toEqual([true, false, false, false]);
  expect(lines).toEqual(
    ['in/a', 'out/a'].map(
      (key) =>
        `refused: User: ${session.arn} is not authorized to perform: s3:PutObject on resource: arn:aws:s3:::shop/${key} because no identity-based policy allows the s3:PutObject action`,
    ),
  );
});

test.each<[string, 'identity' | 'resource' | 'trust', unknown, string]>([
  ['NotAction', 'identity', policyOf({ NotAction: 'a:B', Resource: '*' }), 'NotAction'],
  ['NotResource', 'identity', policyOf({ Action: 'a:B', NotResource: '*' }), 'NotResource'],
  ['NotPrincipal', 'resource', policyOf({ ...READ, NotPrincipal: '*' }), 'NotPrincipal'],
  [
    'a variable',
    'identity',
    policyOf({ Action: 'a:B', Resource: `arn:b/$\{aws:username}` }),
    'policy variables',
  ],
  [
    'an action without a service',
    'identity',
    policyOf({ Action: 'GetObject', Resource: '*' }),
    'service:Name',
  ],
  ['rights with a principal', 'identity', policyOf({ ...READ, Principal: '*' }), 'has no Principal'],
  ["a resource's rules without one", 'resource', policyOf(READ), 'needs a Principal'],
  ['trust with a resource', 'trust', policyOf({ ...READ, Principal: '*' }), 'has no Resource'],
  ['a federated principal', 'resource', policyOf({ ...READ, Principal: { Federated: 'x' } }), 'Federated'],
  ['another version', 'identity', { ...policyOf(READ), Version: '2008-10-17' }, 'Version'],
  [
    'a condition value that is not a string',
    'identity',
    policyOf({ ...READ, Condition: { Bool: { a: {} } } }),
    'expected a string',
  ],
])('refuses %s, where it would say something that is not understood', (_, kind, document, message) => {
  expect(() => compilePolicy(document, kind, 'P')).toThrow(message);
  expect(() => compilePolicy(document, kind, 'P')).toThrow(/^P[:,]/);
});
