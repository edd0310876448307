import type { Caller } from '../../src/iam/access';
import { evaluate } from '../../src/iam/evaluate';
import { compilePolicy } from '../../src/iam/policy';
import { policyOf } from '../../src/testing/roles';

const ROLE: Caller = {
  kind: 'role',
  arn: 'arn:aws:sts::000000000000:assumed-role/worker/1',
  userId: 'AROA:1',
  roleArn: 'arn:aws:iam::000000000000:role/worker',
};
const S3: Caller = {
  kind: 'service',
  arn: 's3.amazonaws.com',
  source: { arn: 'arn:aws:s3:::shop', account: '000000000000' },
};

interface Asked {
  readonly identity?: readonly object[];
  readonly resource?: readonly object[];
  readonly caller?: Caller;
  readonly action?: string;
  readonly on?: string;
  readonly context?: Readonly<Record<string, string>>;
}

function decide({ identity = [], resource = [], caller = ROLE, ...asked }: Asked) {
  const { action = 's3:GetObject', on = 'arn:aws:s3:::shop/input/a.csv', context = {} } = asked;
  const policies = {
    identity: compilePolicy(policyOf(...identity), 'identity', 'Rights'),
    resource: compilePolicy(policyOf(...resource), 'resource', 'Rules'),
  };
  return evaluate(policies, caller, { action, resource: on, context });
}

const READ = { Action: 's3:GetObject', Resource: 'arn:aws:s3:::shop/input/*' };

test('requests are denied by default, and the message names the side', () => {
  expect(decide({})).toMatchObject({
    allowed: false,
    why: 'because no identity-based policy allows the s3:GetObject action',
  });
  expect(decide({ caller: S3, action: 'sqs:SendMessage', on: 'arn:q' }).why).toBe(
    'because no resource-based policy allows the sqs:SendMessage action',
  );
});

test.each<[string, object, Asked, boolean]>([
  ['an action and a resource that match', READ, {}, true],
  ['another resource', READ, { on: 'arn:aws:s3:::shop/output/a.csv' }, false],
  ['another action', READ, { action: 's3:GetObjectVersion' }, false],
  ['an action in another case', { ...READ, Action: 'S3:getobject' }, {}, true],
  ['an action by wildcard', { ...READ, Action: 's3:Get*' }, {}, true],
  ['an action by a question mark', { ...READ, Action: 's3:GetObjec?' }, {}, true],
  ['a wildcard of another action', { ...READ, Action: 's3:Put*' }, {}, false],
  ['one of several', { Action: ['s3:PutObject', 's3:GetObject'], Resource: ['arn:x', '*'] }, {}, true],
  ['a resource in another case', { ...READ, Resource: 'arn:aws:s3:::shop/INPUT/*' }, {}, false],
  ['a dot that is no wildcard', { ...READ, Resource: 'arn:aws:s3:::shop/input/a.cs.' }, {}, false],
  ['a question mark for one character', { ...READ, Resource: 'arn:aws:s3:::shop/input/?.csv' }, {}, true],
  ['and for no more than one', { ...READ, Resource: 'arn:aws:s3:::shop/input/?csv' }, {}, false],
  ['a wildcard over slashes and line ends', READ, { on: 'arn:aws:s3:::shop/input/b/\n/🛒' }, true],
  ['a bucket for its objects', { ...READ, Resource: 'arn:aws:s3:::shop' }, {}, false],
])('an Allow of %s: %#', (_, statement, asked, allowed) => {
  expect(decide({ identity: [statement], ...asked }).allowed).toBe(allowed);
});

test('an explicit deny overrides every allow', () => {
  const deny = { ...READ, Effect: 'Deny', Resource: '*' };
  expect(decide({ identity: [READ, deny] })).toMatchObject({
    allowed: false,
    why: 'with an explicit deny in an identity-based policy',
  });
  expect(decide({ identity: [READ], resource: [{ ...deny, Principal: '*' }] })).toMatchObject({
    allowed: false,
    why: 'with an explicit deny in a resource-based policy',
  });
});

test('within one account a resource policy is sufficient', () => {
  for (const Principal of [{ AWS: ROLE.arn }, { AWS: ROLE.roleArn }, { AWS: '*' }, '*']) {
    expect(decide({ resource: [{ ...READ, Principal }] }).allowed).toBe(true);
  }
  for (const Principal of [{ AWS: 'arn:aws:iam::000000000000:role/other' }, { Service: S3.arn }]) {
    expect(decide({ resource: [{ ...READ, Principal }] }).allowed).toBe(false);
  }
});

test('the account root delegates to identity policies in an allow and matches everyone in a deny', () => {
  const Principal = { AWS: '000000000000' };
  expect(decide({ resource: [{ ...READ, Principal }] }).allowed).toBe(false);
  expect(decide({ identity: [READ], resource: [{ ...READ, Principal, Effect: 'Deny' }] }).allowed).toBe(
    false,
  );
});

test.each<[string, object, Readonly<Record<string, string>>, boolean]>([
  ['StringEquals', { 's3:prefix': 'a*' }, { 's3:prefix': 'a*' }, true],
  ['StringEquals', { 's3:prefix': 'a*' }, { 's3:prefix': 'ab' }, false],
  ['StringLike', { 's3:prefix': ['x', 'a*'] }, { 's3:prefix': 'ab' }, true],
  ['StringLike', { 's3:prefix': 'a*' }, { 's3:prefix': 'Ab' }, false],
  ['StringLike', { 'S3:Prefix': 'a*' }, { 's3:prefix': 'ab' }, true],
  ['StringLike', { 's3:prefix': 'a*' }, {}, false],
  ['StringLikeIfExists', { 's3:prefix': 'a*' }, {}, true],
  ['StringLikeIfExists', { 's3:prefix': 'a*' }, { 's3:prefix': 'b' }, false],
  ['StringLike', { 's3:prefix': 'a*', 's3:delimiter': '/' }, { 's3:prefix': 'ab' }, false],
  [
    'ArnEquals',
    { 'ecs:cluster': 'arn:aws:ecs:*:*:cluster/c' },
    { 'ecs:cluster': 'arn:aws:ecs:r:1:cluster/c' },
    true,
  ],
  [
    'ArnLike',
    { 'ecs:cluster': 'arn:aws:ecs:*:cluster/c' },
    { 'ecs:cluster': 'arn:aws:ecs:r:1:cluster/c' },
    false,
  ],
  ['Bool', { 'aws:SecureTransport': 'true' }, {}, true],
  ['Bool', { 'aws:SecureTransport': false }, {}, false],
  ['Null', { 's3:prefix': 'true' }, {}, true],
  ['Null', { 's3:prefix': 'true' }, { 's3:prefix': '' }, false],
])('%s of %j in a request with %j: %s', (operator, keys, context, allowed) => {
  const statement = { Action: 's3:ListBucket', Resource: '*', Condition: { [operator]: keys } };
  expect(decide({ identity: [statement], action: 's3:ListBucket', on: 'arn:b', context }).allowed).toBe(
    allowed,
  );
});

test('a service principal matches by its source', () => {
  const fromShop = (arn: string, account = '000000000000') => ({
    Principal: { Service: 's3.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource: 'arn:q',
    Condition: { ArnEquals: { 'aws:SourceArn': arn }, StringEquals: { 'aws:SourceAccount': account } },
  });
  const isAllowed = (statement: object) =>
    decide({ caller: S3, resource: [statement], action: 'sqs:SendMessage', on: 'arn:q' }).allowed;
  expect(isAllowed(fromShop('arn:aws:s3:::shop'))).toBe(true);
  expect(isAllowed(fromShop('arn:aws:s3:::other'))).toBe(false);
  expect(isAllowed(fromShop('arn:aws:s3:::shop', '111111111111'))).toBe(false);
  expect(isAllowed({ ...fromShop('arn:aws:s3:::shop'), Principal: { Service: 'sns.amazonaws.com' } })).toBe(
    false,
  );
});

describe('a statement that cannot be evaluated', () => {
  const UNKNOWN = { ...READ, Sid: 'Odd', Condition: { IpAddress: { 'aws:SecureTransport': '10.0.0.0/8' } } };

  test.each([
    [UNKNOWN.Condition, 'the condition operator IpAddress'],
    [{ StringEquals: { 'aws:RequestTag/team': 'x' } }, 'the condition key aws:requesttag/team'],
  ])('denies regardless of other statements and is named: %j', (Condition, what) => {
    for (const Effect of ['Allow', 'Deny']) {
      expect(decide({ identity: [READ, { ...UNKNOWN, Effect, Condition }] })).toMatchObject({
        allowed: false,
        why: `because Rights, statement 2 (Odd) cannot be evaluated locally: ${what} is not supported`,
      });
    }
  });

  test('has no effect if its action, resource or another condition does not match', () => {
    const elsewhere = [
      { ...UNKNOWN, Action: 's3:PutObject' },
      { ...UNKNOWN, Resource: 'arn:aws:s3:::other/*' },
      { ...UNKNOWN, Condition: { ...UNKNOWN.Condition, Bool: { 'aws:SecureTransport': 'false' } } },
      { ...UNKNOWN, Condition: { Bool: { 'aws:SecureTransport': 'false' }, ...UNKNOWN.Condition } },
    ];
    for (const statement of elsewhere) expect(decide({ identity: [READ, statement] }).allowed).toBe(true);
  });
});
